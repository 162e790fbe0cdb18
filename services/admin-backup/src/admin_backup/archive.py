"""The archive that mongodump writes and mongorestore reads: format 0.1 (mongo-tools, common/archive/spec.md)."""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import bson
from bson.errors import BSONError
from fastcrc import crc64

from admin_backup.documents import BATCH_BYTES, LARGEST, MOST_IN_A_BATCH
from chassis.failure import Failure

MAGIC = struct.pack("<I", 0x8199E26D)
TERMINATOR = b"\xff\xff\xff\xff"
FORMAT = "0.1"
SMALLEST = 5  # bytes of an empty document


class Writable(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> object:
        """Take all of them."""


class Readable(Protocol):
    """Where bytes come from."""

    def read(self, size: int, /) -> bytes:
        """Give that many; fewer only at the end."""


@dataclass(frozen=True)
class Head:
    """A collection that the archive holds, and its metadata as mongodump's extended JSON."""

    database: str
    collection: str
    metadata: str


def begin(out: Writable, heads: Iterable[Head], *, server: str, tool: str) -> None:
    """Write what comes before the documents.

    Args:
        out: The archive.
        heads: Every collection that will follow.
        server: MongoDB's version.
        tool: Ours, with our name.
    """
    versions = {"version": FORMAT, "server_version": server, "tool_version": tool}
    out.write(MAGIC + bson.encode({"concurrent_collections": 1, **versions}))
    for head in heads:
        namespace = {"db": head.database, "collection": head.collection}
        out.write(bson.encode({**namespace, "metadata": head.metadata, "size": 0, "type": "collection"}))
    out.write(TERMINATOR)


def write_collection(out: Writable, head: Head, batches: Iterable[bytes]) -> None:
    """Write a collection's documents, one after the other as BSON, and the checksum that mongorestore compares."""
    crc = 0
    out.write(_marker(head, crc, end=False))
    for batch in batches:
        crc = crc64.xz(batch, crc)
        out.write(batch)
    out.write(TERMINATOR + _marker(head, crc, end=True) + TERMINATOR)


def _marker(head: Head, crc: int, *, end: bool) -> bytes:
    (signed,) = struct.unpack("<q", struct.pack("<Q", crc))
    return bson.encode(
        {"db": head.database, "collection": head.collection, "EOF": end, "CRC": bson.Int64(signed)},
    )


class Archive:
    """An archive that is read from its beginning to its end, once."""

    def __init__(self, stream: Readable) -> None:
        """Read what comes before the documents.

        Raises:
            Failure: It's no archive.
        """
        self._stream = stream
        if stream.read(len(MAGIC)) != MAGIC:
            raise Failure("it is no archive of mongodump's kind")
        block = self._block()
        next(block)
        self.heads = [Head(found["db"], found["collection"], found["metadata"]) for found in map(_decoded, block)]

    def collections(self) -> Iterator[tuple[Head, Iterator[list[bytes]]]]:
        """Give each collection and its documents, in chunks; a chunk has to be taken before the next one is asked for.

        Raises:
            Failure: It's cut short, or it isn't what was written.
        """
        missing = {head.collection: head for head in self.heads}
        while missing:
            marker = self._marker()
            head = missing.pop(marker["collection"], None)
            if head is None or marker["EOF"]:
                raise Failure(f"the archive is damaged: {marker['collection']} is not expected there")
            yield head, self._chunks(head)
        if self._stream.read(1):
            raise Failure("the archive is damaged: it goes on after its end")

    def _chunks(self, head: Head) -> Iterator[list[bytes]]:
        crc, size, chunk = 0, 0, list[bytes]()
        for document in self._rest_of_block():
            chunk.append(document)
            size += len(document)
            if len(chunk) == MOST_IN_A_BATCH or size > BATCH_BYTES:
                crc = crc64.xz(b"".join(chunk), crc)
                yield chunk
                size, chunk = 0, []
        if chunk:
            crc = crc64.xz(b"".join(chunk), crc)
            yield chunk
        end = self._marker()
        if (end["collection"], end["EOF"], end["CRC"] % 2**64) != (head.collection, True, crc):
            raise Failure(f"the archive is damaged: {head.collection} has another checksum")
        if next(self._rest_of_block(), None) is not None:
            raise Failure(f"the archive is damaged: {head.collection} goes on after its end")

    def _marker(self) -> dict[str, Any]:
        return _decoded(next(self._block()))

    def _block(self) -> Iterator[bytes]:
        yield self._document() or _damaged("a block is empty")
        yield from self._rest_of_block()

    def _rest_of_block(self) -> Iterator[bytes]:
        while document := self._document():
            yield document

    def _document(self) -> bytes:
        """Give the next document, or nothing at the end of a block."""
        length = self._stream.read(4)
        if length == TERMINATOR:
            return b""
        size = int.from_bytes(length, "little")
        if len(length) < 4:
            _damaged("it is cut short")
        if not SMALLEST <= size <= LARGEST:
            _damaged(f"a document of {size} bytes")
        rest = self._stream.read(size - 4)
        if len(rest) < size - 4:
            _damaged("it is cut short")
        return length + rest


def _decoded(document: bytes) -> dict[str, Any]:
    try:
        return bson.decode(document)
    except BSONError as error:
        raise Failure(f"the archive is damaged: {error}") from error


def _damaged(why: str) -> bytes:
    raise Failure(f"the archive is damaged: {why}")
