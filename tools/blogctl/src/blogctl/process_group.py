"""One process group for all that blogctl starts, so that nothing outlives it, not even after a kill -9.

Why not PR_SET_PDEATHSIG: only Linux has it, and grandchildren don't inherit it. Why not pid files that the next start
clears: until then the port is taken and mongod goes on writing. A process group is kept by the kernel: a child is in it
before it runs, its own children too, and no pid is ever guessed. blogctl holds one end of a pipe; a reaper holds the
other, and whatever way blogctl ends, the pipe closes and the reaper stops the group.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

GRACE_SECONDS = 15  # mongod writes a last checkpoint; more only helps a process that hangs


@dataclass(frozen=True)
class ProcessGroup:
    """Where children belong: start them with `process_group=group.id`."""

    id: int

    def kill(self) -> None:
        """End every process of the group at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.id, signal.SIGKILL)


@contextmanager
def process_group(*, held: tuple[int, ...] = ()) -> Iterator[ProcessGroup]:
    """Open a group, and end what is still in it when the block does.

    Args:
        held: Open files, such as a lock, that stay open until the last process of the group has ended.

    Yields:
        The group. Ctrl-C at the terminal doesn't reach it: who starts a child decides when to stop it.
    """
    leader = subprocess.Popen(
        [sys.executable, "-I", "-S", __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,
        pass_fds=held,
    )
    try:
        yield ProcessGroup(leader.pid)
    finally:
        leader.communicate()


def _lead() -> None:
    """Be the group's leader, who keeps it alive while it's empty, and the reaper outside it."""
    group = os.getpid()
    if os.fork():
        while True:
            signal.pause()
    os.setsid()
    sys.stdin.buffer.read()
    with suppress(ProcessLookupError, PermissionError):  # nobody is left; macOS says it of zombies by the second
        os.killpg(group, signal.SIGTERM)
        end = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < end:
            time.sleep(0.02)
            os.killpg(group, 0)
        os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    _lead()
