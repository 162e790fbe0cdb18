import asyncio
import contextvars
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pymongo
import pytest
from pymongo.database import Database
from pymongo.errors import (
    AutoReconnect,
    DuplicateKeyError,
    ExecutionTimeout,
    InvalidOperation,
    NotPrimaryError,
    OperationFailure,
    ServerSelectionTimeoutError,
    WriteConcernError,
)

from chassis import mongo

Blog = Database[dict[str, Any]]


def on_mongodb(url: str, work: Callable[[mongo.Database], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with mongo.database(url, service="notebook", seconds=5) as blog:
            return await work(blog)

    return asyncio.run(run())


def test_writes_are_acknowledged_by_a_majority_and_reads_survive_an_election(blog_url: str) -> None:
    async def look(blog: mongo.Database) -> tuple[Any, str]:
        return blog.write_concern.document, blog.read_preference.mongos_mode

    assert on_mongodb(blog_url, look) == ({"w": "majority"}, "primaryPreferred")


def test_mongodb_knows_which_service_asks(blog_url: str, blog: Blog) -> None:
    async def look(blog: mongo.Database) -> list[str]:
        await blog["notes"].find_one()
        sessions = await blog.client.admin.aggregate(
            [{"$currentOp": {"allUsers": True, "idleConnections": True}}]
        ).to_list(None)
        return [session.get("appName", "") for session in sessions]

    assert "notebook" in on_mongodb(blog_url, look)


def test_what_was_opened_is_closed(blog_url: str) -> None:
    async def keep(blog: mongo.Database) -> mongo.Database:
        return blog

    closed = on_mongodb(blog_url, keep)

    with pytest.raises(InvalidOperation):
        closed.client.delegate.admin.command("ping")


def test_a_whole_read_is_one_hop_to_a_thread(blog_url: str, blog: Blog) -> None:
    blog["notes"].insert_many([{"text": "파드"}, {"text": "노드"}])
    request = contextvars.ContextVar("request", default="nobody's")

    def read(notes: mongo.Reading) -> tuple[list[str], str, bool]:
        texts = [note["text"] for note in notes.find(sort=[("text", 1)])]
        return texts, request.get(), threading.current_thread() is threading.main_thread()

    async def work(blog: mongo.Database) -> Any:
        request.set("minji's")
        return await mongo.in_one_hop(blog["notes"], read)

    assert on_mongodb(blog_url, work) == (["노드", "파드"], "minji's", False)


def test_a_read_waits_for_a_member_that_has_just_begun(blog_url: str, blog: Blog) -> None:
    blog["notes"].insert_one({"text": "파드"})
    refusals = [OperationFailure("No keys found for HMAC that is valid for time", 211) for _ in range(3)]

    def read(notes: mongo.Reading) -> str:
        if refusals:
            raise refusals.pop()
        return str(notes.distinct("text")[0])

    assert on_mongodb(blog_url, lambda blog: mongo.in_one_hop(blog["notes"], read)) == "파드"


@pytest.mark.parametrize("code", [211, 2])
def test_a_read_waits_no_longer_than_a_reader_would(blog_url: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mongo, "KEYS_SECONDS", 0.3)
    tries = 0

    def read(_: mongo.Reading) -> None:
        nonlocal tries
        tries += 1
        raise OperationFailure("refused", code)

    with pytest.raises(OperationFailure, match="refused"):
        on_mongodb(blog_url, lambda blog: mongo.in_one_hop(blog["notes"], read))
    assert (tries > 1) == (code == 211)


def test_of_a_transaction_all_is_stored_or_nothing(blog_url: str, blog: Blog) -> None:
    async def two(blog: mongo.Database, second: dict[str, Any]) -> None:
        async def write(session: mongo.Session) -> None:
            await blog["notes"].insert_one({"_id": "어제", "text": "파드"}, session=session)
            await blog["notes"].insert_one(second, session=session)

        await mongo.in_transaction(blog, write)

    with pytest.raises(DuplicateKeyError):
        on_mongodb(blog_url, lambda blog: two(blog, {"_id": "어제", "text": "노드"}))
    assert blog["notes"].count_documents({}) == 0
    on_mongodb(blog_url, lambda blog: two(blog, {"_id": "오늘", "text": "노드"}))
    assert blog["notes"].count_documents({}) == 2


def test_a_transaction_that_runs_into_another_is_tried_again(blog_url: str, blog: Blog) -> None:
    blog["notes"].insert_one({"_id": "어제", "text": "파드", "pages": 0})

    async def turn_page(blog: mongo.Database) -> None:
        async def write(session: mongo.Session) -> None:
            note = await blog["notes"].find_one({"_id": "어제"}, session=session)
            assert note
            await asyncio.sleep(0.01)
            await blog["notes"].update_one({"_id": "어제"}, {"$set": {"pages": note["pages"] + 1}}, session=session)

        await mongo.in_transaction(blog, write)

    async def three_at_once(blog: mongo.Database) -> None:
        await asyncio.gather(*(turn_page(blog) for _ in range(3)))

    on_mongodb(blog_url, three_at_once)

    assert blog["notes"].find_one() == {"_id": "어제", "text": "파드", "pages": 3}


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (ServerSelectionTimeoutError("no primary"), True),
        (AutoReconnect("connection closed"), True),
        (NotPrimaryError("not primary"), True),
        (ExecutionTimeout("operation exceeded time limit", 50), True),
        (WriteConcernError("waiting for replication timed out", 64), True),
        (OperationFailure("Authentication failed.", 18), True),
        (OperationFailure("No keys found for HMAC that is valid for time", 211), True),
        (OperationFailure("command find requires authentication", 13), True),
        (OperationFailure("write conflict", 112, {"errorLabels": ["TransientTransactionError"]}), True),
        (OperationFailure("unknown top level operator", 2), False),
        (OperationFailure("not authorized on blog", 13), False),
        (DuplicateKeyError("E11000", 11000), False),
        (InvalidOperation("closed"), False),
        (ValueError("ours"), False),
    ],
)
def test_an_outage_is_told_from_a_mistake(error: Exception, away: bool) -> None:
    assert mongo.is_away(error) is away


def test_a_field_may_be_left_out(blog: Blog) -> None:
    blog["notes"].insert_one({"_id": 1, "text": "파드", "words": ["파드"]})

    assert blog["notes"].find_one({}, mongo.projection(without="words")) == {"_id": 1, "text": "파드"}


def test_an_id_of_the_driver_is_ours() -> None:
    assert str(mongo.ObjectId("6744f3a0c2a1b2d3e4f5a6b7")) == "6744f3a0c2a1b2d3e4f5a6b7"
    with pytest.raises(mongo.InvalidId):
        mongo.ObjectId("첫 글")
    assert pymongo.DESCENDING == mongo.DESCENDING
