"""The loop that this repository is for: push code, see it live, the way back, and the way on to staging."""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from blogctl.drill.cluster import Cluster
from cluster.applied import exists
from cluster.fork import ERRORS, OWNER, Fork, Visitor, host, make, receiver, take_away, visitor
from delivery.registry import OFFLINE, Key
from kit.docker import SERVICES

DEV, STAGING = "blog-platform-dev", "blog-platform-staging"
TRUSTED = Path("/etc/docker/certs.d/ghcr.io/ca.crt")  # where Docker trusts a stand-in for ghcr.io, cosign is to as well
FIRST = "There is no such post"
BY_WORKFLOW, MIGRATED, PROMOTED = "No post has this id", "This id names no post", "No post of this kind"
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
    """A fork with everything deployed once to dev, Synced and Healthy."""
    there = [name for name in (DEV, STAGING) if exists(Cluster(name))]
    assert not there, f"{there} is there: kubectl -n argocd delete applications --all, then the namespaces"
    fork = Fork(make(tmp_path_factory.mktemp("fork"), os.environ["GIT_BASE"]), Cluster(DEV))
    try:
        began = time.monotonic()
        bump = fork.deploy(*SERVICES)
        subprocess.run(["make", "gitops"], cwd=fork.checkout.path, check=True, capture_output=True)
        fork.until_healthy(bump, within=400)
        print(f"\nfrom nothing to Synced and Healthy: {time.monotonic() - began:.0f} s")
        yield fork
    finally:
        take_away(fork.checkout, DEV, STAGING)


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
    fork.revert(commit)  # a rollback changes the images, not the code


def test_what_is_deleted_by_hand_comes_back(fork: Fork, caller: Visitor) -> None:
    before = fork.cluster.ask("get", "service/user-service", "-o", "jsonpath={.metadata.uid}")

    fork.cluster.run("delete", "service/user-service")

    ask = ("get", "service/user-service", "--ignore-not-found", "-o", "jsonpath={.metadata.uid}")
    fork.cluster.until(lambda: fork.cluster.ask(*ask) not in {"", before}, within=120, wanted=lambda: "the Service")
    fork.cluster.run("rollout", "restart", "deployment/frontend")  # nginx has its old address: docs/en/07-argo-cd.md
    fork.cluster.run("rollout", "status", "deployment/frontend", "--timeout=120s")

    assert httpx.get(f"{caller.url}/api/.well-known/jwks.json").is_success
    assert caller.failed == [], fork.events()


@pytest.fixture
def key(fork: Fork) -> Key:
    """Who signs dev's images from now on; those that it has are signed again."""
    there = fork.checkout
    key = Key.make(there.path / "cosign")
    there.git("add", "cosign.pub")
    there.git("commit", "--quiet", "--message", "Who signs")
    there.push()
    sign(fork, key, *SERVICES)
    return key


@pytest.fixture
def staging(fork: Fork, key: Key) -> Fork:
    """The second environment, with what dev runs."""
    promote(fork, "dev", "staging")
    environment = {**os.environ, "ENVIRONMENTS": "dev staging"}
    subprocess.run(["make", "gitops"], cwd=fork.checkout.path, env=environment, check=True, capture_output=True)
    staging = Fork(fork.checkout, Cluster(STAGING))
    staging.until_healthy(fork.checkout.head, within=480)
    return staging


def test_what_ran_in_dev_is_served_by_staging_within_a_minute(fork: Fork, key: Key, staging: Fork) -> None:
    there = fork.checkout
    with visitor(staging.door()) as caller:
        caller.until(BY_WORKFLOW, within=60)
        fork.change(ERRORS, MIGRATED, PROMOTED)
        bump = fork.deploy("posts-service")
        sign(fork, key, "posts-service")
        fork.until_healthy(bump, within=480)  # not what is timed here

        began = time.monotonic()
        promote(fork, "dev", "staging")
        pushed = time.monotonic()
        served = caller.until(PROMOTED, within=120)
        healthy = staging.until_healthy(there.head, within=180)
    promote(fork, "staging", "prod")

    print(f"\nverified and pushed in {pushed - began:.0f} s, served {served:.0f} s later, healthy {healthy:.0f} s more")
    assert caller.failed == [], staging.events()
    for service in SERVICES:
        assert len({str(there.images(environment)[service]) for environment in ("dev", "staging", "prod")}) == 1
    digest = str(there.images("prod")["posts-service"].digest)
    assert running(fork) == running(staging) == {digest}


def sign(fork: Fork, key: Key, *services: str) -> None:
    """Sign what dev's overlay names."""
    images = fork.checkout.images()
    for service in services:
        key.sign(service, str(images[service].digest), owner=OWNER.lower())


def promote(fork: Fork, *way: str) -> None:
    """Take images a step further, and push that."""
    trusted = {"SSL_CERT_FILE": str(TRUSTED)} if TRUSTED.exists() else {}
    done = fork.checkout.blogctl("deploy", "promote", *way, "--push", COSIGN_VERIFY_OPTIONS=OFFLINE, **trusted)
    assert done.returncode == 0, done.stderr


def running(fork: Fork) -> set[str]:
    """The digests of posts-service that its pods say they run."""
    pods = fork.cluster.objects("pods", "--selector=app=posts")
    staying = [each["status"] for each in pods if "deletionTimestamp" not in each["metadata"]]
    return {each["containerStatuses"][0]["imageID"].rpartition("@")[2] for each in staying}
