"""The three images, as `docker buildx bake` makes them."""

from collections.abc import Iterator

import pytest

from images.image import BUILT_AT, COMMIT, Image
from kit import docker


@pytest.fixture(scope="session")
def images() -> Iterator[dict[str, Image]]:
    """Build the images, and take their names away again; the build cache stays."""
    docker.demand("buildx")
    registry, tag = "localhost", "tests"
    docker.output("buildx", "bake", REGISTRY=registry, TAG=tag, GIT_SHA=COMMIT, BUILD_DATE=BUILT_AT)
    built = {service: Image(f"{registry}/{service}:{tag}") for service in docker.SERVICES}
    yield built
    docker.run("image", "rm", *(image.name for image in built.values()))


@pytest.fixture(params=docker.SERVICES)
def image(images: dict[str, Image], request: pytest.FixtureRequest) -> Image:
    """Each of the three."""
    return images[str(request.param)]
