"""Putting an archive's collections into a database, and checking that they are what they were."""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from bson import json_util
from bson.raw_bson import RawBSONDocument
from pymongo import WriteConcern
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from admin_backup.archive import Archive
from admin_backup.documents import Tally, batch_size
from admin_backup.manifest import CollectionRecord, Manifest, described, same_indexes
from admin_backup.progress import Watcher
from admin_backup.snapshot import indexes
from chassis.failure import Failure

AT_ONCE = 2  # chunks that are on their way to MongoDB while the next one is read
Documents = Database[dict[str, Any]]


def load(archive: Archive, into: Documents, manifest: Manifest, watcher: Watcher, *, prefix: str = "") -> None:
    """Make an archive's collections, with all that they held and their indexes.

    Args:
        archive: Is read to its end.
        into: A database in which none of these collections are.
        manifest: What they have to be.
        watcher: Is told how far it is.
        prefix: What stands before each collection's name.

    Raises:
        Failure: Something isn't what it was.
    """
    metadata = {}
    for head, chunks in archive.collections():
        if head.collection not in manifest.collections:
            raise Failure(f"{head.collection} is not in the manifest")
        metadata[head.collection] = json_util.loads(head.metadata)
        into.create_collection(prefix + head.collection, **metadata[head.collection]["options"])
        _insert(chunks, into[prefix + head.collection], head.collection, manifest, watcher)
    if missing := manifest.collections.keys() - metadata.keys():
        raise Failure(f"the manifest names what the archive lacks: {', '.join(sorted(missing))}")
    for name, record in manifest.collections.items():
        # Before there are indexes: one of them lets documents expire.
        _compare_documents(into[prefix + name], name, record, watcher)
        _index(into, prefix + name, name, metadata[name]["indexes"], record)


def _insert(
    chunks: Iterator[list[bytes]], collection: Collection[Any], name: str, manifest: Manifest, watcher: Watcher
) -> None:
    # Not each chunk by a majority: what is renamed or read at the end is.
    quick = collection.with_options(write_concern=WriteConcern(w=1))
    done = 0
    watcher.began("restored", name, manifest.collections[name].documents)
    with _in_turn(AT_ONCE) as turns:
        for chunk in chunks:
            turns.submit(_insert_chunk, quick, chunk)
            done += len(chunk)
            watcher.advanced(len(chunk))
    watcher.ended("restored", name, done)


def _insert_chunk(collection: Collection[Any], chunk: list[bytes]) -> None:
    try:
        collection.insert_many(
            [RawBSONDocument(document) for document in chunk], ordered=False, bypass_document_validation=True
        )
    except BulkWriteError as error:
        first = error.details["writeErrors"][0]["errmsg"] if error.details else error
        raise Failure(f"{collection.name}: MongoDB refused a document: {first}") from error


def _compare_documents(collection: Collection[Any], name: str, record: CollectionRecord, watcher: Watcher) -> None:
    tally = Tally()
    watcher.began("compared", name, record.documents)
    size = batch_size(record.bytes, record.documents)
    for batch in collection.find_raw_batches({}, sort=[("_id", 1)], batch_size=size):
        watcher.advanced(tally.add(batch))
    watcher.ended("compared", name, tally.documents)
    if tally.documents != record.documents:
        raise Failure(f"{name} has {tally.documents} documents, the manifest says {record.documents}")
    if tally.sha256 != record.sha256:
        raise Failure(f"{name} has as many documents as the manifest says, but not the same ones")


def _index(into: Documents, full_name: str, name: str, wanted: list[dict[str, Any]], record: CollectionRecord) -> None:
    made = [{key: value for key, value in index.items() if key != "ns"} for index in wanted if index["name"] != "_id_"]
    if made:
        into.command({"createIndexes": full_name, "indexes": made})
    found = [described(index) for index in indexes(into, full_name)]
    if not same_indexes(found, record.indexes):
        differing = [json.dumps(index) for index in record.indexes if json.dumps(index) not in map(json.dumps, found)]
        raise Failure(f"{name} has other indexes than the manifest says: {'; '.join(differing) or 'more of them'}")


class _Turns:
    """Work that goes on beside ours, a few pieces at a time."""

    def __init__(self, pool: ThreadPoolExecutor, at_once: int) -> None:
        self._pool = pool
        self._at_once = at_once
        self._running: list[Future[None]] = []

    def submit(self, *work: Any) -> None:
        """Begin a piece as soon as there is room; raise what an earlier one raised."""
        if len(self._running) == self._at_once:
            self._running.pop(0).result()
        self._running.append(self._pool.submit(*work))

    def finish(self) -> None:
        """Wait for all of them."""
        while self._running:
            self._running.pop(0).result()


@contextmanager
def _in_turn(at_once: int) -> Iterator[_Turns]:
    with ThreadPoolExecutor(at_once, thread_name_prefix="insert") as pool:
        turns = _Turns(pool, at_once)
        yield turns
        turns.finish()
