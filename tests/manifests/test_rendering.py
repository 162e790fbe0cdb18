"""How overlays are written, and that they render the same every time."""

import re
from statistics import median
from typing import Any

import pytest
import yaml

from blogctl import checkout
from manifests.conftest import FITS
from manifests.rendered import ENVIRONMENTS, K8S, Rendering, render

PAGE = {".html", ".js", ".css", ".svg"}


def files() -> list[str]:
    return [path.read_text("utf-8") for path in K8S.rglob("*.yaml")]


def kustomization(folder: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((checkout.ROOT / folder / "kustomization.yaml").read_text("utf-8"))
    return found


def test_kustomize_warns_of_nothing(everything: Rendering) -> None:
    assert everything.warnings == ""


def test_an_overlay_renders_the_same_twice(overlay: str, platform: Rendering) -> None:
    assert render(K8S / "overlays" / overlay).text == platform.text


def test_files_are_short() -> None:
    lines = [text.count("\n") for text in files()]

    assert max(lines) <= 100
    assert median(lines) < 20


def test_a_file_holds_one_resource() -> None:
    assert [text for text in files() if len(re.findall(r"^kind:", text, re.MULTILINE)) > 1] == []


def test_every_component_is_built_with_an_overlay_that_it_fits() -> None:
    built = {name for place in FITS for name in place.components}
    folders = {path.name for path in (K8S / "components").iterdir()}
    parts_of_others = {
        "disposable",
        "from-outside",
        "once",
        "patient",
        "sample-posts",
        "single-member",
        "small",
        "smoke-test",
    }

    assert folders - parts_of_others == built
    assert [name for name in folders if not (K8S / "components" / name / "README.md").is_file()] == []


@pytest.mark.parametrize("overlay", ["local", *ENVIRONMENTS])
def test_images_come_last_and_are_all_that_a_deploy_writes(overlay: str) -> None:
    assert kustomization(f"k8s/overlays/{overlay}")["components"][-1] == "images"
    assert kustomization(f"k8s/overlays/{overlay}/images").keys() == {"apiVersion", "kind", "images"}


def test_every_file_of_the_page_is_in_its_config_map() -> None:
    maps = {each["name"]: each["files"] for each in kustomization("services/frontend")["configMapGenerator"]}
    there = (path.name for path in (checkout.ROOT / "services/frontend").iterdir() if path.suffix in PAGE)

    assert maps["frontend-html"] == sorted(there)
