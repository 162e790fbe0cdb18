"""Which images a commit changes."""

import json
import re
from collections.abc import Callable

import pytest

from delivery.checkouts import Checkout, digest, processor_seconds

ALL = ["posts-service", "user-service", "admin-backup"]


def changed(clone: Checkout, *options: str) -> list[str]:
    answer = clone.blogctl("ci", "changed", *options)
    assert answer.returncode == 0, answer.stderr
    return sorted(answer.stdout.split())


def test_before_the_first_deploy_everything_is_built(clone: Checkout) -> None:
    assert changed(clone) == sorted(ALL)


def test_nothing_is_built_right_after_a_bump(deployed: Checkout) -> None:
    assert changed(deployed) == []


@pytest.mark.parametrize(
    ("path", "services"),
    [
        ("services/posts-service/src/posts_service/words.py", ["posts-service"]),
        ("services/posts-service/Dockerfile", ["posts-service"]),
        ("services/user-service/requirements.txt", ["user-service"]),
        ("services/admin-backup/pyproject.toml", ["admin-backup"]),
        ("services/chassis/src/chassis/logs.py", ALL),
        ("services/chassis/src/chassis/새것.py", ALL),
        ("services/posts-service/tests/test_words.py", []),
        ("services/posts-service/README.md", []),
        ("services/frontend/app.js", []),
        ("services/mongo/mongosh.conf", []),
        ("k8s/base/posts-service/deployment.yaml", []),
        ("README.md", []),
        ("docker-bake.hcl", ALL),
        (".dockerignore", ALL),
        ("services/new-thing/main.go", ALL),
        ("services/stray.txt", ALL),
    ],
)
def test_an_image_is_built_when_something_it_is_made_of_changes(
    deployed: Checkout, path: str, services: list[str]
) -> None:
    deployed.commit(path, "\n")

    assert changed(deployed) == sorted(services)


def test_a_file_that_moves_counts_in_both_places(deployed: Checkout) -> None:
    source = "services/posts-service/src/posts_service/words.py"
    deployed.git("mv", source, "services/user-service/src/user_service/words.py")
    deployed.git("commit", "--quiet", "--message", "move")

    assert changed(deployed) == ["posts-service", "user-service"]


def test_what_a_failed_run_should_have_built_is_built_by_the_next(deployed: Checkout) -> None:
    deployed.commit("services/posts-service/src/posts_service/words.py", "\n", "its run fails")
    deployed.commit("README.md", "\n", "its run begins after that")

    assert changed(deployed) == ["posts-service"]


def test_each_service_is_compared_with_its_own_bump(deployed: Checkout) -> None:
    deployed.commit("services/user-service/src/user_service/keys.py", "\n")
    deployed.commit("services/posts-service/src/posts_service/words.py", "\n")
    deployed.push()
    deployed.bump(f"posts-service={digest('b')}")

    assert changed(deployed) == ["user-service"]


def test_what_was_rolled_back_is_not_built_again(deployed: Checkout) -> None:
    deployed.commit("services/posts-service/src/posts_service/words.py", "\n")
    deployed.push()
    bump = deployed.bump(f"posts-service={digest('b')}")
    deployed.git("revert", "--no-edit", bump)

    assert changed(deployed) == []


def test_a_fork_does_not_inherit_the_deploys_of_upstream(deployed: Checkout) -> None:
    path = "k8s/overlays/dev/images/kustomization.yaml"
    deployed.git("checkout", "HEAD~1", "--", path)
    deployed.git("commit", "--quiet", "--message", "fork init")

    assert changed(deployed) == sorted(ALL)


def test_a_pull_request_is_compared_with_where_it_began(clone: Checkout) -> None:
    clone.git("switch", "--quiet", "--create", "feature")
    clone.commit("services/user-service/src/user_service/keys.py", "\n")
    clone.git("switch", "--quiet", "main")
    clone.commit("services/posts-service/src/posts_service/words.py", "\n", "somebody else's, later")

    assert changed(clone, "--base", "main", "--head", "feature") == ["user-service"]


def test_an_unknown_base_builds_everything_and_says_so(clone: Checkout) -> None:
    answer = clone.blogctl("ci", "changed", "--base", "0" * 40, "--json")

    assert sorted(json.loads(answer.stdout)) == sorted(ALL)
    assert "everything is built" in answer.stderr


def test_a_clone_without_history_builds_everything(deployed: Checkout, another: Callable[..., Checkout]) -> None:
    assert changed(another("shallow", "--depth=1")) == sorted(ALL)


def test_a_bump_whose_source_is_not_in_this_history_is_no_base(deployed: Checkout) -> None:
    deployed.git("checkout", "--quiet", "--orphan", "rewritten")
    deployed.git(
        "commit",
        "--quiet",
        "--message",
        f"dev: x\n\nDeploy-Environment: dev\nSource-Commit: {deployed.git('rev-parse', 'main')}\n"
        + "".join(f"Deploy-Image: {name}@{digest('a')}\n" for name in ALL),
    )

    assert changed(deployed) == sorted(ALL)


def test_an_unknown_head_is_a_failure(clone: Checkout) -> None:
    answer = clone.blogctl("ci", "changed", "--head", "nowhere")

    assert (answer.returncode, answer.stdout) == (1, "")
    assert "no such commit here: nowhere" in answer.stderr


def test_a_dry_run_prints_the_lines_alone(deployed: Checkout) -> None:
    answer = deployed.blogctl("ci", "changed", "--dry-run")

    assert answer.stdout == ""
    assert all(line.startswith("git ") for line in answer.stderr.splitlines())
    assert re.search(r"^git diff .*\.\.\.", answer.stderr, re.MULTILINE)


def test_it_takes_less_than_two_seconds_of_a_processor(deployed: Checkout) -> None:
    """By the clock it takes about as long, on a machine that has nothing else to do."""
    before = processor_seconds()
    changed(deployed)
    seconds = processor_seconds() - before

    print(f"blogctl ci changed: {seconds:.2f} s")
    assert 0 < seconds < 2


def test_a_package_that_cannot_be_read_is_a_failure(deployed: Checkout) -> None:
    deployed.commit("services/chassis/pyproject.toml", "[[\n")

    answer = deployed.blogctl("ci", "changed")

    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.startswith("blogctl: services/chassis/pyproject.toml can't be read: ")
