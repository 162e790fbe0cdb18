import asyncio
from collections.abc import Iterator
from typing import Any

import pymongo
import pytest
from fastapi.testclient import TestClient

from blogctl import mongod, ports
from chassis import migrations, mongo
from chassis.health import NotReady
from chassis.problems import Unavailable
from kit.mongodb import database
from kit.refusals import assert_refused

from .notebook import MIGRATIONS, SERVICE, NotebookSettings, create_app


def test_a_service_that_can_serve_says_so(client: TestClient) -> None:
    for probe in ("/livez", "/readyz"):
        answer = client.get(probe)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.fixture
def new_url(mongod_url: str) -> Iterator[str]:
    """A database that nothing has prepared."""
    url = database(mongod_url, "chassis_new")
    yield url
    with pymongo.MongoClient[dict[str, Any]](url) as client:
        client.drop_database("chassis_new")


def test_it_is_ready_as_soon_as_its_migrations_have_run(new_url: str) -> None:
    async def migrate() -> None:
        async with mongo.database(new_url, service="tests", seconds=30) as blog:
            await migrations.migrate(blog, SERVICE, MIGRATIONS)

    with TestClient(create_app(NotebookSettings.model_validate({"mongo_url": new_url}))) as client:
        before = client.get("/readyz")
        asyncio.run(migrate())
        after = client.get("/readyz")

    assert_refused(before, NotReady, detail="Run the migrations of notebook: number 1 is not recorded.")
    assert (before.headers["Retry-After"], after.status_code) == ("2", 200)


def test_it_lives_while_mongodb_is_away_but_is_not_ready() -> None:
    settings = {"mongo_url": mongod.url(ports.free(1)[0]), "mongo_seconds": 0.2}

    with TestClient(create_app(NotebookSettings.model_validate(settings))) as client:
        assert client.get("/livez").status_code == 200
        assert_refused(client.get("/readyz"), Unavailable)


def test_it_says_which_commit_it_is(settings: NotebookSettings) -> None:
    built = settings.model_copy(update={"git_sha": "7d9f", "build_date": "2026-01-01T00:00:00Z"})

    with TestClient(create_app(built)) as client:
        answer = client.get("/version")

    assert answer.json() == {"service": "notebook", "git_sha": "7d9f", "build_date": "2026-01-01T00:00:00Z"}
