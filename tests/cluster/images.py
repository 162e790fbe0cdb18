"""The images of this tree, where the cluster's nodes find them."""

import json
import os
import subprocess
from dataclasses import dataclass

import httpx
import pytest

from blogctl import checkout
from kit import docker

LOCAL_REGISTRY = "127.0.0.1:5000"  # of a cluster whose nodes are told to pull from there


@dataclass(frozen=True)
class Image:
    """An image by its name in the manifests, and a tag that changes when its content does."""

    name: str
    tag: str

    def __str__(self) -> str:
        return f"{self.name}:{self.tag}"


def build() -> list[Image]:
    """Build what `make images` builds, and name each after its content: a node keeps the `dev` that it has."""
    commit = {
        "GIT_SHA": _output("git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"),
        "BUILD_DATE": _output("git", "log", "-1", "--format=%cI"),  # the same content, the same image
    }
    docker.output("buildx", "bake", "--load", **commit)
    targets = json.loads(docker.output("buildx", "bake", "--print", **commit))["target"]
    return [_named(tag) for target in targets.values() for tag in target["tags"]]


def publish(images: list[Image]) -> None:
    """Bring images to the nodes of the cluster in KUBECONFIG: the one place that differs between kinds of cluster.

    `REGISTRY_PUSH` names a registry that the cluster's pulls are served from.
    """
    context = _output("kubectl", "config", "current-context")
    registry = os.environ.get("REGISTRY_PUSH", "")
    if not registry and context.startswith("kind-"):
        _output("kind", "load", "docker-image", "--name", context.removeprefix("kind-"), *map(str, images))
    elif not registry and context == "minikube":
        _output("minikube", "image", "load", *map(str, images))
    else:
        registry = registry or _local_registry(context)
        for image in images:
            there = f"{registry}/{str(image).partition('/')[2]}"
            docker.output("tag", str(image), there)
            docker.output("push", "--quiet", there)


def again(image: Image, tag: str) -> Image:
    """Give an image a second name, as a newer version would have one."""
    newer = Image(image.name, tag)
    docker.output("tag", str(image), str(newer))
    publish([newer])
    return newer


def _named(reference: str) -> Image:
    identifier = docker.output("image", "inspect", "--format", "{{.Id}}", reference)
    image = Image(reference.rpartition(":")[0], identifier.removeprefix("sha256:")[:12])
    docker.output("tag", reference, str(image))
    return image


def _local_registry(context: str) -> str:
    try:
        httpx.get(f"http://{LOCAL_REGISTRY}/v2/", timeout=2)
    except httpx.TransportError:
        pytest.skip(f"no way to bring images to {context} is known: set REGISTRY_PUSH")
    return LOCAL_REGISTRY


def _output(*command: str) -> str:
    done = subprocess.run(command, cwd=checkout.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stderr}"
    return done.stdout.strip()
