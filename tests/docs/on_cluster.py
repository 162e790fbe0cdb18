"""What pages for a cluster find there: this tree's images, and a namespace that is theirs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from blogctl.drill.cluster import Cluster
from cluster import images
from cluster.applied import exists, remove
from cluster.images import Image
from kit import docker


@contextmanager
def namespace() -> Iterator[list[Image]]:
    """Bring this tree's images to the cluster, and take away afterwards what readers have made there.

    Yields:
        The images.
    """
    cluster = Cluster()
    if exists(cluster):
        pytest.skip(f"namespace {cluster.namespace} is there already, and the pages begin without it")
    docker.demand("buildx")
    built = images.build()
    images.publish(built)
    try:
        yield built
    finally:
        if exists(cluster) and not os.environ.get("KEEP"):
            remove(cluster)


def name_images(clone: Path, built: list[Image]) -> None:
    """Let a clone's overlay name images by what is in them: a node that has some `dev` would keep it."""
    path = clone / "k8s" / "overlays" / "local" / "images" / "kustomization.yaml"
    tags = {image.name: image.tag for image in built}
    component = yaml.safe_load(path.read_text("utf-8"))
    for image in component["images"]:
        image["newTag"] = tags[image["newName"]]
    path.write_text(yaml.safe_dump(component), "utf-8")
