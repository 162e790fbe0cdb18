"""Backups in a directory: a volume."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from chassis.failure import Failure

UNFINISHED = ".partial"
ABANDONED_SECONDS = 24 * 3600  # no run takes that long: MongoDB keeps a moment for minutes


@dataclass(frozen=True)
class Directory:
    """Files in a directory; one that is being written has another name."""

    path: Path

    def files(self) -> dict[str, int]:
        """Name every file that is whole, with its bytes.

        Raises:
            Failure: The directory can't be read.
        """
        with _one_line(self.path):
            entries = [entry for entry in os.scandir(self.path) if entry.is_file()]
            return {each.name: each.stat().st_size for each in entries if not each.name.endswith(UNFINISHED)}

    @contextmanager
    def writing(self, name: str) -> Iterator["_File"]:
        """Write under another name, and give the file its own once it's on the disk.

        Raises:
            Failure: The disk is full, or this may not be written.
        """
        unfinished = self.path / f".{name}{UNFINISHED}"
        with _one_line(unfinished):
            unfinished.touch(mode=0o600)  # it holds what nobody else on this machine may read
            file = unfinished.open("wb")
        try:
            with file:
                yield _File(file, unfinished)
                with _one_line(unfinished):
                    file.flush()
                    os.fsync(file.fileno())
            with _one_line(self.path / name):
                unfinished.rename(self.path / name)
                self._sync()
        except BaseException:
            with suppress(OSError):
                unfinished.unlink()
            raise

    @contextmanager
    def reading(self, name: str) -> Iterator[BinaryIO]:
        """Read a file.

        Raises:
            Failure: It can't be opened.
        """
        with _one_line(self.path / name):
            file = (self.path / name).open("rb")
        with file:
            yield file

    def delete(self, name: str) -> None:
        """Take a file away.

        Raises:
            Failure: It may not be.
        """
        with _one_line(self.path / name):
            (self.path / name).unlink(missing_ok=True)

    def clear(self) -> list[str]:
        """Take away what runs left that were killed more than a day ago."""
        with _one_line(self.path):
            abandoned = [
                path
                for path in self.path.glob(f".*{UNFINISHED}")
                if time.time() - path.stat().st_mtime > ABANDONED_SECONDS
            ]
            for path in abandoned:
                path.unlink(missing_ok=True)
        return sorted(path.name for path in abandoned)

    def _sync(self) -> None:
        """A name is on the disk when its directory is."""
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@dataclass(frozen=True)
class _File:
    file: BinaryIO
    path: Path

    def write(self, data: bytes, /) -> int:
        with _one_line(self.path):
            return self.file.write(data)


@contextmanager
def _one_line(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from error
