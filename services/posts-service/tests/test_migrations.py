import subprocess
import sys
from collections.abc import Iterator

import pymongo
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from pymongo.errors import WriteError

from chassis.health import NotReady
from kit.mongodb import database
from kit.programs import Tree
from kit.refusals import assert_refused
from posts_service.app import create_app
from posts_service.migrations import MIGRATIONS
from posts_service.settings import SERVICE, PostsSettings

from .factories import Blog

RECORDS = [f"{SERVICE}/{migration.number:04}" for migration in MIGRATIONS]


@pytest.fixture
def new_url(mongod_url: str) -> Iterator[str]:
    """A database that nothing has prepared."""
    url = database(mongod_url, "posts_service_migrations")
    yield url
    with pymongo.MongoClient[dict[str, object]](url) as mongod:
        mongod.drop_database("posts_service_migrations")


def recorded(url: str) -> list[object]:
    with pymongo.MongoClient[dict[str, object]](url) as mongod:
        return [record["_id"] for record in mongod.get_default_database()["schema_migrations"].find(sort=[("_id", 1)])]


def test_they_are_applied_in_order_recorded_and_not_applied_again(new_url: str) -> None:
    first = Tree().run("posts_service", "migrate", MONGO_URL=new_url)
    second = Tree().run("posts_service", "migrate", MONGO_URL=new_url)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert [line.count("migration_applied") for line in first.stdout.splitlines()] == [1] * len(MIGRATIONS)
    assert second.stdout == ""
    assert recorded(new_url) == RECORDS


def test_two_processes_may_apply_them_side_by_side(new_url: str) -> None:
    command = [sys.executable, "-m", "posts_service", "migrate"]
    environment = Tree().environment(MONGO_URL=new_url)

    both = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) for _ in range(2)]
    errors = [process.communicate(timeout=60)[1] for process in both]

    assert [process.returncode for process in both] == [0, 0], errors
    assert recorded(new_url) == RECORDS


def test_a_service_is_ready_as_soon_as_they_have_run(new_url: str, settings: PostsSettings) -> None:
    url = SecretStr(new_url)

    with TestClient(create_app(settings.model_copy(update={"mongo_url": url}))) as client:
        before = client.get("/readyz")
        Tree().run("posts_service", "migrate", MONGO_URL=new_url)
        after = client.get("/readyz")

    assert_refused(before, NotReady, detail="Run the migrations of posts-service: number 3 is not recorded.")
    assert (after.status_code, after.json()) == (200, {"status": "ok"})


def test_what_is_no_post_can_not_be_stored(blog: Blog) -> None:
    with pytest.raises(WriteError, match="Document failed validation"):
        blog["posts"].insert_one({"title": "첫 글"})
