"""The platform as `kubectl apply -k` makes it."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from blogctl import checkout
from blogctl.drill.cluster import Cluster
from blogctl.drill.failures import Site
from cluster.images import Image

FETCH_SECONDS = 400  # for the first platform on a new cluster; later ones find all of it there
READY_SECONDS = 400  # how long a test waits; test_1_first_apply.py says what was promised


@dataclass(frozen=True)
class Platform:
    """An overlay with images, in a namespace."""

    cluster: Cluster
    images: dict[str, Image]
    folder: Path  # of its kustomization
    ready_seconds: float | None  # None: it was there before
    url: str

    def apply(self) -> list[str]:
        """Apply it again, and give what kubectl says, a line an object."""
        return self.cluster.run("apply", "-k", str(self.folder)).splitlines()


def site(platform: Platform) -> Site:
    """Say where drills take place; FAIL_WITH, HEAL_WITH and SPARE are the options of `blogctl drill`."""
    words = os.environ
    return Site(platform.cluster, words.get("FAIL_WITH", ""), words.get("HEAL_WITH", ""), (words.get("SPARE", ""),))


def kustomization(
    folder: Path, overlay: str, images: list[Image], *, root: Path = checkout.ROOT, **more: object
) -> Path:
    """Write one that takes an overlay with images of ours.

    Args:
        folder: Where.
        overlay: Its name in k8s/overlays.
        images: What its own images are replaced by.
        root: Whose overlay: this checkout's, or another's.
        more: Further fields.

    Returns:
        The folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": [os.path.relpath(root / "k8s" / "overlays" / overlay, folder.resolve())],
        "images": [{"name": image.name, "newTag": image.tag} for image in images],
        **more,
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(written), "utf-8")
    return folder


def fetch_images(folder: Path) -> None:
    """Have every node fetch what a kustomization runs: how soon it is ready says nothing of a registry then."""
    somewhere = Cluster("default")
    images = sorted(set(re.findall(r"^[ -]+image: (\S+)$", somewhere.run("kustomize", str(folder)), re.MULTILINE)))
    labels = {"app": "images"}
    each = [{"name": f"image-{number}", "image": image, "command": ["true"]} for number, image in enumerate(images)]
    last = {"name": "fetched", "image": images[0], "command": ["sleep", "infinity"]}
    pod = {"initContainers": each, "containers": [last], "terminationGracePeriodSeconds": 0}
    fetcher = {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "images"},
        "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}},
    }
    file = folder / "images.yaml"
    file.write_text(yaml.safe_dump(fetcher), "utf-8")
    somewhere.run("apply", "-f", str(file))
    try:
        somewhere.run("rollout", "status", "daemonset/images", f"--timeout={FETCH_SECONDS}s", within=FETCH_SECONDS + 10)
    finally:
        somewhere.run("delete", "-f", str(file))


def apply(cluster: Cluster, folder: Path) -> float:
    """Apply a kustomization and wait until all of it is ready.

    Returns:
        Seconds from the first to the last.
    """
    began = time.monotonic()
    cluster.run("apply", "-k", str(folder))
    cluster.settle(within=READY_SECONDS)
    cluster.until(
        lambda: not unfinished_jobs(cluster), within=READY_SECONDS, wanted=lambda: str(unfinished_jobs(cluster))
    )
    return time.monotonic() - began


def unfinished_jobs(cluster: Cluster) -> list[str]:
    """Name the Jobs that have not succeeded yet."""
    return [job["metadata"]["name"] for job in cluster.objects("jobs") if not job["status"].get("succeeded")]


@contextmanager
def running(cluster: Cluster, folder: Path, images: list[Image]) -> Iterator[Platform]:
    """Apply a kustomization for as long as a block lasts; what was there before stays, and with KEEP all of it.

    Args:
        cluster: With the namespace that it makes.
        folder: Of the kustomization.
        images: Those of this tree that it takes.

    Yields:
        The platform, all of it ready.
    """
    ours = not exists(cluster)
    try:
        if ours:
            fetch_images(folder)
        seconds = apply(cluster, folder)
        print(f"\nfrom apply to ready: {seconds:.0f} s{'' if ours else ' (it was there before)'}")
        by_name = {image.name.rpartition("/")[2]: image for image in images}
        yield Platform(cluster, by_name, folder, seconds if ours else None, cluster.front_door())
    finally:
        if ours and exists(cluster) and not os.environ.get("KEEP"):
            remove(cluster)


def remove(*clusters: Cluster) -> None:
    """Delete namespaces and everything in them, without a farewell: nobody waits for what such pods still do."""
    for cluster in clusters:
        cluster.run("delete", "namespace", cluster.namespace, "--ignore-not-found", "--wait=false")
        cluster.run("delete", "pods", "--all", "--force", "--grace-period=0", "--wait=false")
    for cluster in clusters:
        cluster.run("delete", "namespace", cluster.namespace, "--ignore-not-found", "--wait", within=240)


def exists(cluster: Cluster) -> bool:
    """Tell whether somebody has made the namespace."""
    return bool(cluster.ask("get", "namespace", cluster.namespace, "--ignore-not-found", "-o", "name"))
