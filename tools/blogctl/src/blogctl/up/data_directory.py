"""The directory that holds everything which `blogctl up` keeps: .data, unless another is named."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from blogctl.command import shown
from blogctl.failure import Failure

# After a kill -9 of blogctl its children stop by themselves (process_group.py); mongod takes the longest.
STOPPING_SECONDS = 20


@dataclass(frozen=True)
class DataDirectory:
    """Paths under it, and the lock that one `blogctl up` holds on it."""

    path: Path

    @property
    def keys(self) -> Path:
        """Private keys that user-service signs tokens with."""
        return self.path / "keys"

    @property
    def nginx(self) -> Path:
        """Its prefix for nginx: configuration and what it writes."""
        return self.path / "nginx"

    @property
    def lock(self) -> Path:
        """Locked while a platform runs here; says which. Also the mark of a directory of ours."""
        return self.path / "blogctl.lock"

    @contextmanager
    def claimed(self, *, port: int) -> Iterator[int]:
        """Hold the directory until the block ends.

        Args:
            port: The front door's, for the message that a second `blogctl up` prints.

        Yields:
            The locked file. A process that inherits it holds the lock as well.

        Raises:
            Failure: Another platform has it, or it can't be written.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise Failure(
                f"{shown(self.path)} can't hold the data: {error.strerror}; name another with --data"
            ) from error
        try:
            self._wait_for(descriptor)
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "port": port}).encode(), 0)
            yield descriptor
        finally:
            os.close(descriptor)

    def demand_ours(self) -> None:
        """Make sure that deleting its content deletes nothing but ours. Ask before it's claimed.

        Raises:
            Failure: It holds something, and nothing shows that we made it.
        """
        if self.path.is_dir() and any(self.path.iterdir()) and not self.lock.exists():
            raise Failure(f"{shown(self.path)} is not a data directory of blogctl: --fresh deletes nothing there")

    def empty(self) -> None:
        """Delete everything in it, but for the lock.

        Raises:
            Failure: A file can't be deleted.
        """
        try:
            for entry in self.path.iterdir():
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry)
                elif entry != self.lock:
                    entry.unlink()
        except OSError as error:
            raise Failure(f"{shown(Path(error.filename))} can't be deleted: {error.strerror}") from error

    def _wait_for(self, descriptor: int) -> None:
        """Take the lock; wait for what is left of a platform whose blogctl was killed."""
        end = time.monotonic() + STOPPING_SECONDS
        while not _locked(descriptor):
            holder = json.loads(self.lock.read_text("utf-8") or "{}")
            if time.monotonic() > end or _lives(holder.get("pid")):
                raise Failure(
                    f"blogctl up already runs on {shown(self.path)} (pid {holder.get('pid')}, "
                    f"http://localhost:{holder.get('port')}): stop it there, or name another directory with --data"
                )
            time.sleep(0.05)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lives(pid: int | None) -> bool:
    if pid is None:
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
