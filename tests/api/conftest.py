"""The API as its users meet it: over HTTP, through the front door, on a platform that may hold others' posts."""

from collections.abc import Iterator

import httpx
import pytest

from kit.people import Person, register


@pytest.fixture(scope="session")
def front_door(platform_url: str) -> Iterator[httpx.Client]:
    """A client of the front door. 20 s: a write may wait 15 s for a new primary."""
    with httpx.Client(base_url=platform_url, timeout=20) as client:
        yield client


@pytest.fixture(scope="session")
def api(platform_url: str) -> Iterator[httpx.Client]:
    """A client of the API behind it."""
    with httpx.Client(base_url=f"{platform_url}/api", timeout=20) as client:
        yield client


# One login each a run: an address has a hundred in five minutes, and may share them with the browser's tests.
@pytest.fixture(scope="session")
def author(api: httpx.Client) -> Person:
    return register(api, display_name="김민지")


@pytest.fixture(scope="session")
def stranger(api: httpx.Client) -> Person:
    """Somebody else."""
    return register(api)
