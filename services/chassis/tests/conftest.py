"""The notebook on a real MongoDB: in this process, and as one of its own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymongo
import pytest
from fastapi.testclient import TestClient
from pymongo.database import Database

from kit.mongodb import PATIENT, empty, migrated

from .notebook import MIGRATIONS, SERVICE, NotebookSettings, create_app
from .process import Running, running


@pytest.fixture(scope="session")
def blog_url(mongod_url: str) -> str:
    """The database of these tests, migrated."""
    return migrated(mongod_url, "chassis_tests", service=SERVICE, steps=MIGRATIONS)


@pytest.fixture
def blog(blog_url: str) -> Iterator[Database[dict[str, Any]]]:
    """What is stored: nothing, at first."""
    empty(blog_url)
    with pymongo.MongoClient[dict[str, Any]](blog_url) as mongod:
        yield mongod.get_default_database()


@pytest.fixture(scope="session")
def settings(blog_url: str) -> NotebookSettings:
    """Settings that lead to the database, and to a small limit of a body."""
    return NotebookSettings.model_validate({"mongo_url": blog_url, "max_body_bytes": 1000, **PATIENT})


@pytest.fixture(scope="session")
def app_client(settings: NotebookSettings) -> Iterator[TestClient]:
    """A client of the notebook in this process, its lifespan included, which takes longer than most tests."""
    with TestClient(create_app(settings)) as client:
        yield client


@pytest.fixture
def client(app_client: TestClient, blog: Database[dict[str, Any]]) -> TestClient:
    """A client of the notebook on an empty database."""
    return app_client


@pytest.fixture(scope="session")
def notebook(blog_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The notebook as a process of its own, with short limits."""
    output: Path = tmp_path_factory.mktemp("notebook")
    limits = {"MAX_BODY_BYTES": "1000", "ANSWER_SECONDS": "3", "REQUEST_SECONDS": "6"}
    with running(output, MONGO_URL=blog_url, **limits) as notebook:
        yield notebook
