"""The blog as it was at one moment, read while others write."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pymongo
from bson import Timestamp, json_util
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import OperationFailure

from admin_backup import report, server
from admin_backup.archive import Head
from admin_backup.documents import batch_size
from chassis.failure import Failure

SNAPSHOT_TOO_OLD, SNAPSHOT_UNAVAILABLE = 239, 246  # MongoDB's error codes
TRIES = 10  # a second apart: a collection that was just made is in no snapshot yet
REMAINS = "restore_"  # collections of a restore that hasn't finished
NOT_THE_BLOG = ("system.", REMAINS, report.COLLECTION)  # how names begin of what is neither backed up nor in the way


@dataclass(frozen=True)
class Collection:
    """A collection's name, and all that makes it what it is beside its documents."""

    name: str
    options: dict[str, Any]
    indexes: list[dict[str, Any]]
    uuid: str
    documents: int  # about
    bytes: int  # about

    def head(self, database: str) -> Head:
        """Give it as mongodump writes it."""
        described = {"options": self.options, "indexes": self.indexes, "uuid": self.uuid}
        metadata = {**described, "collectionName": self.name, "type": "collection"}
        return Head(database, self.name, json_util.dumps(metadata, json_options=json_util.CANONICAL_JSON_OPTIONS))


@dataclass(frozen=True)
class Snapshot:
    """One moment in the oplog, from which every collection can be read."""

    blog: Database[dict[str, Any]]
    session: ClientSession
    moment: Timestamp
    collections: list[Collection]
    server_version: str

    def batches(self, collection: Collection) -> Iterator[bytes]:
        """Read a collection in the order of `_id`, as raw BSON.

        Raises:
            Failure: MongoDB no longer keeps that moment.
        """
        try:
            yield from self.blog[collection.name].find_raw_batches(
                {},
                sort=[("_id", 1)],
                batch_size=batch_size(collection.bytes, collection.documents),
                session=self.session,
            )
        except OperationFailure as error:
            if error.code != SNAPSHOT_TOO_OLD:
                raise
            setting = "minSnapshotHistoryWindowInSeconds"
            raise Failure(f"MongoDB keeps a moment for 300 s, which was not enough: raise {setting}") from error


@contextmanager
def snapshot(url: str) -> Iterator[Snapshot]:
    """Hold on to this moment for as long as a block lasts, on a secondary where there is one.

    Args:
        url: MongoDB's address with the database's name in it.

    Yields:
        All of its collections as they are now.
    """
    with (
        server.connected(url, read_preference=pymongo.ReadPreference.SECONDARY_PREFERRED) as client,
        _begun(client.get_default_database()) as begun,
    ):
        yield begun


@contextmanager
def _begun(blog: Database[dict[str, Any]]) -> Iterator[Snapshot]:
    for left in reversed(range(TRIES)):
        collections = plain_collections(blog)
        with blog.client.start_session(snapshot=True) as session:
            try:
                moments = [_first_read(blog, collection.name, session) for collection in collections]
            except OperationFailure as error:
                if error.code != SNAPSHOT_UNAVAILABLE or not left:
                    raise
                time.sleep(1)
                continue
            yield Snapshot(blog, session, moments[0], collections, blog.client.server_info()["version"])
            return


def _first_read(blog: Database[dict[str, Any]], name: str, session: ClientSession) -> Timestamp:
    """Read one document of a collection: the first such read of a session chooses its moment.

    The primary is asked (as always by `command`): a secondary that lags would choose a moment that is over for long.
    """
    answer = blog.command({"find": name, "limit": 1, "singleBatch": True}, session=session)
    moment: Timestamp = answer["cursor"]["atClusterTime"]
    return moment


def plain_collections(blog: Database[dict[str, Any]]) -> list[Collection]:
    """List what there is to back up, by name.

    Raises:
        Failure: There is nothing, or something that an archive of ours can't hold.
    """
    found = sorted(blog.list_collections(), key=lambda each: str(each["name"]))
    ours = [each for each in found if not each["name"].startswith(NOT_THE_BLOG)]
    if strange := [f"{each['name']} ({each['type']})" for each in ours if each["type"] != "collection"]:
        raise Failure(f"only plain collections can be backed up, not {', '.join(strange)}")
    if not ours:
        raise Failure(f"the database {blog.name} is empty: there is nothing to back up")
    return [_described(blog, each) for each in ours]


def _described(blog: Database[dict[str, Any]], listed: Mapping[str, Any]) -> Collection:
    name = str(listed["name"])
    sizes = blog.command("collStats", name)
    options, uuid = dict(listed["options"]), listed["info"]["uuid"].hex()
    return Collection(name, options, indexes(blog, name), uuid, int(sizes["count"]), int(sizes["size"]))


def indexes(blog: Database[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Describe a collection's indexes as MongoDB does, by name."""
    found = [dict(index) for index in blog[name].list_indexes()]
    return sorted(found, key=lambda index: str(index["name"]))
