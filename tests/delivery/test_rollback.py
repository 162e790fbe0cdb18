"""A rollback: the revert of a bump, and nothing that others have pushed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from delivery.checkouts import Checkout, digest, one_line
from delivery.test_bump import behind, dirty, hand_edit, no_rights, other_branch, unreachable

GREET = "services/posts-service/src/posts_service/words.py"
AnotherClone = Callable[..., Checkout]


def running(clone: Checkout, service: str = "posts-service") -> str:
    return str(clone.images()[service].digest)


def test_it_reverts_the_newest_bump_and_pushes(thrice: Checkout, origin: Checkout) -> None:
    bump = thrice.head

    answer = thrice.blogctl("deploy", "rollback")

    assert answer.returncode == 0, answer.stderr
    assert running(thrice) == digest("b")
    assert thrice.git("log", "-1", "--format=%B").splitlines() == [
        f'Revert "{thrice.git("log", "-1", "--format=%s", bump)}"',
        "",
        f"This reverts commit {bump}.",
        "",
        "Deploy-Environment: dev",
    ]
    assert origin.git("rev-parse", "main") == thrice.head
    assert f"git revert --no-edit {bump}" in answer.stderr.splitlines()


def test_commits_since_the_bump_stay(thrice: Checkout) -> None:
    thrice.commit("README.md", "since then\n")
    thrice.push()

    assert thrice.blogctl("deploy", "rollback").returncode == 0
    assert running(thrice) == digest("b")
    assert (thrice.path / "README.md").read_text("utf-8").endswith("since then\n")


def test_rolling_back_twice_goes_back_two_bumps(thrice: Checkout) -> None:
    for _ in range(2):
        assert thrice.blogctl("deploy", "rollback").returncode == 0

    assert running(thrice) == digest("a")


def test_the_first_deploy_cannot_be_rolled_back(thrice: Checkout) -> None:
    for _ in range(2):
        thrice.blogctl("deploy", "rollback")
    before = thrice.state

    assert "is the first deploy of posts-service: there is nothing to go back to" in one_line(
        thrice.blogctl("deploy", "rollback")
    )
    assert thrice.state == before


@pytest.mark.parametrize("reference", ["true", "false"])
def test_a_revert_by_hand_counts_as_a_rollback(thrice: Checkout, reference: str) -> None:
    thrice.git("-c", f"revert.reference={reference}", "revert", "--no-edit", "HEAD")
    thrice.push()

    assert thrice.blogctl("deploy", "rollback").returncode == 0
    assert running(thrice) == digest("a")


def test_a_rollback_that_was_reverted_leaves_its_bump_in_force(thrice: Checkout) -> None:
    thrice.blogctl("deploy", "rollback")
    thrice.git("revert", "--no-edit", "HEAD")
    thrice.push()
    assert running(thrice) == digest("c")

    assert thrice.blogctl("deploy", "rollback").returncode == 0
    assert running(thrice) == digest("b")


def test_after_a_rollback_the_next_bump_deploys(thrice: Checkout) -> None:
    thrice.blogctl("deploy", "rollback")
    thrice.commit(GREET, "\n", "repaired")
    thrice.push()

    thrice.bump(f"posts-service={digest('d')}")

    assert running(thrice) == digest("d")


def test_one_service_goes_back_and_the_others_stay(thrice: Checkout) -> None:
    bump = thrice.head
    thrice.commit("services/user-service/src/user_service/keys.py", "\n")
    thrice.push()
    thrice.bump(f"user-service={digest('d')}")

    answer = thrice.blogctl("deploy", "rollback", "--commit", bump[:10])

    assert answer.returncode == 0, answer.stderr
    assert (running(thrice), running(thrice, "user-service")) == (digest("b"), digest("d"))


def test_a_bump_that_was_rolled_back_is_nothing_to_do(thrice: Checkout) -> None:
    bump = thrice.head
    thrice.blogctl("deploy", "rollback")
    before = thrice.state

    answer = thrice.blogctl("deploy", "rollback", "--commit", bump)

    assert (answer.returncode, answer.stdout, thrice.state) == (0, "", before)
    assert "nothing to do" in answer.stderr


def test_an_older_bump_of_the_same_service_waits_for_the_newer(thrice: Checkout) -> None:
    newest, older = thrice.head, thrice.git("rev-parse", "HEAD~2")

    said = one_line(thrice.blogctl("deploy", "rollback", "--commit", older))

    assert f"posts-service was deployed again by {newest[:7]}: roll that back first" in said
    assert thrice.head == newest


def test_a_head_that_moved_meanwhile_gets_the_revert_on_top(
    thrice: Checkout, another: AnotherClone, tmp_path: Path
) -> None:
    other = another("other")
    pushed = other.commit("README.md", "\n")
    push_later(thrice, other, tmp_path)

    answer = thrice.blogctl("deploy", "rollback")

    assert answer.returncode == 0, answer.stderr
    assert "has moved" in answer.stderr
    assert thrice.git("rev-parse", "HEAD~1") == pushed
    assert running(thrice) == digest("b")


def test_a_deploy_of_the_same_service_meanwhile_stops_it(
    thrice: Checkout, another: AnotherClone, tmp_path: Path
) -> None:
    other = another("other")
    other.blogctl("deploy", "bump", f"posts-service={digest('d')}", "--no-push")
    push_later(thrice, other, tmp_path)
    before = thrice.state

    said = thrice.blogctl("deploy", "rollback")

    assert said.returncode == 1
    assert f"posts-service was deployed again by {other.head[:7]}" in said.stderr.splitlines()[-1]
    assert thrice.state == before


def push_later(clone: Checkout, other: Checkout, tmp_path: Path) -> None:
    """Let another clone's push arrive between this one's fetch and its push."""
    done = tmp_path / "done"
    hook = clone.path / ".git" / "hooks" / "pre-push"
    hook.write_text(
        f"#!/bin/sh\ntest -e '{done}' || {{ touch '{done}'; git -C '{other.path}' push --quiet origin HEAD:main; }}\n",
        "utf-8",
    )
    hook.chmod(0o755)


def test_a_revert_that_conflicts_is_given_up(thrice: Checkout) -> None:
    path = thrice.path / "k8s/overlays/dev/images/kustomization.yaml"
    tag = f"    newTag: {thrice.images()['posts-service'].source}\n"
    path.write_text(path.read_text("utf-8").replace(tag, f"    # why this one\n{tag}"), "utf-8")
    thrice.git("commit", "--quiet", "--all", "--message", "a comment in between")
    thrice.push()
    before = thrice.state

    assert "can't be reverted on its own" in thrice.blogctl("deploy", "rollback").stderr
    assert thrice.state == before
    assert not (thrice.path / ".git" / "REVERT_HEAD").exists()


def test_a_dry_run_prints_the_lines_and_does_nothing(thrice: Checkout) -> None:
    before = thrice.state

    answer = thrice.blogctl("deploy", "rollback", "--dry-run")

    assert (answer.returncode, answer.stdout, thrice.state) == (0, "", before)
    assert [line.split()[1] for line in answer.stderr.splitlines()] == ["fetch", "revert", "commit", "push"]


@pytest.mark.parametrize(
    ("arrange", "arguments", "says"),
    [
        pytest.param(dirty, [], "uncommitted changes", id="dirty"),
        pytest.param(other_branch, [], "feature is checked out", id="branch"),
        pytest.param(behind, [], "git pull --ff-only", id="behind"),
        pytest.param(unreachable, [], "does not", id="unreachable"),
        pytest.param(no_rights, [], "pre-receive hook declined", id="no rights"),
        pytest.param(hand_edit(digest("c"), digest("d")), [], "was never deployed|edited by hand", id="edited by hand"),
        pytest.param(dirty, ["--env", "test"], "no such environment: test", id="environment"),
        pytest.param(lambda _: None, ["--env", "prod"], "prod was never deployed", id="never deployed"),
        pytest.param(lambda _: None, ["--commit", "HEAD~1"], "HEAD~1 is no bump of dev", id="no bump"),
        pytest.param(lambda _: None, ["--commit", "nowhere"], "nowhere is no bump of dev", id="unknown commit"),
    ],
)
def test_what_cannot_be_is_one_line_and_nothing_changes(
    thrice: Checkout, origin: Checkout, arrange: Callable[[Checkout], None], arguments: list[str], says: str
) -> None:
    arrange(thrice)
    before, pushed = thrice.state, origin.git("rev-parse", "main")

    said = one_line(thrice.blogctl("deploy", "rollback", *arguments))

    assert any(part in said for part in says.split("|")), said
    assert thrice.state == before
    assert origin.git("rev-parse", "main") == pushed
