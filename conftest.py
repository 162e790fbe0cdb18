"""What every test may use: a real MongoDB, and somebody who signs tokens."""

from collections.abc import Iterator

import pytest

from kit.mongodb import IMAGE, docker_answers, mongodb
from kit.signer import Signer, running_signer


def pytest_report_header() -> str:
    """Say where the tests' data goes."""
    return f"mongodb: {f'{IMAGE} in Docker (testcontainers)' if docker_answers() else 'the embedded mongod'}"


@pytest.fixture(scope="session")
def mongod_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database `blog` on a replica set, empty at first."""
    with mongodb(tmp_path_factory.mktemp("mongod")) as address:
        yield address


@pytest.fixture
def signer() -> Iterator[Signer]:
    """A signer of this test's own."""
    with running_signer() as signer:
        yield signer
