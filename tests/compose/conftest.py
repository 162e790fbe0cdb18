"""The platform of docker-compose.yml, beside whatever else runs on this machine."""

from collections.abc import Iterator

import httpx
import pytest

from blogctl import ports
from compose.stack import Stack
from kit import docker


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The platform, up and healthy; at the end nothing of it is left."""
    docker.demand("compose")
    stack = Stack(project="blog-tests", port=ports.free(1)[0])
    stack.compose("down", "--volumes", "--timeout", "5")  # of a run that was killed
    try:
        stack.compose("up", "--wait", "--wait-timeout", "240")
        yield stack
    finally:
        stack.compose("down", "--volumes", "--timeout", "5")
        docker.run("image", "rm", *(f"blog/{service}:{stack.tag}" for service in docker.SERVICES))


@pytest.fixture
def api(stack: Stack) -> Iterator[httpx.Client]:
    """The API, through nginx."""
    with httpx.Client(base_url=f"{stack.url}/api", timeout=20) as client:
        yield client
