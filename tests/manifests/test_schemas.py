"""Every object is one that Kubernetes, or a controller's own CRD, understands to its last field."""

import copy

import pytest

from manifests.conftest import rendered_or_skipped
from manifests.rendered import Place, Rendering
from manifests.schemas import VERSIONS, UnknownKind, complaints


@pytest.mark.parametrize("version", VERSIONS)
def test_every_field_is_known(everything: Rendering, version: str) -> None:
    assert [line for found in everything.objects for line in complaints(found, version)] == []


def test_a_misspelt_field_is_found() -> None:
    route = copy.deepcopy(rendered_or_skipped(Place("prod", ("gateway",))).get("HTTPRoute", "blog"))
    route["spec"]["rules"][0]["backendRef"] = []

    assert complaints(route, VERSIONS[0]) == [
        "HTTPRoute/blog $.spec.rules[0]: Additional properties are not allowed ('backendRef' was unexpected)"
    ]


def test_an_unknown_kind_is_found() -> None:
    with pytest.raises(UnknownKind, match=r"example\.org/v1 Blog"):
        complaints({"apiVersion": "example.org/v1", "kind": "Blog", "metadata": {"name": "x"}}, VERSIONS[0])
