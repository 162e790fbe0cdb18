"""The replica set of one member that every mongod of blogctl is: transactions and majority writes are real."""

import socket
import time
from collections.abc import Callable
from typing import Any

from pymongo import MongoClient
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError

from blogctl.failure import Failure
from blogctl.ports import LOOPBACK

NAME = "rs0"
ALREADY_INITIALIZED, NOT_YET_INITIALIZED = 23, 94  # MongoDB's error codes
Client = MongoClient[dict[str, Any]]


class NoPrimary(Exception):
    """mongod ended, or took too long, before it could be written to."""


def make_primary(port: int, *, alive: Callable[[], bool], within: float = 60) -> None:
    """Wait until mongod can be written to; initiate it the first time, and give it its port when that has changed.

    Args:
        port: Where it listens, on the loopback address.
        alive: Tells whether the process still runs.
        within: Seconds to wait in all. A start after a kill reads the journal first.

    Raises:
        NoPrimary: The process has ended, or the time is up.
    """
    end = time.monotonic() + within

    def until(done: Callable[[], bool]) -> None:
        while not done():
            if not alive() or time.monotonic() > end:
                raise NoPrimary
            time.sleep(0.02)

    until(lambda: _listens(port))
    # A driver's own retries are half a second apart; a connection that is there needs none.
    with Client(LOOPBACK, port, directConnection=True, serverSelectionTimeoutMS=1000) as client:
        until(lambda: _is_primary(client, f"{LOOPBACK}:{port}"))


def _listens(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def _is_primary(client: Client, address: str) -> bool:
    try:
        hello = client.admin.command("hello")
        if hello.get("isreplicaset"):  # it is to be one, and knows no configuration that it is a member of
            _configure(client, address)
        return bool(hello.get("isWritablePrimary"))
    except ConnectionFailure:
        return False


def _configure(client: Client, address: str) -> None:
    try:
        config = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != NOT_YET_INITIALIZED:
            raise
        _initiate(client, address)
        return
    config["members"][0]["host"] = address
    client.admin.command("replSetReconfig", {**config, "version": config["version"] + 1}, force=True)


def _initiate(client: Client, address: str) -> None:
    try:
        client.admin.command("replSetInitiate", {"_id": NAME, "members": [{"_id": 0, "host": address}]})
    except OperationFailure as error:
        if error.code != ALREADY_INITIALIZED:  # it has a configuration, and was still reading it
            raise


def demand(url: str) -> None:
    """Make sure that somebody else's MongoDB is there and can do transactions.

    Args:
        url: Its address.

    Raises:
        Failure: It doesn't answer, or is no replica set.
    """
    try:
        with Client(url, serverSelectionTimeoutMS=3000) as client:
            hello = client.admin.command("hello")
    except PyMongoError as error:
        raise Failure(
            "the MongoDB that MONGO_URL names doesn't answer: unset MONGO_URL to use one of our own"
        ) from error
    if "setName" not in hello:
        raise Failure("the MongoDB that MONGO_URL names is no replica set: start it with --replSet, and initiate it")
