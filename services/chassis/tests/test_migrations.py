import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

import pymongo
import pytest
from pymongo.errors import OperationFailure, WriteError
from structlog.testing import capture_logs

from chassis import migrations, mongo
from chassis.migrations import COLLECTION, Migration
from kit.mongodb import database

Step = Callable[[mongo.Database], Awaitable[None]]


@pytest.fixture
def new_url(mongod_url: str) -> Iterator[str]:
    """A database that nothing has prepared."""
    url = database(mongod_url, "chassis_migrations")
    yield url
    with pymongo.MongoClient[dict[str, Any]](url) as client:
        client.drop_database("chassis_migrations")


def migrate(url: str, steps: Sequence[Migration], *, at_once: int = 1) -> list[list[int]]:
    """Apply the steps, and give the numbers that were applied."""

    async def run() -> list[list[Migration]]:
        async with mongo.database(url, service="tests", seconds=30) as blog:
            return await asyncio.gather(*(migrations.migrate(blog, "notebook", steps) for _ in range(at_once)))

    return [[migration.number for migration in applied] for applied in asyncio.run(run())]


def recorded(url: str) -> list[str]:
    with pymongo.MongoClient[dict[str, Any]](url) as client:
        return [str(record["_id"]) for record in client.get_default_database()[COLLECTION].find(sort=[("_id", 1)])]


def is_recorded(url: str, number: int) -> bool:
    async def ask() -> bool:
        async with mongo.database(url, service="tests", seconds=30) as blog:
            return await migrations.is_recorded(blog, "notebook", number)

    return asyncio.run(ask())


def writes(word: str) -> Step:
    async def step(blog: mongo.Database) -> None:
        await blog["written"].update_one({"_id": "all"}, {"$push": {"words": word}}, upsert=True)

    return step


async def breaks(_: mongo.Database) -> None:
    raise OSError("disk full")


def words(url: str) -> list[str]:
    with pymongo.MongoClient[dict[str, Any]](url) as client:
        return (client.get_default_database()["written"].find_one() or {"words": []})["words"]  # type: ignore[no-any-return]


def test_steps_are_applied_in_order_and_recorded(new_url: str) -> None:
    steps = [Migration(number, word, writes(word)) for number, word in ((10, "셋"), (2, "둘"), (1, "하나"))]

    with capture_logs() as logged:
        applied = migrate(new_url, steps)

    assert applied == [[1, 2, 10]]
    assert words(new_url) == ["하나", "둘", "셋"]
    assert recorded(new_url) == ["notebook/0001", "notebook/0002", "notebook/0010"]
    assert [(line["event"], line["number"], line["name"]) for line in logged] == [
        ("migration_applied", 1, "하나"),
        ("migration_applied", 2, "둘"),
        ("migration_applied", 10, "셋"),
    ]


def test_what_is_recorded_is_not_applied_again(new_url: str) -> None:
    first = Migration(1, "하나", writes("하나"))
    migrate(new_url, [first])

    assert migrate(new_url, [first]) == [[]]
    assert migrate(new_url, [first, Migration(2, "둘", writes("둘"))]) == [[2]]
    assert words(new_url) == ["하나", "둘"]


def test_a_step_that_fails_is_not_recorded_and_stops_the_rest(new_url: str) -> None:
    first, third = Migration(1, "하나", writes("하나")), Migration(3, "셋", writes("셋"))

    with pytest.raises(OSError, match="disk full"):
        migrate(new_url, [first, Migration(2, "둘", breaks), third])
    before = (recorded(new_url), is_recorded(new_url, 1), is_recorded(new_url, 2))
    again = migrate(new_url, [first, Migration(2, "둘", writes("둘")), third])

    assert before == (["notebook/0001"], True, False)
    assert (again, words(new_url)) == ([[2, 3]], ["하나", "둘", "셋"])


async def collection_and_index(blog: mongo.Database) -> None:
    await migrations.collection(blog, "notes", {"required": ["text"]})
    await blog["notes"].create_index("text", name="text", unique=True)


def test_two_may_apply_the_same_steps_side_by_side(new_url: str) -> None:
    migrate(new_url, [Migration(1, "notes", collection_and_index)], at_once=4)

    assert recorded(new_url) == ["notebook/0001"]
    with pymongo.MongoClient[dict[str, Any]](new_url) as client:
        assert set(client.get_default_database()["notes"].index_information()) == {"_id_", "text"}


def test_services_keep_their_own_records(new_url: str) -> None:
    migrate(new_url, [Migration(1, "하나", writes("하나"))])

    async def ask() -> bool:
        async with mongo.database(new_url, service="tests", seconds=30) as blog:
            return await migrations.is_recorded(blog, "another-service", 1)

    assert asyncio.run(ask()) is False


def test_a_collection_that_is_there_gets_the_new_validator(new_url: str) -> None:
    def demands(*fields: str) -> Step:
        async def step(blog: mongo.Database) -> None:
            await migrations.collection(blog, "notes", {"required": list(fields)})

        return step

    migrate(new_url, [Migration(1, "text", demands("text")), Migration(2, "and pages", demands("text", "pages"))])

    with pymongo.MongoClient[dict[str, Any]](new_url) as client:
        notes = client.get_default_database()["notes"]
        notes.insert_one({"text": "파드", "pages": 1})
        with pytest.raises(WriteError, match="Document failed validation"):
            notes.insert_one({"text": "파드"})


def test_a_validator_that_is_none_is_a_failure(new_url: str) -> None:
    async def wrong(blog: mongo.Database) -> None:
        await migrations.collection(blog, "notes", {"bsonType": "no such type"})

    with pytest.raises(OperationFailure):
        migrate(new_url, [Migration(1, "wrong", wrong)])
    assert recorded(new_url) == []
