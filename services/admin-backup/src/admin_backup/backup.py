"""Writing a backup."""

import gzip
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pyrage import x25519

from admin_backup import archive, catalog
from admin_backup.archive import Writable
from admin_backup.catalog import Catalog
from admin_backup.documents import Tally, counted
from admin_backup.encryption import encrypting
from admin_backup.manifest import CollectionRecord, Manifest, OplogPosition, described, name_of
from admin_backup.progress import Watcher
from admin_backup.snapshot import Collection, Snapshot, snapshot
from chassis.failure import Failure

LEVEL = 5  # zlib's; 6 takes half as long again for a hundredth of the size


def back_up(url: str, kept: Catalog, keys: list[x25519.Recipient], watcher: Watcher) -> Manifest:
    """Write the blog as it is now into an archive, with its manifest beside it.

    Args:
        url: MongoDB's address with the database's name in it.
        kept: Where it goes.
        keys: Who may read it; nobody in particular if there are none.
        watcher: Is told how far it is.

    Returns:
        The manifest.

    Raises:
        Failure: It didn't work; no file is there that looks whole.
    """
    began = time.monotonic()
    with snapshot(url) as moment:
        name = name_of(moment.blog.name, datetime.fromtimestamp(moment.moment.time, UTC))
        file = name + (catalog.ENCRYPTED if keys else catalog.ARCHIVE)
        if name + catalog.MANIFEST in kept.target.files():
            raise Failure(f"{name} is there already: one backup a second")
        with kept.target.writing(file) as out:
            written = _Measured(out)
            with _compressed(written, keys) as stream:
                records = _write(stream, moment, watcher)
            manifest = Manifest(
                name=name,
                database=moment.blog.name,
                taken_at=datetime.fromtimestamp(moment.moment.time, UTC),
                oplog=OplogPosition(seconds=moment.moment.time, increment=moment.moment.inc),
                took_seconds=round(time.monotonic() - began, 3),
                archive=file,
                size=written.bytes,
                sha256=written.hash.hexdigest(),
                encrypted=bool(keys),
                server_version=moment.server_version,
                tool_version=tool(),
                collections=records,
            )
            # Before the archive gets its name: an archive that is there is whole, and described.
            kept.write(name + catalog.MANIFEST, manifest)
    return manifest


def tool() -> str:
    """Our name and version, as an archive says what wrote it."""
    try:
        return f"admin-backup {version('admin-backup')}"
    except PackageNotFoundError:  # in an image it isn't installed, but copied
        return "admin-backup"


def _write(stream: Writable, moment: Snapshot, watcher: Watcher) -> dict[str, CollectionRecord]:
    heads = {collection.name: collection.head(moment.blog.name) for collection in moment.collections}
    archive.begin(stream, heads.values(), server=moment.server_version, tool=tool())
    records = {}
    for collection in moment.collections:
        tally = Tally()
        watcher.began("read", collection.name, collection.documents)
        archive.write_collection(stream, heads[collection.name], _watched(moment, collection, tally, watcher))
        watcher.ended("read", collection.name, tally.documents)
        indexes = [described(index) for index in collection.indexes]
        records[collection.name] = CollectionRecord(
            documents=tally.documents, bytes=tally.bytes, sha256=tally.sha256, indexes=indexes
        )
    return records


def _watched(moment: Snapshot, collection: Collection, tally: Tally, watcher: Watcher) -> Iterator[bytes]:
    for batch in counted(moment.batches(collection), tally):
        yield batch
        watcher.advanced(tally.documents)


@contextmanager
def _compressed(out: Writable, keys: list[x25519.Recipient]) -> Iterator[Writable]:
    if keys:
        with encrypting(out, keys) as encrypted, _gzip(encrypted) as stream:
            yield stream
    else:
        with _gzip(out) as stream:
            yield stream


@contextmanager
def _gzip(out: Writable) -> Iterator[Writable]:
    file: Any = out  # to write to is all that it is asked for
    stream = gzip.GzipFile(fileobj=file, mode="wb", compresslevel=LEVEL)
    try:
        yield stream
    except BaseException:
        stream.fileobj = None  # type: ignore[assignment] # what failed must not get an end that looks like one
        raise
    stream.close()


class _Measured:
    """Measures what passes."""

    def __init__(self, out: Writable) -> None:
        self._out = out
        self.bytes = 0
        self.hash = hashlib.sha256()

    def write(self, data: bytes, /) -> int:
        """Hand it on."""
        self._out.write(data)
        self.bytes += len(data)
        self.hash.update(data)
        return len(data)

    def flush(self) -> None:
        """Keep nothing back."""
