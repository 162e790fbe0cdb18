"""A service less and a service more: somebody's own platform takes the place of the one that runs."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from blogctl.fork import address
from cluster.applied import Platform, apply, kustomization
from cluster.conftest import elsewhere
from cluster.images import Image, publish
from delivery import checkouts
from delivery.checkouts import Checkout
from kit import docker
from kit.growth import NEW, OPTIONAL
from kit.people import register

REBUILT = ("user-service", f"{NEW}-service")  # the former makes the latter's database user
READ_USERS = """
import os, pymongo
with pymongo.MongoClient(open(os.environ["MONGO_URL_FILE"]).read()) as client:
    try:
        client.get_default_database()["users"].find_one()
    except pymongo.errors.OperationFailure as error:
        print(error.code)
"""
NOT_AUTHORIZED = "13"


def grow(path: Path) -> Checkout:
    """Make a fork that has let something go and has something new."""
    fork = checkouts.copy(path)
    for line in (*(("remove", "service", name) for name in OPTIONAL), ("new", "service", NEW)):
        done = fork.blogctl(*line)
        assert done.returncode == 0, done.stderr
        fork.git("add", "--all")
        fork.git("commit", "--quiet", "--message", " ".join(line))
    return fork


def build(fork: Checkout) -> list[Image]:
    """Build what differs, and bring it to the cluster."""
    tag = f"grown-{int(time.time())}"
    bake = ["docker", "buildx", "bake", "--load", *REBUILT]
    done = subprocess.run(
        bake, cwd=fork.path, env=os.environ | {"TAG": tag}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    images = [Image(f"{address.read(fork.path).images}{name}", tag) for name in REBUILT]
    publish(images)
    return images


@pytest.fixture(scope="module")
def grown(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """That fork on the cluster."""
    docker.demand("buildx")
    fork, cluster = grow(tmp_path_factory.mktemp("fork")), platform.cluster
    images = [platform.images["posts-service"], *build(fork)]
    folder = kustomization(tmp_path_factory.mktemp("grown"), "local", images, root=fork.path, **elsewhere(cluster))
    try:
        print(f"\nfrom apply to ready: {apply(cluster, folder):.0f} s")
        yield platform
    finally:
        cluster.run("delete", "-k", str(fork.path / f"k8s/base/{NEW}-service"), "--ignore-not-found", "--wait=false")
        platform.apply()
        cluster.settle(within=240)


@pytest.fixture
def service(grown: Platform) -> Iterator[httpx.Client]:
    """Its API, through the front door."""
    with httpx.Client(base_url=f"{grown.url}/api", timeout=20) as client:
        yield client


def test_it_answers_behind_the_front_door(service: httpx.Client) -> None:
    written = service.post(f"/{NEW}", json={"text": "잘 읽었습니다."}, headers=register(service).headers)
    listed = service.get(f"/{NEW}")

    assert (written.status_code, listed.status_code) == (201, 200), written.text
    assert listed.json()[0] == written.json()
    assert service.get(f"/docs/{NEW}/").status_code == 200


def test_the_blog_goes_on_beside_it(service: httpx.Client) -> None:
    assert service.get("/posts").is_success


def test_it_reaches_its_own_collection_alone(grown: Platform) -> None:
    pod = ("exec", f"deployment/{NEW}-service", "--", "python", "-c", READ_USERS)

    assert grown.cluster.ask(*pod) == NOT_AUTHORIZED
