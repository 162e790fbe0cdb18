"""From dev to staging: what was tested there is served here, in under a minute and to the last byte."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from blogctl.drill.cluster import Cluster
from cluster.applied import exists
from cluster.fork import ERRORS, OWNER, Fork, make, take_away, visitor
from delivery.registry import OFFLINE, Key
from kit.docker import SERVICES

DEV, STAGING = "blog-platform-dev", "blog-platform-staging"
TRUSTED = Path("/etc/docker/certs.d/ghcr.io/ca.crt")  # where Docker trusts a stand-in for ghcr.io, cosign is to as well
FIRST, PROMOTED = "There is no such post", "No post of this kind"


def deploy(dev: Fork, key: Key, *services: str) -> str:
    """Build, sign and bump what is checked out; give the bump."""
    bump = dev.deploy(*services)
    images = dev.checkout.images()
    for service in services:
        key.sign(service, str(images[service].digest), owner=OWNER.lower())
    return bump


def promote(dev: Fork, *way: str) -> None:
    trusted = {"SSL_CERT_FILE": str(TRUSTED)} if TRUSTED.exists() else {}
    done = dev.checkout.blogctl("deploy", "promote", *way, "--push", COSIGN_VERIFY_OPTIONS=OFFLINE, **trusted)
    assert done.returncode == 0, done.stderr


def running(fork: Fork) -> set[str]:
    """The digests of posts-service that its pods say they run."""
    pods = fork.cluster.objects("pods", "--selector=app=posts")
    staying = [each["status"] for each in pods if "deletionTimestamp" not in each["metadata"]]
    return {each["containerStatuses"][0]["imageID"].rpartition("@")[2] for each in staying}


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Fork, Fork, Key]]:
    """dev and staging of a fork that signs by a key, side by side on this cluster."""
    if "GIT_BASE" not in os.environ or "RUN_WORKFLOW" not in os.environ:
        pytest.skip("a promotion needs GIT_BASE, a git server that the cluster reaches, and its registry as ghcr.io")
    there = make(tmp_path_factory.mktemp("fork"), os.environ["GIT_BASE"])
    dev, staging = (Fork(there, Cluster(namespace)) for namespace in (DEV, STAGING))
    assert not [each for each in (dev, staging) if exists(each.cluster)], "delete these namespaces first"
    try:
        key = Key.make(there.path / "cosign")
        there.git("add", "cosign.pub")
        there.git("commit", "--quiet", "--message", "Who signs")
        there.push()
        deploy(dev, key, *SERVICES)
        promote(dev, "dev", "staging")
        environment = {**os.environ, "ENVIRONMENTS": "dev staging"}
        subprocess.run(["make", "gitops"], cwd=there.path, env=environment, check=True, capture_output=True)
        for fork in (dev, staging):
            fork.until_healthy(there.head, within=480)
        yield dev, staging, key
    finally:
        take_away(there, DEV, STAGING)


def test_what_ran_in_dev_is_served_by_staging_within_a_minute(forks: tuple[Fork, Fork, Key]) -> None:
    dev, staging, key = forks
    there = dev.checkout
    with visitor(staging.door()) as caller:
        caller.until(FIRST, within=60)
        dev.change(ERRORS, FIRST, PROMOTED)
        dev.until_healthy(deploy(dev, key, "posts-service"), within=480)  # not what is timed here

        began = time.monotonic()
        promote(dev, "dev", "staging")
        pushed = time.monotonic()
        served = caller.until(PROMOTED, within=120)
        healthy = staging.until_healthy(there.head, within=180)
    promote(dev, "staging", "prod")

    print(f"\nverified and pushed in {pushed - began:.0f} s, served {served:.0f} s later, healthy {healthy:.0f} s more")
    assert caller.failed == [], staging.events()
    for service in SERVICES:
        assert len({str(there.images(environment)[service]) for environment in ("dev", "staging", "prod")}) == 1
    digest = str(there.images("prod")["posts-service"].digest)
    assert running(dev) == running(staging) == {digest}
