"""prod on three nodes: it spreads, it survives a drain and the loss of a node, and it grows under load."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from blogctl import terminal
from blogctl.drill.cluster import Cluster
from blogctl.drill.drill import run
from blogctl.drill.failures import DRILLS, Site
from blogctl.drill.traffic import Author
from blogctl.drill.verdict import table
from cluster import applied
from cluster.applied import Platform, kustomization, running
from cluster.images import Image

NODES = 3
PATCHES = [
    # A door that these tests reach by themselves.
    {
        "target": {"kind": "Service", "name": "frontend"},
        "patch": '[{"op": "add", "path": "/spec/type", "value": "NodePort"}]',
    },
    # Five minutes are right for people, and long for a test.
    {
        "target": {"kind": "HorizontalPodAutoscaler"},
        "patch": '[{"op": "add", "path": "/spec/behavior",'
        ' "value": {"scaleDown": {"stabilizationWindowSeconds": 15}}}]',
    },
    # Without Argo CD nothing comes in waves, and what looks at the result would come first.
    {
        "target": {"kind": "Job", "name": "smoke-test"},
        "patch": "{apiVersion: batch/v1, kind: Job, metadata: {name: smoke-test}, $patch: delete}",
    },
    {
        "target": {"kind": "Deployment"},
        "patch": '[{"op": "replace", "path": "/spec/progressDeadlineSeconds", "value": 300}]',
    },
    {
        "target": {"kind": "Job"},
        "patch": '[{"op": "replace", "path": "/spec/backoffLimit", "value": 20}]',
    },
]


@pytest.fixture(scope="module")
def prod(cluster: Cluster, images: list[Image], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    if len(cluster.nodes()) < NODES:
        pytest.skip(f"prod needs {NODES} nodes in as many zones")
    there = Cluster(f"{cluster.namespace}-prod")
    folder = kustomization(tmp_path_factory.mktemp("prod"), "prod", images, namespace=there.namespace, patches=PATCHES)
    with running(there, folder, images) as platform:
        yield platform


@pytest.fixture
def site(prod: Platform) -> Site:
    return applied.site(prod)


@pytest.mark.parametrize(("app", "least"), [("mongo", 3), ("posts", 3), ("user", 2), ("frontend", 2)])
def test_pods_of_one_kind_are_on_different_nodes(prod: Platform, app: str, least: int) -> None:
    nodes = Counter(pod.node for pod in prod.cluster.serving(app))

    assert len(nodes) >= least
    assert max(nodes.values()) - min(nodes.values()) <= 1


def test_more_pods_under_load_and_fewer_after_it(prod: Platform) -> None:
    """The load is what four readers can ask for, past nginx's micro-cache."""
    stopping, reader = threading.Event(), Author(prod.url)

    def load() -> None:
        with httpx.Client(base_url=reader.api, headers=reader.headers, timeout=20) as client:
            while not stopping.is_set():
                with suppress(httpx.TransportError):  # a front end that goes again closes what is kept open
                    client.get("/posts", params={"limit": 100})

    def replicas() -> int:
        return int(prod.cluster.ask("get", "deployment/posts-service", "-o", "jsonpath={.spec.replicas}"))

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        grown = prod.cluster.until(lambda: replicas() > 3, within=240, wanted=lambda: "more than 3 pods")
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
    most, began = replicas(), time.monotonic()
    prod.cluster.until(lambda: replicas() == 3, within=400, wanted=lambda: "3 pods again")
    print(f"\n{most} pods after {grown:.0f} s of load, 3 again {time.monotonic() - began:.0f} s after it")


@pytest.mark.parametrize("name", ["drain", "node-loss"])
def test_it_survives(prod: Platform, site: Site, name: str) -> None:
    if name == "node-loss" and not site.fail_with and "kind" not in prod.cluster.ask("config", "current-context"):
        pytest.skip("no way to lose a node: set FAIL_WITH, HEAL_WITH and SPARE")
    drill = DRILLS[name]

    outcome = run(drill, site, prod.url)

    terminal.answer(table([outcome.row(drill.limits)]))
    assert outcome.broken(drill.limits) == []
