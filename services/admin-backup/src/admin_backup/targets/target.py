"""A place where backups are kept."""

from contextlib import AbstractContextManager
from typing import Protocol

from admin_backup.archive import Readable, Writable


class Target(Protocol):
    """Files by their names; each is there as a whole or not at all."""

    def files(self) -> dict[str, int]:
        """Name every file, with its bytes."""

    def writing(self, name: str) -> AbstractContextManager[Writable]:
        """Write a file that is there once the block has ended well, and never if it hasn't."""

    def reading(self, name: str) -> AbstractContextManager[Readable]:
        """Read a file from its beginning."""

    def delete(self, name: str) -> None:
        """Take a file away."""

    def clear(self) -> list[str]:
        """Take away what killed runs left, but for what may be a run that goes on; say what that was."""
