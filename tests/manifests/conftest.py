"""Every overlay, and every component with the overlays that it fits."""

import pytest

from manifests.rendered import OVERLAYS, Place, Rendering, rendering, tool

FITS = [
    Place("staging", ("autoscaling",)),
    Place("staging", ("high-availability",)),
    Place("local", ("ingress",)),
    Place("prod", ("ingress",)),
    Place("prod", ("ingress-tls",)),
    Place("local", ("gateway",)),
    Place("prod", ("gateway",)),
    Place("staging", ("external-database",)),
    Place("prod", ("external-database",)),
    Place("staging", ("external-secrets",)),
    Place("prod", ("external-secrets",)),
    Place("staging", ("image-policy",)),
    Place("prod", ("image-policy",)),
    Place("prod", ("gateway", "external-database", "external-secrets")),
]
PLACES = [*map(Place, OVERLAYS), *FITS]


def rendered_or_skipped(place: Place) -> Rendering:
    """Render a place, or say why that can't be."""
    if tool() is None:
        pytest.skip("neither kustomize nor kubectl is on PATH")
    return rendering(place)


@pytest.fixture(params=PLACES, ids=str)
def place(request: pytest.FixtureRequest) -> Place:
    """Any place."""
    place: Place = request.param
    return place


@pytest.fixture
def everything(place: Place) -> Rendering:
    """What any place renders to."""
    return rendered_or_skipped(place)


@pytest.fixture(params=OVERLAYS)
def overlay(request: pytest.FixtureRequest) -> str:
    """Any overlay's name."""
    name: str = request.param
    return name


@pytest.fixture
def platform(overlay: str) -> Rendering:
    """What any overlay renders to by itself."""
    return rendered_or_skipped(Place(overlay))
