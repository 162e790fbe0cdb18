"""Where a commit is: git is real; the cluster's answers are made up, and come from a real one in tests/cluster."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from delivery.checkouts import Checkout, digest
from delivery.kubectl import Answers

WORDS = "services/posts-service/src/posts_service/words.py"
NO_CLUSTER = {"KUBECONFIG": "/nowhere"}
Cluster = Callable[..., Answers]


@pytest.fixture
def cluster(thrice: Checkout, tmp_path: Path) -> Cluster:
    """A cluster's answers; as they are, all is well."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return lambda **said: Answers(folder, said.pop("revision", thrice.head), **said)


def dev(clone: Checkout, *arguments: str, **environment: str) -> dict[str, Any]:
    answer = clone.blogctl("deploy", "status", *arguments, "--env", "dev", "--json", **environment)
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)["environments"][0]
    return found


def test_without_a_cluster_git_answers(thrice: Checkout) -> None:
    found = dev(thrice, **NO_CLUSTER)

    assert found["state"] == "no cluster"
    assert found["services"][0] == {
        "name": "posts-service",
        "source": thrice.git("rev-parse", "HEAD~1"),
        "digest": digest("c"),
        "bump": thrice.head,
        "bumped_at": thrice.git("log", "-1", "--format=%cI"),
        "pods": [],
    }


def test_the_table_says_so_too(thrice: Checkout) -> None:
    answer = thrice.blogctl("deploy", "status", **NO_CLUSTER)

    lines = answer.stdout.splitlines()
    assert answer.returncode == 0
    assert "no cluster: " in answer.stderr
    assert [line.split()[:3] for line in lines[:3]] == [
        ["dev", "no", "cluster"],
        ["staging", "never", "deployed"],
        ["prod", "never", "deployed"],
    ]
    assert lines[4].split()[:3] == ["dev", "posts-service", thrice.git("rev-parse", "--short=7", "HEAD~1")]


def test_what_was_never_deployed_says_so(clone: Checkout) -> None:
    assert dev(clone, **NO_CLUSTER)["state"] == "never deployed"


def test_a_pushed_commit_that_no_bump_holds_is_not_built_yet(thrice: Checkout) -> None:
    thrice.commit(WORDS, "\n")
    thrice.push()

    found = dev(thrice, "HEAD", **NO_CLUSTER)

    assert (found["state"], "posts-service" in found["why"]) == ("not built yet", True)


def test_a_commit_that_is_not_pushed_says_so(thrice: Checkout) -> None:
    thrice.commit(WORDS, "\n")

    assert "git push" in dev(thrice, "HEAD", **NO_CLUSTER)["why"]


def test_a_commit_that_was_rolled_back_has_stopped(thrice: Checkout) -> None:
    source = thrice.git("rev-parse", "HEAD~1")
    thrice.blogctl("deploy", "rollback")

    found = dev(thrice, source, **NO_CLUSTER)

    assert found["state"] == "stopped"
    assert f"was rolled back by {thrice.head[:7]}" in found["why"]


def test_what_others_pushed_is_seen(thrice: Checkout, another: Callable[..., Checkout]) -> None:
    other = another("other")
    other.commit("README.md", "\n")
    other.push()
    other.bump(f"user-service={digest('d')}")

    assert dev(thrice, **NO_CLUSTER)["services"][1]["digest"] == digest("d")


def test_live_is_synced_healthy_and_every_pod_of_the_new_image(thrice: Checkout, cluster: Cluster) -> None:
    found = dev(thrice, "HEAD~1", **cluster().environment())

    assert (found["state"], found["why"]) == ("live", "")
    assert found["application"]["revision"] == thrice.head
    assert found["services"][0]["pods"] == [
        {
            "name": "posts-service-1",
            "container": "posts-app",
            "digest": digest("c"),
            "ready": True,
            "trouble": "",
            "git_sha": thrice.head,
        }
    ]


CRASH = {
    "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 10s"}},
    "lastState": {"terminated": {"exitCode": 1, "reason": "Error", "message": "a line\nKeyError: 'MONGO'\n"}},
}
PULL = {"state": {"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image"}}}
GIVEN_UP = {"status": "False", "message": "ReplicaSet has timed out progressing."}
STARTING = {"state": {"waiting": {"reason": "ContainerCreating"}}}


@pytest.mark.parametrize(
    ("said", "state", "why"),
    [
        pytest.param({"revision": "HEAD~1"}, "bumped", "Argo CD has seen", id="not seen"),
        pytest.param(
            {"phase": "Running", "message": "waiting for apps/Deployment/x"}, "syncing", "x, at most 30 s", id="syncing"
        ),
        pytest.param({"sync": "OutOfSync"}, "syncing", "OutOfSync, Healthy", id="out of sync"),
        pytest.param({"health": "Progressing"}, "syncing", "Synced, Progressing", id="progressing"),
        pytest.param({"digest": digest("b")}, "syncing", "posts-service has another image still", id="old image"),
        pytest.param({"available": 0, "pod": STARTING}, "syncing", "0 of 1 pods of posts-service", id="starting"),
        pytest.param(
            {"phase": "Running", "syncing": "HEAD~2", "message": "waiting for healthy state of posts-service"},
            "bumped",
            "posts-service); a rollout there ends at the latest after progressDeadlineSeconds, 30 s",
            id="busy with an older one",
        ),
        pytest.param(
            {"phase": "Running", "syncing": "", "message": "Retrying attempt #1 at 8:01AM."},
            "bumped",
            "Argo CD is still busy (Retrying attempt #1 at 8:01AM.); a rollout there ends",
            id="between two tries",
        ),
        pytest.param(
            {"phase": "Running", "pod": CRASH, "available": 0},
            "syncing",
            "successfully synced (all tasks run); posts-service-1: CrashLoopBackOff: KeyError: 'MONGO'",
            id="crashes, and may yet come",
        ),
        pytest.param(
            {"phase": "Running", "pod": CRASH, "available": 0, "progressing": GIVEN_UP},
            "stopped",
            "CrashLoopBackOff: KeyError: 'MONGO'",
            id="given up",
        ),
        pytest.param(
            {"phase": "Failed", "pod": PULL}, "stopped", "ImagePullBackOff: Back-off pulling image", id="image"
        ),
        pytest.param(
            {"phase": "Failed", "message": "Job smoke-test failed"}, "stopped", "Job smoke-test", id="sync failed"
        ),
        pytest.param({"health": "Degraded", "progressing": GIVEN_UP}, "stopped", "timed out", id="degraded later"),
        pytest.param(
            {"phase": "Failed", "job": {"state": {"terminated": {"exitCode": 1, "message": "no such index"}}}},
            "stopped",
            "migrations-1: no such index",
            id="job",
        ),
        pytest.param(
            {"revision": "HEAD~1", "conditions": [{"type": "ComparisonError", "message": "can't\nrender"}]},
            "stopped",
            "can't render",
            id="manifests",
        ),
    ],
)
def test_what_the_cluster_does_is_said(
    thrice: Checkout, cluster: Cluster, said: dict[str, Any], state: str, why: str
) -> None:
    commits = {key: thrice.git("rev-parse", said[key]) for key in ("revision", "syncing") if said.get(key)}

    found = dev(thrice, **cluster(**said | commits).environment())

    assert found["state"] == state, found["why"]
    assert why in found["why"]


def test_watch_ends_well_when_it_is_live(thrice: Checkout, cluster: Cluster) -> None:
    answer = thrice.blogctl("deploy", "status", "--watch", **cluster().environment())

    assert answer.returncode == 0
    assert answer.stdout.split()[:2] == ["dev", "live"]
    assert "dev: live" in answer.stderr


def test_watch_ends_badly_where_it_has_stopped(thrice: Checkout, cluster: Cluster) -> None:
    environment = cluster(phase="Failed", pod=PULL).environment()

    answer = thrice.blogctl("deploy", "status", "HEAD", "--watch", **environment)

    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.splitlines()[-1].startswith("blogctl: dev has stopped: posts-service-1: ImagePullBackOff")


def test_watch_does_not_wait_for_ever(thrice: Checkout, cluster: Cluster) -> None:
    environment = cluster(health="Progressing").environment()

    answer = thrice.blogctl("deploy", "status", "--watch", "--within", "1", **environment)

    assert answer.returncode == 1
    assert answer.stderr.splitlines()[-1] == "blogctl: not live after 1 s: syncing: Synced, Progressing"


def test_watch_needs_a_cluster(thrice: Checkout) -> None:
    answer = thrice.blogctl("deploy", "status", "--watch", **NO_CLUSTER)

    assert answer.returncode == 1
    assert "no cluster answers" in answer.stderr.splitlines()[-1]


def test_a_dry_run_prints_the_lines_alone(thrice: Checkout) -> None:
    answer = thrice.blogctl("deploy", "status", "--dry-run")

    assert (answer.returncode, answer.stdout) == (0, "")
    assert "kubectl get applications.argoproj.io -n argocd -o json" in answer.stderr.splitlines()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["nowhere"], "no such commit here: nowhere"), (["--env", "test"], "no such environment: test")],
)
def test_what_is_not_there_is_a_failure(thrice: Checkout, arguments: list[str], says: str) -> None:
    answer = thrice.blogctl("deploy", "status", *arguments, **NO_CLUSTER)

    assert (answer.returncode, answer.stdout) == (1, "")
    assert says in answer.stderr
