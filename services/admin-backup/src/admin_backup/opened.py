"""Reading a backup: what its file holds is what was written, or it fails."""

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pyrage import x25519

from admin_backup.archive import Archive, Readable
from admin_backup.catalog import Backup, Catalog
from admin_backup.encryption import decrypting
from chassis.failure import Failure

BUFFER = 1024 * 1024  # bytes; documents are small, and a call for each length would cost more than the rest


@contextmanager
def opened(kept: Catalog, backup: Backup, keys: list[x25519.Identity]) -> Iterator[Archive]:
    """Open a backup's archive; the block has to read it to its end.

    Args:
        kept: Where it is.
        backup: Which.
        keys: What an encrypted one is opened with.

    Yields:
        The archive.

    Raises:
        Failure: The key is wrong, or the file isn't what was written.
    """
    manifest = backup.manifest
    if manifest.encrypted and not keys:
        raise Failure(f"{manifest.archive} is encrypted: BACKUP_IDENTITY or BACKUP_IDENTITY_FILE is needed")
    try:
        with kept.target.reading(manifest.archive) as file:
            read = _Measured(file)
            if manifest.encrypted:
                with decrypting(read, keys) as decrypted:
                    yield _archive(decrypted)
                    _end(decrypted)
            else:
                yield _archive(read)
            _end(read)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise Failure(f"{manifest.archive}: the archive is damaged: {error}") from error
    except Failure as failure:
        raise Failure(f"{manifest.archive}: {failure}") from failure
    if read.sha256 != manifest.sha256:
        raise Failure(f"{manifest.archive} is not the file that was written: it has another sha256")


def _archive(stream: Readable) -> Archive:
    file: Any = stream  # to read from is all that it is asked for
    return Archive(io.BufferedReader(gzip.GzipFile(fileobj=file), BUFFER))


def _end(stream: Readable) -> None:
    while stream.read(BUFFER):
        pass


class _Measured(io.RawIOBase):
    """Hashes what passes."""

    def __init__(self, stream: Readable) -> None:
        super().__init__()
        self._stream = stream
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        found = self._stream.read(size)
        self._hash.update(found)
        return found

    def readable(self) -> bool:
        return True

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()
