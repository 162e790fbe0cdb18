"""What every test may use: a real MongoDB, and somebody who signs tokens."""

import os
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


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything is at hand (`NO_SKIPS`), a test that skipped itself is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and os.environ.get("NO_SKIPS") and (skipped := reporter.stats.get("skipped")):
        reporter.write_line(f"{len(skipped)} skipped, and NO_SKIPS is set", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
