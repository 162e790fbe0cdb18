"""A bump: one commit, wherever it is made and whoever pushes meanwhile."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from delivery.checkouts import SECONDS, Checkout, digest, one_line

IMAGES = "k8s/overlays/dev/images/kustomization.yaml"
ANOTHER_CLONE = Callable[..., Checkout]


def changed_files(clone: Checkout, commit: str) -> list[str]:
    return clone.git("show", "--name-only", "--format=", commit).split()


def test_a_bump_is_one_commit_of_one_file(clone: Checkout, origin: Checkout) -> None:
    source = clone.head

    answer = clone.blogctl("deploy", "bump", f"posts-service={digest('a')}")

    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == f"{clone.git('rev-parse', '--short', 'HEAD')} dev: posts-service {source[:7]}\n"
    assert clone.git("rev-parse", "HEAD~1") == source
    assert origin.git("rev-parse", "main") == clone.head
    assert changed_files(clone, "HEAD") == [IMAGES]
    assert clone.git("status", "--porcelain") == ""


def test_it_changes_two_lines_and_keeps_the_rest(clone: Checkout) -> None:
    source = clone.head
    clone.bump(f"posts-service={digest('a')}")

    lines = [line for line in clone.git("show", "--format=", "--unified=0", "HEAD").splitlines() if line[:1] in "+-"]

    assert [line for line in lines if line[:3] not in {"+++", "---"}] == [
        "-    newTag: undeployed",
        f"+    newTag: {source}",
        f"+    digest: {digest('a')}",
    ]


def test_git_reads_its_trailers(clone: Checkout) -> None:
    source = clone.head
    clone.bump(f"posts-service={digest('a')}", f"user-service={digest('b')}")

    assert clone.git("log", "-1", "--format=%s") == f"dev: posts-service, user-service {source[:7]}"
    assert clone.git("log", "-1", "--format=%(trailers:only)").splitlines() == [
        "Deploy-Environment: dev",
        f"Deploy-Image: posts-service@{digest('a')}",
        f"Deploy-Image: user-service@{digest('b')}",
        f"Source-Commit: {source}",
    ]


def test_the_same_digests_again_are_nothing_to_do(deployed: Checkout) -> None:
    before = deployed.state

    answer = deployed.blogctl("deploy", "bump", f"posts-service={digest('a')}")

    assert (answer.returncode, answer.stdout, deployed.state) == (0, "", before)
    assert "nothing to do" in answer.stderr


def test_a_digest_already_there_does_not_keep_another_away(deployed: Checkout) -> None:
    deployed.bump(f"posts-service={digest('a')}", f"user-service={digest('b')}")

    assert deployed.git("log", "-1", "--format=%s").startswith("dev: user-service ")


def test_an_overtaken_run_leaves_the_newer_image_alone(deployed: Checkout) -> None:
    old = deployed.commit("README.md", "\n")
    deployed.commit("README.md", "\n")
    deployed.push()
    deployed.bump(f"posts-service={digest('b')}")

    answer = deployed.blogctl(
        "deploy", "bump", f"posts-service={digest('c')}", f"user-service={digest('c')}", "--source", old
    )

    assert answer.returncode == 0, answer.stderr
    assert "posts-service is left alone" in answer.stderr
    assert str(deployed.images()["posts-service"].digest) == digest("b")
    assert str(deployed.images()["user-service"].digest) == digest("c")


def test_without_push_the_commit_stays_here(clone: Checkout, origin: Checkout) -> None:
    before = origin.git("rev-parse", "main")

    answer = clone.blogctl("deploy", "bump", f"posts-service={digest('a')}", "--no-push")

    assert answer.returncode == 0
    assert (origin.git("rev-parse", "main"), clone.git("rev-parse", "HEAD~1")) == (before, before)


def test_a_dry_run_prints_the_lines_and_does_nothing(clone: Checkout, origin: Checkout) -> None:
    before = clone.state

    answer = clone.blogctl("deploy", "bump", f"posts-service={digest('a')}", "--dry-run")

    assert (answer.returncode, answer.stdout, clone.state) == (0, "", before)
    commit, push = answer.stderr.splitlines()
    assert commit.startswith("git commit ")
    assert push == "git push origin HEAD:main"
    assert origin.git("rev-parse", "main") == before[0]


def test_a_detached_head_as_ci_checks_it_out_is_as_good(clone: Checkout, origin: Checkout) -> None:
    source = clone.head
    clone.git("checkout", "--quiet", "--detach", source)
    clone.git("branch", "--quiet", "--delete", "main")

    clone.bump(f"posts-service={digest('a')}")

    assert origin.git("rev-parse", "main") == clone.head


def test_a_detached_head_that_is_behind_goes_to_the_newest(clone: Checkout, origin: Checkout) -> None:
    source = clone.head
    newer = clone.commit("README.md", "\n")
    clone.push()
    clone.git("checkout", "--quiet", "--detach", source)

    clone.bump(f"posts-service={digest('a')}", source=source)

    assert clone.git("rev-parse", "HEAD~1") == newer
    assert clone.images()["posts-service"].source == source


def test_a_head_that_moved_meanwhile_gets_the_bump_on_top(
    clone: Checkout, another: ANOTHER_CLONE, origin: Checkout
) -> None:
    source = clone.head
    other = another("other")
    pushed = other.commit("README.md", "\n")
    other.push()

    answer = clone.blogctl("deploy", "bump", f"posts-service={digest('a')}")

    assert answer.returncode == 0, answer.stderr
    assert clone.git("rev-parse", "HEAD~1") == pushed
    assert origin.git("rev-parse", "main") == clone.head
    assert clone.images()["posts-service"].source == source
    assert "--force" not in answer.stderr


@pytest.mark.parametrize("ten", ["the first ten", "the other ten"])  # beside each other, where there is room
def test_two_bumps_that_race_both_arrive_twenty_times(
    ten: str, clone: Checkout, another: ANOTHER_CLONE, origin: Checkout
) -> None:
    other = another("other")
    overtaken = 0
    for turn in range(10):
        mine, theirs = f"sha256:{turn:064x}", f"sha256:{turn + 10:064x}"
        runs = [
            clone.start("deploy", "bump", f"posts-service={mine}"),
            other.start("deploy", "bump", f"user-service={theirs}"),
        ]
        said = [run.communicate(timeout=SECONDS)[1] for run in runs]
        assert [run.returncode for run in runs] == [0, 0], said
        overtaken += sum("has moved" in text for text in said)
        for each in (clone, other):
            each.git("pull", "--quiet", "--ff-only")
        images = clone.images()
        assert (str(images["posts-service"].digest), str(images["user-service"].digest)) == (mine, theirs)

    print(f"of 10 races {overtaken} were decided by a rejected push")
    assert origin.git("rev-list", "--count", "--no-merges", "main") == "21"
    assert origin.git("rev-list", "--count", "--merges", "main") == "0"
    assert overtaken


def hand_edit(old: str, new: str) -> Callable[[Checkout], None]:
    def edit(clone: Checkout) -> None:
        path = clone.path / IMAGES
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")
        clone.git("commit", "--quiet", "--all", "--message", "by hand")
        clone.push()

    return edit


def nothing(clone: Checkout) -> None:
    pass


def dirty(clone: Checkout) -> None:
    (clone.path / "README.md").write_text("changed", "utf-8")


def staged(clone: Checkout) -> None:
    dirty(clone)
    clone.git("add", "README.md")


def other_branch(clone: Checkout) -> None:
    clone.git("switch", "--quiet", "--create", "feature")


def behind(clone: Checkout) -> None:
    clone.commit("README.md", "\n")
    clone.push()
    clone.git("reset", "--quiet", "--hard", "HEAD~1")


def ahead(clone: Checkout) -> None:
    clone.commit("README.md", "\n")


def diverged(clone: Checkout) -> None:
    behind(clone)
    clone.commit("README.md", "other\n")


def detached_and_behind(clone: Checkout) -> None:
    no_rights(clone)
    clone.git("checkout", "--quiet", "--detach", "HEAD~1")


def no_origin(clone: Checkout) -> None:
    clone.git("remote", "remove", "origin")


def unreachable(clone: Checkout) -> None:
    clone.git("remote", "set-url", "origin", "file:///nowhere/at/all.git")


def no_rights(clone: Checkout) -> None:
    hook = Path(clone.git("remote", "get-url", "origin").removeprefix("file://")) / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'you may not' >&2\nexit 1\n", "utf-8")
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR)


def refusing_commit_hook(clone: Checkout) -> None:
    hook = clone.path / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\necho 'fatal: not today' >&2\nexit 1\n", "utf-8")
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR)


GOOD = f"posts-service={digest('b')}"


@pytest.mark.parametrize(
    ("arrange", "arguments", "says"),
    [
        pytest.param(nothing, ["posts-service=sha256:abc"], "not a digest: 'sha256:abc'", id="short digest"),
        pytest.param(nothing, [f"posts-service={'a' * 64}"], "not a digest", id="no algorithm"),
        pytest.param(nothing, [GOOD.replace("b" * 64, "B" * 64)], "not a digest", id="upper case"),
        pytest.param(nothing, ["posts-service=latest"], "not a digest: 'latest'", id="tag"),
        pytest.param(nothing, ["posts-service"], "not SERVICE=DIGEST", id="no digest"),
        pytest.param(nothing, [GOOD, GOOD], "posts-service is named twice", id="twice"),
        pytest.param(
            nothing, [f"frontend={digest('b')}"], "no such service: frontend; dev has: posts-service", id="service"
        ),
        pytest.param(
            nothing,
            [GOOD, "--env", "test"],
            "no such environment: test; there are: dev, staging, prod",
            id="environment",
        ),
        pytest.param(nothing, [GOOD, "--env", "local"], "no such environment: local", id="local"),
        pytest.param(nothing, [GOOD, "--env", "../overlays/dev"], "no such environment", id="path"),
        pytest.param(nothing, [GOOD, "--source", "nowhere"], "no such commit here: nowhere", id="source"),
        pytest.param(dirty, [GOOD], "uncommitted changes: commit them or git stash", id="dirty"),
        pytest.param(staged, [GOOD], "uncommitted changes", id="staged"),
        pytest.param(other_branch, [GOOD], "feature is checked out", id="branch"),
        pytest.param(behind, [GOOD], "main is behind origin/main: git pull --ff-only", id="behind"),
        pytest.param(ahead, [GOOD], "git push origin HEAD:main", id="ahead"),
        pytest.param(diverged, [GOOD], "have diverged: git pull --rebase", id="diverged"),
        pytest.param(no_origin, [GOOD], "git fetch origin main", id="no origin"),
        pytest.param(unreachable, [GOOD], "does not", id="unreachable"),
        pytest.param(no_rights, [GOOD], "pre-receive hook declined", id="no rights"),
        pytest.param(detached_and_behind, [GOOD], "pre-receive hook declined", id="no rights, in CI"),
        pytest.param(refusing_commit_hook, [GOOD], "not today", id="commit hook"),
        pytest.param(
            hand_edit("digest: sha256:aaaa", "digest: sha256:bbaa"),
            [GOOD],
            "was edited by hand: no deploy brought",
            id="other digest",
        ),
        pytest.param(
            hand_edit("digest: sha256:aaaa", "digest: sha256:zz"), [GOOD], "isn't one", id="no digest in file"
        ),
        pytest.param(
            hand_edit("    newName: ghcr", "    newName:   ghcr"), [GOOD], "was edited by hand: its form", id="spaces"
        ),
        pytest.param(hand_edit("    digest: ", "    #digest: "), [GOOD], "without a digest", id="commented out"),
        pytest.param(hand_edit("images:", "images: ["), [GOOD], "it can't be read as YAML", id="not YAML"),
        pytest.param(hand_edit("images:", "namePrefix: x-\nimages:"), [GOOD], "it has to hold", id="another key"),
    ],
)
def test_what_cannot_be_is_one_line_and_nothing_changes(
    deployed: Checkout, origin: Checkout, arrange: Callable[[Checkout], None], arguments: list[str], says: str
) -> None:
    arrange(deployed)
    before, pushed = deployed.state, origin.git("rev-parse", "main")

    answer = deployed.blogctl("deploy", "bump", *arguments)

    assert says in one_line(answer)
    assert deployed.state == before
    assert origin.git("rev-parse", "main") == pushed


def test_a_clone_without_history_is_refused(another: ANOTHER_CLONE, deployed: Checkout) -> None:
    shallow = another("shallow", "--depth=1")

    assert "git fetch --unshallow" in one_line(shallow.blogctl("deploy", "bump", GOOD))


def test_outside_of_a_checkout_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    answer = Checkout(tmp_path / "empty").blogctl("deploy", "bump", GOOD, GIT_CEILING_DIRECTORIES=str(tmp_path))

    assert "not a git repository" in one_line(answer)


def test_who_commits_is_asked_before_anything_is_written(clone: Checkout) -> None:
    before = clone.state
    nobody = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "")

    answer = clone.blogctl("deploy", "bump", GOOD, **nobody)

    assert "ident" in one_line(answer)
    assert clone.state == before
