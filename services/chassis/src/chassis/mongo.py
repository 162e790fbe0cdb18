"""The one module that knows the driver (motor; docs/adr tells how the switch to PyMongo's async API goes)."""

import asyncio
import contextvars
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pymongo.collection
from bson import ObjectId
from bson.errors import InvalidId
from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from pymongo import ASCENDING, DESCENDING, ReadPreference, ReturnDocument
from pymongo.errors import (
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WaitQueueTimeoutError,
    WriteConcernError,
)

__all__ = [
    "ASCENDING",
    "DESCENDING",
    "DuplicateKeyError",
    "InvalidId",
    "ObjectId",
    "OperationFailure",
    "PyMongoError",
]

Document = dict[str, Any]
Database = AsyncIOMotorDatabase[Document]
Collection = AsyncIOMotorCollection[Document]
Session = AsyncIOMotorClientSession
Reading = pymongo.collection.Collection[Document]  # what `in_one_hop` gives
AFTER = ReturnDocument.AFTER
AUTHENTICATION_FAILED, NAMESPACE_EXISTS, KEY_NOT_FOUND = 18, 48, 211  # MongoDB's error codes
# A member without power doesn't even say that it's gone. The driver hears from each one this often; after this
# much silence more it takes the member for lost and asks another one. MongoDB itself waits 10 s for its next primary.
HEARTBEAT_MS, SILENCE_MS = 3000, 5000
# A member that has just begun refuses all until it has read the keys that sign the cluster's time. The driver doesn't
# try that again by itself: it isn't among the errors of the retryable reads' specification.
KEYS_SECONDS, KEYS_PAUSE_SECONDS = 2.0, 0.1
Answer = TypeVar("Answer")

# Two threads keep a second read going while the first one waits for its socket; more only fight for the GIL.
_readers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="mongo-read")


@asynccontextmanager
async def database(url: str, *, service: str, seconds: float) -> AsyncIterator[Database]:
    """Open the database that the address names, and close it again.

    Reads go to a secondary while there is no primary, so that they go on through an election. Writes are
    acknowledged by a majority: what a client was told is stored survives the loss of any one member.

    Args:
        url: MongoDB's address with the database's name in it.
        service: Shown in the server's log as the name of the application.
        seconds: The longest that one operation may take, all retries included.

    Yields:
        The database; no connection is open until it's first used.
    """
    milliseconds = int(seconds * 1000)
    client: AsyncIOMotorClient[Document] = AsyncIOMotorClient(
        url,
        appname=service,
        timeoutMS=milliseconds,
        serverSelectionTimeoutMS=milliseconds,
        connectTimeoutMS=min(milliseconds, SILENCE_MS),
        heartbeatFrequencyMS=HEARTBEAT_MS,
        readPreference="primaryPreferred",
        w="majority",
    )
    try:
        yield client.get_default_database()
    finally:
        client.close()


async def in_one_hop(collection: Collection, read: Callable[[Reading], Answer]) -> Answer:
    """Do a whole read, from the query to its JSON, in one hop to a thread.

    Motor hops to a thread for each operation and back for each batch; on a hot path the hops cost more than
    the work (`make bench` prints the ratio).

    Args:
        collection: Where to read.
        read: Gets the same collection of the blocking driver beneath motor. Runs outside the event loop, and again
            where a member has just begun.

    Returns:
        What `read` returns.
    """
    context = contextvars.copy_context()
    end = time.monotonic() + KEYS_SECONDS
    while True:
        try:
            return await asyncio.get_running_loop().run_in_executor(_readers, context.run, read, collection.delegate)
        except OperationFailure as error:
            if error.code != KEY_NOT_FOUND or time.monotonic() > end:
                raise
        await asyncio.sleep(KEYS_PAUSE_SECONDS)


async def in_transaction(blog: Database, work: Callable[[Session], Coroutine[Any, Any, Answer]]) -> Answer:
    """Do several writes as one: all of them are stored, or none.

    Args:
        blog: The database.
        work: Gets the session that each operation has to carry; is called again after a conflict.

    Returns:
        What `work` returns.
    """
    async with await blog.client.start_session() as session:
        answer: Answer = await session.with_transaction(work, read_preference=ReadPreference.PRIMARY)
        return answer


def is_away(error: Exception) -> bool:
    """Tell whether MongoDB is away or too slow, which passes, from a mistake of ours, which doesn't.

    A login that it refuses passes too: a new replica set has no users yet, and passwords are rotated. So does a client
    that it lets in and lets do nothing: its address has no user, and waits for somebody to give it one.
    """
    if isinstance(error, OperationFailure) and (
        error.has_error_label("TransientTransactionError")
        or error.code in {AUTHENTICATION_FAILED, KEY_NOT_FOUND}  # 211: a member that has just begun
        or "requires authentication" in str(error)  # 13, which also means that a user may not do this one thing
    ):
        return True
    lost = (ConnectionFailure, ExecutionTimeout, WaitQueueTimeoutError, WriteConcernError)
    return isinstance(error, lost) or (isinstance(error, PyMongoError) and error.timeout)


def projection(*, without: str) -> Mapping[str, Any]:
    """Ask for whole documents but for one field."""
    return {without: False}
