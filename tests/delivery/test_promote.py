"""A promotion: the same digests, one environment further, and only if they may go there."""

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from delivery.checkouts import Answer, Checkout, digest, one_line
from delivery.programs import PULL_REQUEST, UNSIGNED, Programs
from delivery.test_bump import behind, dirty, no_rights, other_branch, refusing_commit_hook, unreachable
from kit.docker import SERVICES

STAGING = "k8s/overlays/staging/images/kustomization.yaml"
AnotherClone = Callable[..., Checkout]
Arrange = Callable[[Checkout, Programs], None]


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs(tmp_path / "bin")


@pytest.fixture
def promote(thrice: Checkout, programs: Programs) -> Callable[..., Answer]:
    """Promote in a clone whose dev runs c of posts-service and a of the others."""

    def run(*arguments: str) -> Answer:
        return thrice.blogctl("deploy", "promote", *arguments, **programs.path)

    return run


def branches(origin: Checkout) -> list[str]:
    return origin.git("branch", "--format=%(refname:short)").split()


def test_a_pushed_promotion_is_one_commit_of_one_file(
    thrice: Checkout, origin: Checkout, promote: Callable[..., Answer]
) -> None:
    before, dev = thrice.head, thrice.images()

    answer = promote("dev", "staging", "--push")

    assert answer.returncode == 0, answer.stderr
    assert (thrice.git("rev-parse", "HEAD~1"), origin.git("rev-parse", "main")) == (before, thrice.head)
    assert thrice.git("show", "--name-only", "--format=", "HEAD").split() == [STAGING]
    assert [thrice.images("staging")[service] for service in SERVICES] == [dev[service] for service in SERVICES]
    assert answer.stdout.strip() == thrice.git("log", "-1", "--format=%h %s")
    assert branches(origin) == ["main"]


def test_it_says_what_came_from_which_commit(thrice: Checkout, promote: Callable[..., Answer]) -> None:
    posts, others = thrice.images()["posts-service"].source, thrice.images()["user-service"].source

    assert promote("dev", "staging", "--push").returncode == 0

    assert thrice.git("log", "-1", "--format=%s") == (
        f"staging: posts-service {posts[:7]}, {', '.join(SERVICES[1:])} {others[:7]}"
    )
    assert thrice.git("log", "-1", "--format=%(trailers:only)").splitlines() == [
        "Deploy-Environment: staging",
        f"Deploy-Image: posts-service@{digest('c')}",
        f"Source-Commit: {posts}",
        *(
            line
            for name in SERVICES[1:]
            for line in (f"Deploy-Image: {name}@{digest('a')}", f"Source-Commit: {others}")
        ),
    ]


def test_an_image_goes_the_whole_way_and_back(thrice: Checkout, promote: Callable[..., Answer]) -> None:
    assert promote("dev", "staging", "--push").returncode == 0
    assert promote("staging", "prod", "--push").returncode == 0
    thrice.bump(f"posts-service={digest('d')}")
    for way in (("dev", "staging"), ("staging", "prod")):
        assert promote(*way, "--push").returncode == 0
    assert str(thrice.images("prod")["posts-service"].digest) == digest("d")

    assert thrice.blogctl("deploy", "rollback", "--env", "prod").returncode == 0

    found = {place: str(thrice.images(place)["posts-service"].digest)[-1] for place in ("dev", "staging", "prod")}
    assert found == {"dev": "d", "staging": "d", "prod": "c"}


def test_one_service_can_go_alone(thrice: Checkout, promote: Callable[..., Answer]) -> None:
    answer = promote("dev", "staging", "user-service", "--push")

    assert answer.returncode == 0, answer.stderr
    file = thrice.images("staging")
    assert [service for service in file.services() if file[service].digest] == ["user-service"]
    others = ", ".join(service for service in file.services() if service != "user-service")
    assert f"staging can't start {others}: never deployed there, promote them too" in answer.stderr.splitlines()
    assert "can't start" not in promote("dev", "staging", "--push").stderr


def test_what_dev_took_back_does_not_go(thrice: Checkout, promote: Callable[..., Answer]) -> None:
    assert thrice.blogctl("deploy", "rollback").returncode == 0

    assert promote("dev", "staging", "--push").returncode == 0
    assert str(thrice.images("staging")["posts-service"].digest) == digest("b")


def test_a_second_time_is_nothing_to_do(thrice: Checkout, promote: Callable[..., Answer]) -> None:
    promote("dev", "staging", "--push")
    before = thrice.state

    answer = promote("dev", "staging", "--push")

    assert (answer.returncode, answer.stdout, thrice.state) == (0, "", before)
    assert answer.stderr.splitlines()[-1] == "nothing to do"


def test_a_head_that_moved_meanwhile_gets_the_promotion_on_top(
    thrice: Checkout, another: AnotherClone, promote: Callable[..., Answer], origin: Checkout
) -> None:
    other = another("other")
    pushed = other.commit("README.md", "\n")
    other.push()
    thrice.git("checkout", "--quiet", "--detach")  # as CI has it

    answer = promote("dev", "staging", "--push")

    assert answer.returncode == 0, answer.stderr
    assert thrice.git("rev-parse", "HEAD~1") == pushed
    assert origin.git("rev-parse", "main") == thrice.head


def test_from_a_shell_it_is_a_branch_and_the_checkout_stays(
    thrice: Checkout, origin: Checkout, promote: Callable[..., Answer]
) -> None:
    before, source = thrice.state, thrice.images()["posts-service"].source

    answer = promote("dev", "staging")

    branch = f"promote-staging-{source[:7]}"
    assert (answer.returncode, answer.stdout) == (0, f"{branch}\n"), answer.stderr
    assert thrice.state == before
    assert origin.git("rev-parse", "main", f"{branch}~1").split() == [before[0]] * 2
    assert origin.git("log", "-1", "--format=%s", branch).startswith("staging: posts-service ")
    assert "open the pull request" in answer.stderr


def test_gh_opens_its_pull_request(programs: Programs, promote: Callable[..., Answer]) -> None:
    programs.gh()

    answer = promote("dev", "staging", "user-service")

    assert answer.stdout == f"{PULL_REQUEST}\n", answer.stderr
    (line,) = [shlex.split(line) for line in answer.stderr.splitlines() if line.startswith("gh ")]
    said = dict(zip(line[3::2], line[4::2], strict=True))
    assert (said["--base"], said["--head"][:16]) == ("main", "promote-staging-")
    assert said["--title"].startswith("staging: user-service ")


def test_a_pull_request_that_gh_refuses_leaves_the_branch(
    programs: Programs, promote: Callable[..., Answer], origin: Checkout
) -> None:
    programs.gh("echo 'To get started, run: gh auth login' >&2; exit 4")

    said = one_line(promote("dev", "staging"))

    assert "is pushed, and has no pull request yet: gh: To get started, run: gh auth login" in said
    assert len(branches(origin)) == 2


def test_a_branch_that_waits_is_not_made_again(thrice: Checkout, promote: Callable[..., Answer]) -> None:
    branch = promote("dev", "staging").stdout.strip()

    assert f"{branch} is there already" in one_line(promote("dev", "staging"))
    thrice.git("branch", "--delete", "--force", branch)
    assert f"{branch} is there already" in one_line(promote("dev", "staging"))


@pytest.mark.parametrize(
    ("push", "lines"),
    [(["--push"], "fetch verify commit push"), ([], "fetch verify switch commit push switch")],
    ids=["push", "branch"],
)
def test_a_dry_run_prints_the_lines_and_does_nothing(
    thrice: Checkout, programs: Programs, promote: Callable[..., Answer], push: list[str], lines: str
) -> None:
    programs.remove("cosign")
    before = thrice.state

    answer = promote("dev", "staging", "user-service", "--dry-run", *push)

    assert (answer.returncode, answer.stdout, thrice.state) == (0, "", before)
    said = [line.split()[:2] for line in answer.stderr.splitlines()]
    assert [words[1] for words in said if words[0] in {"git", "cosign"}] == lines.split()


def nothing(_clone: Checkout, _programs: Programs) -> None:
    pass


def just(arrange: Callable[[Checkout], None]) -> Arrange:
    return lambda clone, _: arrange(clone)


def unsigned(clone: Checkout, _programs: Programs) -> None:
    clone.bump(f"posts-service={UNSIGNED}")


def edited(environment: str) -> Arrange:
    """A digest that no pipeline knows, written by hand."""

    def edit(clone: Checkout, _programs: Programs) -> None:
        path = clone.path / f"k8s/overlays/{environment}/images/kustomization.yaml"
        tag = "    newTag: undeployed\n" if environment != "dev" else f"    digest: {digest('c')}\n"
        by_hand = f"    digest: {digest('f')}\n"
        by_hand = by_hand if environment == "dev" else f"    newTag: {clone.head}\n{by_hand}"
        text = path.read_text("utf-8")
        assert tag in text
        path.write_text(text.replace(tag, by_hand, 1), "utf-8")
        clone.git("commit", "--quiet", "--all", "--message", "by hand")
        clone.push()

    return edit


def previewed(clone: Checkout, _programs: Programs) -> None:
    """An image of a preview, brought to dev with the tag that preview.yml gives it."""
    path = clone.path / "k8s/overlays/dev/images/kustomization.yaml"
    image = clone.images()["posts-service"]
    text = path.read_text("utf-8").replace(image.source, f"pr-7-{image.source}", 1)
    path.write_text(text.replace(str(image.digest), UNSIGNED, 1), "utf-8")
    clone.git("commit", "--quiet", "--all", "--message", "dev: posts-service of #7")
    clone.push()


@pytest.mark.parametrize("push", [["--push"], []], ids=["push", "branch"])
@pytest.mark.parametrize(
    ("arrange", "arguments", "says"),
    [
        pytest.param(nothing, "dev prod", "nothing goes from dev to prod: the way is dev, then staging", id="skips"),
        pytest.param(nothing, "staging dev", "nothing goes from staging to dev", id="backwards"),
        pytest.param(nothing, "dev dev", "nothing goes from dev to dev", id="nowhere"),
        pytest.param(nothing, "dev test", "no such environment: test", id="environment"),
        pytest.param(nothing, "dev local", "no such environment: local", id="by hand"),
        pytest.param(nothing, "preview staging", "no such environment: preview", id="preview"),
        pytest.param(previewed, "dev staging", "dev/images/kustomization.yaml was edited by hand", id="pull request"),
        pytest.param(nothing, "dev staging blog", "not deployed in dev: blog; it runs: posts-service", id="service"),
        pytest.param(nothing, "staging prod", "staging was never deployed", id="never deployed"),
        pytest.param(
            nothing, "staging prod user-service", "not deployed in staging: user-service; it runs: nothing", id="named"
        ),
        pytest.param(unsigned, "dev staging", "main hasn't signed it: no signatures found", id="unsigned"),
        pytest.param(edited("dev"), "dev staging", "dev/images/kustomization.yaml was edited by hand", id="tampered"),
        pytest.param(edited("staging"), "dev staging", "staging/images/kustomization.yaml was edited", id="edited"),
        pytest.param(lambda _, found: found.remove("cosign"), "dev staging", "cosign can't be run", id="no cosign"),
        pytest.param(just(dirty), "dev staging", "uncommitted changes", id="dirty"),
        pytest.param(just(other_branch), "dev staging", "feature is checked out", id="branch"),
        pytest.param(just(behind), "dev staging", "git pull --ff-only", id="behind"),
        pytest.param(just(unreachable), "dev staging", "does not", id="unreachable"),
        pytest.param(just(no_rights), "dev staging", "pre-receive hook declined", id="no rights"),
        pytest.param(just(refusing_commit_hook), "dev staging", "not today", id="hook"),
        pytest.param(nothing, "dev staging --verify '", "not options of cosign verify", id="options"),
    ],
)
def test_what_cannot_be_is_one_line_and_nothing_changes(
    thrice: Checkout,
    origin: Checkout,
    programs: Programs,
    promote: Callable[..., Answer],
    arrange: Arrange,
    arguments: str,
    says: str,
    push: list[str],
) -> None:
    arrange(thrice, programs)
    before, pushed, known = thrice.state, origin.git("rev-parse", "main"), thrice.git("branch")

    said = one_line(promote(*arguments.split(), *push))

    assert says in said
    assert (thrice.state, thrice.git("branch")) == (before, known)
    assert (origin.git("rev-parse", "main"), branches(origin)) == (pushed, ["main"])
