"""The loop that this repository is for: push code, see it live, and the way back."""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator

import pytest

from blogctl.drill.cluster import Cluster
from cluster.applied import exists
from cluster.fork import ERRORS, Fork, Visitor, host, make, receiver, take_away, visitor

NAMESPACE = "blog-platform-dev"
FIRST = "There is no such post"
BY_WORKFLOW, MIGRATED, BROKEN = "No post has this id", "This id names no post", "Nobody will read this"
TOLD = re.compile(":(x|warning): blog-platform-dev (could not be synced|is degraded)")  # whichever Argo CD sees first
MIGRATIONS = "services/posts-service/src/posts_service/migrations.py"
APP = "services/posts-service/src/posts_service/app.py"
MIGRATION = '''

async def readers(blog: mongo.Database) -> None:
    """Who has read what."""
    await migrations.collection(blog, "readers", {"bsonType": "object"})


MIGRATIONS = [
    Migration(4, "readers", readers),'''
START = "def create_app(settings: PostsSettings) -> FastAPI:"
REFUSES = '''def create_app(_settings: PostsSettings) -> FastAPI:
    """Refuse to start."""
    message = "this version can't start"
    raise RuntimeError(message)


def created_app(settings: PostsSettings) -> FastAPI:'''


@pytest.fixture(scope="module")
def messages() -> Iterator[list[str]]:
    """What arrives in the channel."""
    base = os.environ.get("GIT_BASE", "")
    if not base or "RUN_WORKFLOW" not in os.environ:
        pytest.skip("the loop needs GIT_BASE, a git server that the cluster reaches, and RUN_WORKFLOW")
    with receiver(host(base)) as (url, messages):
        secret = json.dumps({"stringData": {"slack-webhook-url": url}})
        Cluster("argocd").run("patch", "secret", "argocd-notifications-secret", "-p", secret)
        yield messages


@pytest.fixture(scope="module")
def fork(messages: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fork]:
    """A fork with everything deployed once, Synced and Healthy."""
    cluster = Cluster(NAMESPACE)
    assert not exists(cluster), f"{NAMESPACE} is there: kubectl -n argocd delete applications --all, then the namespace"
    fork = Fork(make(tmp_path_factory.mktemp("fork"), os.environ["GIT_BASE"]), cluster)
    try:
        began = time.monotonic()
        bump = fork.deploy("posts-service", "user-service", "admin-backup")
        subprocess.run(["make", "gitops"], cwd=fork.checkout.path, check=True, capture_output=True)
        fork.until_healthy(bump, within=400)
        print(f"\nfrom nothing to Synced and Healthy: {time.monotonic() - began:.0f} s")
        yield fork
    finally:
        take_away(fork.checkout, NAMESPACE)


@pytest.fixture(scope="module")
def caller(fork: Fork) -> Iterator[Visitor]:
    """Somebody who calls all the time, through a door that is not in git."""
    url = fork.door()
    with visitor(url) as there:
        there.until(FIRST, within=60)
        yield there


def test_a_push_is_tested_built_published_and_served(fork: Fork, caller: Visitor) -> None:
    before = fork.checkout.images()
    commit = fork.change(ERRORS, FIRST, BY_WORKFLOW)
    pushed = time.monotonic()

    fork.run_workflow("deploy.yml")
    bumped = time.monotonic()
    served = caller.until(BY_WORKFLOW, within=120)
    fork.until_healthy(fork.checkout.head, within=120)
    status = json.loads(fork.checkout.blogctl("deploy", "status", commit, "--json").stdout)

    print(f"\npush to bump {bumped - pushed:.0f} s, bump to the new answer {served:.0f} s, {caller.calls} calls")
    after = fork.checkout.images()
    assert {name for name in after.services() if after[name] != before[name]} == {"posts-service"}
    assert after["posts-service"].source == commit
    assert fork.checkout.git("rev-list", "--count", f"{commit}..HEAD") == "1"
    assert "live" in json.dumps(status)
    assert caller.failed == [], fork.events()


def test_the_version_before_serves_on_the_new_schema(fork: Fork, caller: Visitor) -> None:
    fork.change(MIGRATIONS, "\n\nMIGRATIONS = [", MIGRATION)
    fork.change(ERRORS, BY_WORKFLOW, MIGRATED)
    fork.until_healthy(fork.deploy("posts-service"), within=240)
    caller.until(MIGRATED, within=60)

    began = time.monotonic()
    back = fork.checkout.blogctl("deploy", "rollback")
    assert back.returncode == 0, back.stderr
    caller.until(BY_WORKFLOW, within=120)

    print(f"\nfrom the rollback to the old answer: {time.monotonic() - began:.0f} s")
    assert caller.failed == [], fork.events()


def test_a_broken_version_never_serves_and_somebody_is_told(fork: Fork, caller: Visitor, messages: list[str]) -> None:
    commit = fork.change(APP, START, REFUSES)
    fork.deploy("posts-service")

    stopped = fork.checkout.blogctl("deploy", "status", commit, "--watch")
    fork.cluster.until(
        lambda: any(TOLD.match(each) for each in messages),
        within=180,
        wanted=lambda: f"a message; {messages}",
    )
    began = time.monotonic()
    back = fork.checkout.blogctl("deploy", "rollback")
    assert back.returncode == 0, back.stderr
    fork.until_healthy(fork.checkout.head, within=240)

    print(f"\n{stopped.stderr.splitlines()[-1]}\n{messages}")
    print(f"healthy {time.monotonic() - began:.0f} s after the rollback, {caller.calls} calls")
    assert stopped.returncode == 1
    assert "this version can't start" in stopped.stderr + stopped.stdout
    assert caller.title == BY_WORKFLOW
    assert caller.failed == [], fork.events()


def test_what_is_deleted_by_hand_comes_back(fork: Fork) -> None:
    before = fork.cluster.ask("get", "service/user-service", "-o", "jsonpath={.metadata.uid}")

    fork.cluster.run("delete", "service/user-service")

    ask = ("get", "service/user-service", "--ignore-not-found", "-o", "jsonpath={.metadata.uid}")
    fork.cluster.until(lambda: fork.cluster.ask(*ask) not in {"", before}, within=120, wanted=lambda: "the Service")
