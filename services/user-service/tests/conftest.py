"""user-service on a real MongoDB."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymongo
import pytest
from fastapi.testclient import TestClient

from kit.mongodb import PATIENT, empty, migrated
from user_service import keys
from user_service.app import create_app
from user_service.migrations import MIGRATIONS
from user_service.settings import SERVICE, UserSettings

from .factories import Blog


@pytest.fixture(scope="session")
def blog_url(mongod_url: str) -> str:
    """The database of these tests, migrated."""
    return migrated(mongod_url, "user_service_tests", service=SERVICE, steps=MIGRATIONS)


@pytest.fixture
def blog(blog_url: str) -> Iterator[Blog]:
    """What is stored: nothing, at first."""
    empty(blog_url)
    with pymongo.MongoClient[dict[str, Any]](blog_url) as mongod:
        yield mongod.get_default_database()


@pytest.fixture(scope="session")
def settings(blog_url: str, tmp_path_factory: pytest.TempPathFactory) -> UserSettings:
    """Settings that lead to the database and to one key."""
    directory: Path = tmp_path_factory.mktemp("keys")
    keys.make(directory)
    return UserSettings.model_validate({"mongo_url": blog_url, "keys_dir": directory, **PATIENT})


@pytest.fixture(scope="session")
def app_client(settings: UserSettings) -> Iterator[TestClient]:
    """A client of the whole app, its lifespan included, which takes longer than most tests."""
    with TestClient(create_app(settings)) as client:
        yield client


@pytest.fixture
def client(app_client: TestClient, blog: Blog) -> TestClient:
    """A client of the app on an empty database."""
    return app_client
