"""A version that can't run: the rollout stops, the old version serves, and somebody says why."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from blogctl.drill.cluster import Cluster
from blogctl.failure import Failure
from cluster.applied import Platform

WRONG_PASSWORD = (
    "mongodb://posts:guessed@mongo-0.mongo,mongo-1.mongo,mongo-2.mongo/blog?replicaSet=rs0&authSource=admin"
)
AWAY = "mongodb://posts:guessed@nowhere.invalid/blog?replicaSet=rs0"


@contextmanager
def rollout(cluster: Cluster, *change: str) -> Iterator[str]:
    """Change posts-service by a kubectl line, give its newest pod, and undo it."""
    cluster.run(*change)
    try:
        with pytest.raises(Failure, match="timed out"):
            cluster.run("rollout", "status", "deployment/posts-service", "--timeout=15s")
        (pod,) = (pod.name for pod in cluster.pods("posts") if not pod.ready and not pod.going)
        yield pod
    finally:
        cluster.run("rollout", "undo", "deployment/posts-service")
        cluster.settle(within=180)


def assert_the_old_version_serves(cluster: Cluster, api: httpx.Client) -> None:
    assert len([pod for pod in cluster.pods("posts") if pod.ready and not pod.going]) == 3
    assert {api.get("/posts", params={"limit": 1 + n}).status_code for n in range(10)} == {200}


def test_an_image_that_is_not_there(platform: Platform, api: httpx.Client) -> None:
    missing = f"{platform.images['posts-service'].name}:never-built"

    with rollout(platform.cluster, "set", "image", "deployment/posts-service", f"posts-app={missing}") as pod:
        waiting = json.loads(
            platform.cluster.ask("get", "pod", pod, "-o", "jsonpath={.status.containerStatuses[0].state.waiting}")
        )
        assert waiting["reason"] in {"ErrImagePull", "ImagePullBackOff"}
        assert missing in waiting["message"]
        assert_the_old_version_serves(platform.cluster, api)


def test_a_secret_that_is_missing(platform: Platform, api: httpx.Client) -> None:
    volume = {"name": "mongo-url", "secret": {"secretName": "never-made"}}
    patch = json.dumps({"spec": {"template": {"spec": {"volumes": [volume]}}}})

    with rollout(platform.cluster, "patch", "deployment/posts-service", "--patch", patch) as pod:
        about = f"involvedObject.name={pod},reason=FailedMount"
        events = platform.cluster.objects("events", "--field-selector", about)
        assert 'secret "never-made" not found' in events[-1]["message"]
        assert_the_old_version_serves(platform.cluster, api)


@pytest.mark.parametrize(
    ("url", "reason"),
    [(WRONG_PASSWORD, "Authentication failed"), (AWAY, "nowhere.invalid")],
    ids=["wrong password", "no database"],
)
def test_a_database_that_cannot_be_used(platform: Platform, api: httpx.Client, url: str, reason: str) -> None:
    change = ("set", "env", "deployment/posts-service", f"MONGO_URL={url}", "MONGO_URL_FILE-")

    with rollout(platform.cluster, *change) as pod:
        lines = platform.cluster.ask("logs", pod).splitlines()
        print("\n", *lines, sep="\n")
        assert [line for line in lines if reason in line and json.loads(line)["level"] in {"warning", "error"}]
        assert_the_old_version_serves(platform.cluster, api)
