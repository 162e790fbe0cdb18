"""posts-service on a real MongoDB, and an author."""

from collections.abc import Iterator
from typing import Any

import pymongo
import pytest
from fastapi.testclient import TestClient

from kit.mongodb import PATIENT, empty, migrated
from kit.signer import Signer, running_signer
from posts_service.app import create_app
from posts_service.migrations import MIGRATIONS
from posts_service.settings import SERVICE, PostsSettings

from .factories import Blog, Headers


@pytest.fixture(scope="session")
def blog_url(mongod_url: str) -> str:
    """The database of these tests, migrated."""
    return migrated(mongod_url, "posts_service_tests", service=SERVICE, steps=MIGRATIONS)


@pytest.fixture(scope="session")
def stored(blog_url: str) -> Iterator[Blog]:
    """The database itself; a client of its own for each test would take longer than most tests."""
    with pymongo.MongoClient[dict[str, Any]](blog_url) as mongod:
        yield mongod.get_default_database()


@pytest.fixture
def blog(stored: Blog, blog_url: str) -> Blog:
    """What is stored: nothing, at first."""
    empty(blog_url)
    return stored


@pytest.fixture(scope="session")
def signer() -> Iterator[Signer]:
    """One signer for all tests."""
    with running_signer() as signer:
        yield signer


@pytest.fixture(scope="session")
def settings(blog_url: str, signer: Signer) -> PostsSettings:
    """Settings that lead to the database and to the signer's keys."""
    fresh = {"tags_fresh_seconds": 0, "backups_fresh_seconds": 0}
    return PostsSettings.model_validate({"mongo_url": blog_url, "jwks_url": signer.jwks_url, **fresh, **PATIENT})


@pytest.fixture(scope="session")
def app_client(settings: PostsSettings) -> Iterator[TestClient]:
    """A client of the whole app, its lifespan included, which takes longer than most tests."""
    with TestClient(create_app(settings)) as client:
        yield client


@pytest.fixture
def client(app_client: TestClient, blog: Blog) -> TestClient:
    """A client of the app on an empty database."""
    return app_client


@pytest.fixture
def minji(signer: Signer) -> Headers:
    """The headers of an author."""
    return signer.headers("minji")
