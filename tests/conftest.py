"""What tests across services share: the whole platform, running."""

import os
from collections.abc import Iterator

import pytest

from kit.programs import running_platform


@pytest.fixture(scope="session")
def platform_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The front door of the platform that BLOG_URL names, or of one started for this run."""
    if url := os.environ.get("BLOG_URL"):
        yield url.rstrip("/")
    else:
        with running_platform(tmp_path_factory.mktemp("platform")) as url:
            yield url
