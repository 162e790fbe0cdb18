"""posts-service on a real MongoDB."""

import asyncio
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from chassis import migrations, mongo
from kit.mongodb import database, empty
from kit.signer import Signer
from posts_service.app import SERVICE, create_app
from posts_service.migrations import MIGRATIONS
from posts_service.settings import PostsSettings


@pytest.fixture(scope="session")
def blog_url(mongod_url: str) -> str:
    """The database of these tests, migrated."""
    url = database(mongod_url, "posts_service_tests")

    async def migrate() -> None:
        async with mongo.database(url, service="tests", seconds=30) as blog:
            await migrations.migrate(blog, SERVICE, MIGRATIONS)

    asyncio.run(migrate())
    return url


@pytest.fixture
def settings(blog_url: str, signer: Signer) -> PostsSettings:
    """Settings that lead to an empty database and to the signer's keys."""
    empty(blog_url)
    return PostsSettings.model_validate({"mongo_url": blog_url, "jwks_url": signer.jwks_url, "tags_fresh_seconds": 0})


@pytest.fixture
def client(settings: PostsSettings) -> Iterator[TestClient]:
    """A client of the whole app, its lifespan included."""
    with TestClient(create_app(settings)) as client:
        yield client
