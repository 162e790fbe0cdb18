"""Backups in S3-compatible storage, uploaded and downloaded in parts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from chassis.failure import Failure

PART_BYTES = 8 * 1024 * 1024  # S3 takes 10,000 parts: 80 GB
AT_ONCE = 2  # parts in memory that are under way


@dataclass(frozen=True)
class Bucket:
    """Objects below an address; one is there once its upload is completed."""

    address: str

    def files(self) -> dict[str, int]:
        """Name every object right below the address, with its bytes."""
        with self._one_line():
            found = obstore.list_with_delimiter(self._store())["objects"]
            return {str(each["path"]): int(each["size"]) for each in found}

    @contextmanager
    def writing(self, name: str) -> Iterator["_Upload"]:
        """Upload an object. A block that fails leaves parts that nobody sees, for the bucket's own rules to expire."""
        with self._one_line():
            writer = obstore.open_writer(self._store(), name, buffer_size=PART_BYTES, max_concurrency=AT_ONCE)
        yield _Upload(self, writer)
        with self._one_line():
            writer.close()

    @contextmanager
    def reading(self, name: str) -> Iterator["_Download"]:
        """Download an object, part by part."""
        with self._one_line():
            reader = obstore.open_reader(self._store(), name, buffer_size=PART_BYTES)
        yield _Download(self, reader)

    def delete(self, name: str) -> None:
        """Take an object away."""
        with self._one_line():
            obstore.delete(self._store(), name)

    def clear(self) -> list[str]:
        """Leave it to the bucket: an upload that isn't completed is no object."""
        return []

    def _store(self) -> S3Store:
        """Open it; obstore reads AWS_… itself."""
        plain = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")
        return S3Store.from_url(self.address, client_options={"allow_http": plain})

    @contextmanager
    def _one_line(self) -> Iterator[None]:
        try:
            yield
        except (BaseError, OSError, ValueError) as error:
            said = " ".join(str(error).split("\n\nDebug source:")[0].split())
            raise Failure(f"{self.address}: {said}") from error


@dataclass(frozen=True)
class _Upload:
    bucket: Bucket
    writer: "obstore.WritableFile"  # a name for checkers of types alone

    def write(self, data: bytes, /) -> int:
        with self.bucket._one_line():
            return self.writer.write(data)


@dataclass(frozen=True)
class _Download:
    bucket: Bucket
    reader: "obstore.ReadableFile"

    def read(self, size: int, /) -> bytes:
        with self.bucket._one_line():
            return bytes(self.reader.read(size))
