"""MongoDB by the blocking driver: a backup has nothing else to do while it waits."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pymongo
from pymongo import MongoClient
from pymongo.read_preferences import _ServerMode

SELECTION_MS = 30_000  # an election, or a member that is starting
SILENCE_MS = 120_000  # an index over many documents says nothing until it's done


@contextmanager
def connected(
    url: str, *, read_preference: _ServerMode = pymongo.ReadPreference.PRIMARY
) -> Iterator[MongoClient[dict[str, Any]]]:
    """Connect for as long as a block lasts.

    Args:
        url: MongoDB's address.
        read_preference: Which member is read from.

    Yields:
        The client; what it writes is acknowledged by a majority.
    """
    with MongoClient[dict[str, Any]](
        url,
        appname="admin-backup",
        serverSelectionTimeoutMS=SELECTION_MS,
        connectTimeoutMS=SELECTION_MS,
        socketTimeoutMS=SILENCE_MS,
        read_preference=read_preference,
        w="majority",
    ) as client:
        yield client
