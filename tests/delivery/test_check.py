"""`deploy check`: what it lets pass, and every way around the way that it finds."""

from collections.abc import Callable
from pathlib import Path

import pytest

from blogctl.deploy.digest import Digest
from delivery.checkouts import Answer, Checkout, digest, one_line
from delivery.programs import UNSIGNED, Programs
from kit.docker import SERVICES

PATH = "k8s/overlays/{}/images/kustomization.yaml"


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs(tmp_path / "bin")


@pytest.fixture
def run(thrice: Checkout, programs: Programs) -> Callable[..., Answer]:
    """Run blogctl deploy in a clone whose dev runs c of posts-service and a of the others."""
    return lambda *arguments: thrice.blogctl("deploy", *arguments, **programs.path)


@pytest.fixture
def promoted(thrice: Checkout, run: Callable[..., Answer]) -> Checkout:
    """The same images in all three environments."""
    for way in (("dev", "staging"), ("staging", "prod")):
        assert run("promote", *way, "--push").returncode == 0
    return thrice


def by_hand(clone: Checkout, environment: str, to: str, *, message: str = "by hand", service: str = SERVICES[0]) -> str:
    """Write a digest into an environment with an editor."""
    file = clone.images(environment)
    file.deploy({service: Digest(to)}, clone.images()[service].source)
    (clone.path / PATH.format(environment)).write_text(file.text(), "utf-8")
    clone.git("commit", "--quiet", "--all", "--message", message)
    return clone.head


def forged(clone: Checkout, environment: str, to: str) -> str:
    """Do the same with the words of a promotion."""
    image, source = f"Deploy-Image: {SERVICES[0]}@{to}", f"Source-Commit: {clone.images()[SERVICES[0]].source}"
    message = f"{environment}: {SERVICES[0]}\n\nDeploy-Environment: {environment}\n{image}\n{source}"
    return by_hand(clone, environment, to, message=message)


def test_where_nothing_is_promoted_nobody_is_asked(programs: Programs, run: Callable[..., Answer]) -> None:
    programs.remove("cosign")

    answer = run("check")

    assert answer.returncode == 0, answer.stderr
    assert "cosign" not in answer.stderr


@pytest.mark.usefixtures("promoted")
def test_what_came_the_whole_way_passes(run: Callable[..., Answer]) -> None:
    answer = run("check")

    assert (answer.returncode, answer.stdout) == (0, ""), answer.stderr
    assert answer.stderr.splitlines()[-1] == "every image came its way, and what was promoted is signed"


@pytest.mark.usefixtures("promoted")
def test_an_image_of_two_environments_is_asked_for_once(run: Callable[..., Answer]) -> None:
    lines = [line for line in run("check").stderr.splitlines() if line.startswith("cosign verify ")]

    assert len(lines) == len(set(lines)) == len(SERVICES)


def test_it_is_only_looked_at(promoted: Checkout, run: Callable[..., Answer]) -> None:
    before = promoted.state
    by_hand(promoted, "prod", digest("f"))

    answer = run("check", "--dry-run")

    assert (answer.returncode, answer.stdout) == (0, "")
    assert all(line.startswith(("git log ", "cosign verify ")) for line in answer.stderr.splitlines())
    assert promoted.state[1:] == before[1:]


def test_what_dev_takes_back_later_may_stay_in_staging(promoted: Checkout, run: Callable[..., Answer]) -> None:
    assert run("rollback").returncode == 0
    assert str(promoted.images()[SERVICES[0]].digest) == digest("b")

    assert run("check").returncode == 0


def test_a_rollback_of_prod_passes(promoted: Checkout, run: Callable[..., Answer]) -> None:
    promoted.bump(f"posts-service={digest('d')}")
    for way in (("dev", "staging"), ("staging", "prod")):
        assert run("promote", *way, "--push").returncode == 0
    assert run("rollback", "--env", "prod").returncode == 0

    assert run("check").returncode == 0


@pytest.mark.parametrize("merge", ["--no-ff", "--squash"])
def test_a_merged_pull_request_passes(thrice: Checkout, run: Callable[..., Answer], merge: str) -> None:
    branch = run("promote", "dev", "staging").stdout.strip()
    thrice.commit("README.md", "meanwhile\n")
    message = thrice.git("log", "-1", "--format=%B", branch)
    if merge == "--squash":
        thrice.git("merge", "--quiet", "--squash", branch)
        thrice.git("commit", "--quiet", "--message", message.replace("\n", " (#7)\n", 1))
    else:
        thrice.git("merge", "--quiet", "--no-ff", "--message", "Merge pull request #7", branch)
    thrice.push()

    assert run("check").returncode == 0, run("check").stderr
    assert run("promote", "staging", "prod", "--push").returncode == 0


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_an_edit_by_hand_is_found(promoted: Checkout, run: Callable[..., Answer], environment: str) -> None:
    by_hand(promoted, environment, digest("f"))

    said = one_line(run("check"))

    assert f"{PATH.format(environment)} was edited by hand: no deploy brought posts-service sha256:ffffffffffff" in said


def test_an_edit_by_hand_to_what_ran_before_is_found(promoted: Checkout, run: Callable[..., Answer]) -> None:
    by_hand(promoted, "prod", digest("a"))

    assert "edited by hand" in one_line(run("check"))


@pytest.mark.parametrize(("environment", "before"), [("staging", "dev"), ("prod", "staging")])
def test_a_digest_that_skipped_an_environment_is_found(
    promoted: Checkout, run: Callable[..., Answer], environment: str, before: str
) -> None:
    promoted.bump(f"posts-service={digest('d')}")
    to = digest("f") if environment == "staging" else digest("d")
    made = forged(promoted, environment, to)

    said = one_line(run("check"))

    assert f"{environment}: posts-service {to[:19]} of " in said
    assert said.endswith(f"it was not in {before} when {made[:7]} brought it to {environment}; git revert that")


def test_what_skipped_dev_goes_no_further(promoted: Checkout, run: Callable[..., Answer]) -> None:
    made = forged(promoted, "staging", digest("f"))
    promoted.push()

    said = one_line(run("promote", "staging", "prod", "--push"))

    assert f"can't go to prod: it was not in dev when {made[:7]} brought it to staging" in said
    assert promoted.head == made


def test_words_alone_bring_nothing_to_dev(promoted: Checkout, run: Callable[..., Answer]) -> None:
    image, source = f"Deploy-Image: posts-service@{digest('f')}", promoted.images()["posts-service"].source
    words = f"dev: posts-service\n\nDeploy-Environment: dev\n{image}\nSource-Commit: {source}"
    promoted.commit(PATH.format("dev"), "# and nothing else\n", words)
    promoted.git("revert", "--no-edit", "--no-commit", "HEAD")
    promoted.git("commit", "--quiet", "--message", "the comment is gone")
    forged(promoted, "staging", digest("f"))

    assert "edited by hand" in run("check").stderr
    assert "it was not in dev when " in run("check").stderr


def test_a_digest_that_dev_had_taken_back_is_found(promoted: Checkout, run: Callable[..., Answer]) -> None:
    promoted.bump(f"posts-service={digest('d')}")
    assert run("rollback").returncode == 0
    forged(promoted, "staging", digest("d"))

    assert "it was not in dev when " in one_line(run("check"))


def test_a_digest_that_came_to_dev_too_late_is_found(promoted: Checkout, run: Callable[..., Answer]) -> None:
    made = forged(promoted, "staging", digest("d"))
    promoted.push()
    promoted.bump(f"posts-service={digest('d')}")

    assert f"it was not in dev when {made[:7]} brought it" in one_line(run("check"))


def test_an_image_that_nobody_signed_is_found(
    promoted: Checkout, programs: Programs, run: Callable[..., Answer]
) -> None:
    programs.cosign(digest("c"))

    answer = run("check")

    said = [line for line in answer.stderr.splitlines() if line.startswith("blogctl: ")]
    source = promoted.images()["posts-service"].source[:7]
    assert answer.returncode == 1
    assert said == [
        f"blogctl: {place}: posts-service sha256:cccccccccccc of {source}: github.com/blog-platform/blog-platform/"
        ".github/workflows/deploy.yml@refs/heads/main hasn't signed it: no signatures found"
        for place in ("staging", "prod")
    ]


def test_each_fault_has_its_line(promoted: Checkout, run: Callable[..., Answer]) -> None:
    by_hand(promoted, "dev", digest("f"), service="user-service")
    forged(promoted, "staging", UNSIGNED)
    (promoted.path / PATH.format("prod")).write_text("images: {}\n", "utf-8")
    promoted.git("commit", "--quiet", "--all", "--message", "by hand")

    answer = run("check")

    said = [line for line in answer.stderr.splitlines() if line.startswith("blogctl: ")]
    assert (answer.returncode, len(said)) == (1, 4)
    for line, words in zip(
        said, ("no deploy brought user-service", "not in dev", "hasn't signed", "prod"), strict=True
    ):
        assert words in line


def test_without_history_it_refuses(origin: Checkout, promoted: Checkout, programs: Programs, tmp_path: Path) -> None:
    promoted.git("clone", "--quiet", "--depth", "1", f"file://{origin.path}", str(tmp_path / "shallow"))

    said = one_line(Checkout(tmp_path / "shallow").blogctl("deploy", "check", **programs.path))

    assert "git fetch --unshallow" in said


def test_what_cannot_be_found_out_is_no_pass(
    promoted: Checkout, programs: Programs, run: Callable[..., Answer]
) -> None:
    programs.remove("cosign")

    assert "cosign can't be run" in one_line(run("check"))
