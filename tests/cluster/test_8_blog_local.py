"""http://blog.local, by Ingress and by the Gateway API, where the cluster has a controller for it."""

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import yaml

from blogctl import checkout
from cluster.applied import Platform

ADDRESS = os.environ.get("INGRESS_URL", "http://127.0.0.1")  # what /etc/hosts would say of blog.local
PATHS = {"/": "<script", "/api/posts": "title", "/api/users/nobody": "problem", "/app.js": "fetch("}
WANTED = {"/": 200, "/api/posts": 200, "/api/users/nobody": 404, "/app.js": 200}
CONTROLLED = {"ingress": "ingressclass.networking.k8s.io/", "gateway": "httproutes.gateway.networking.k8s.io"}


@pytest.fixture(params=CONTROLLED)
def component(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def answers() -> dict[str, int | str]:
    seen: dict[str, int | str] = {}
    for path, expected in PATHS.items():
        try:
            answer = httpx.get(f"{ADDRESS}{path}", headers={"Host": "blog.local"}, timeout=5)
        except httpx.TransportError as error:
            seen[path] = type(error).__name__
            continue
        told = answer.headers.get("Content-Type", "") + answer.text
        seen[path] = answer.status_code if expected in told else f"{answer.status_code} without {expected}"
    return seen


@pytest.fixture
def applied(platform: Platform, component: str, tmp_path: Path) -> Iterator[None]:
    """A component by itself: the services that it leads to are there."""
    folder = os.path.relpath(checkout.ROOT / "k8s" / "components" / component, tmp_path.resolve())
    alone = {"kind": "Kustomization", "namespace": platform.cluster.namespace, "components": [folder]}
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(alone), "utf-8")
    platform.cluster.run("apply", "-k", str(tmp_path))
    yield
    platform.cluster.run("delete", "-k", str(tmp_path))


def test_it_answers_for_its_host(platform: Platform, component: str, request: pytest.FixtureRequest) -> None:
    if CONTROLLED[component] not in platform.cluster.ask("get", "crd,ingressclass", "-o", "name"):
        pytest.skip(f"the cluster has no controller for {component}")
    request.getfixturevalue("applied")

    platform.cluster.until(lambda: answers() == WANTED, within=120, wanted=lambda: f"{WANTED}, got {answers()}")
