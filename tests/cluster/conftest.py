"""The platform on the cluster in KUBECONFIG: used as it is where there is one, otherwise made and taken away again.

Files run in the order of their numbers. Those with 0 make platforms of their own, one at a time; the others share one.
"""

import os
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from blogctl.drill.cluster import NAMESPACE, Cluster
from blogctl.drill.failures import Site
from cluster import applied
from cluster import images as of_this_tree
from cluster.applied import Platform, kustomization, running
from cluster.images import Image
from kit import docker
from kit.cluster import cluster_answers

# In another namespace there may be a second platform, whose port is the overlay's.
ANY_NODE_PORT = {
    "target": {"kind": "Service", "name": "frontend"},
    "patch": '[{"op": "remove", "path": "/spec/ports/0/nodePort"}]',
}


def elsewhere(cluster: Cluster) -> dict[str, Any]:
    """What a kustomization says more where the platform isn't in its own namespace."""
    return {} if cluster.namespace == NAMESPACE else {"namespace": cluster.namespace, "patches": [ANY_NODE_PORT]}


@pytest.fixture(scope="session", autouse=True)
def cluster() -> Cluster:
    """A cluster that answers."""
    if not cluster_answers():
        pytest.skip("no cluster answers to kubectl: set KUBECONFIG, or `make cluster`")
    return Cluster(os.environ.get("NAMESPACE", NAMESPACE))


@pytest.fixture(scope="session")
def images(cluster: Cluster) -> list[Image]:
    """The images of this tree, on the cluster."""
    docker.demand("buildx")
    built = of_this_tree.build()
    of_this_tree.publish(built)
    return built


@pytest.fixture(scope="session")
def platform(cluster: Cluster, images: list[Image], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The local overlay, all of it ready."""
    folder = kustomization(tmp_path_factory.mktemp("local"), "local", images, **elsewhere(cluster))
    with running(cluster, folder, images) as platform:
        yield platform


@pytest.fixture
def site(platform: Platform) -> Site:
    """Where drills take place."""
    return applied.site(platform)


@pytest.fixture
def api(platform: Platform) -> Iterator[httpx.Client]:
    """The API, through the front door."""
    with httpx.Client(base_url=f"{platform.url}/api", timeout=20) as client:
        yield client
