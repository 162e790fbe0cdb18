"""The cluster that `make cluster` makes leads to what the manifests open."""

from typing import Any

import yaml

from blogctl import checkout
from manifests.conftest import rendered_or_skipped
from manifests.rendered import Place, Rendering, render


def node_ports(found: Rendering, name: str) -> list[int]:
    return [port["nodePort"] for port in found.get("Service", name)["spec"]["ports"]]


def nodes() -> list[dict[str, Any]]:
    config = yaml.safe_load((checkout.ROOT / "tools/kind/config.yaml").read_text("utf-8"))
    found: list[dict[str, Any]] = config["nodes"]
    return found


def test_its_ports_lead_to_the_page_and_to_the_git_server_on_this_machine_alone() -> None:
    page = node_ports(rendered_or_skipped(Place("local")), "frontend")
    git = node_ports(render(checkout.ROOT / "argocd/git-server"), "git")

    mappings = [each for node in nodes() for each in node.get("extraPortMappings", [])]

    assert [each["containerPort"] for each in mappings] == page + git
    assert {each["listenAddress"] for each in mappings} == {"127.0.0.1"}


def test_each_node_is_in_a_zone_of_its_own() -> None:
    assert [node["labels"]["topology.kubernetes.io/zone"] for node in nodes()] == ["a", "b", "c"]
