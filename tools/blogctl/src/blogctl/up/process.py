"""One program of the platform, from its start to its stop."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from blogctl.command import Command
from blogctl.process_group import ProcessGroup

LONGEST_LINE = 1 << 20  # bytes; a traceback in JSON is one line
STOP_SECONDS = 25  # services finish requests in flight for 20, mongod writes a last checkpoint
OnLine = Callable[[str, str], None]


class Process:
    """A program that runs, whose lines are passed on as they come."""

    def __init__(
        self, name: str, child: asyncio.subprocess.Process, stdout: asyncio.StreamReader, on_line: OnLine
    ) -> None:
        """Begin to read what the program writes."""
        self.name = name
        self.last_line = ""
        self._child = child
        self._on_line = on_line
        self._reader = asyncio.create_task(self._read(stdout))

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._child.pid

    def runs(self) -> bool:
        """Tell whether it hasn't ended."""
        return self._child.returncode is None

    async def ended(self) -> str:
        """Wait until it has ended, whoever ended it.

        Returns:
            How: `status 0`, or the signal's name.
        """
        waiter = asyncio.create_task(self._child.wait())
        # Two to wait for: a reader that can't pass a line on raises, and a grandchild may keep the pipe open.
        await asyncio.wait({waiter, self._reader}, return_when=asyncio.FIRST_COMPLETED)
        if self._reader.done():
            self._reader.result()
        status = await waiter
        await self._read_rest()
        return f"status {status}" if status >= 0 else signal.Signals(-status).name

    async def stop(self, by: signal.Signals) -> None:
        """End it in good order, and kill it if that takes too long.

        Args:
            by: What makes it end in good order.
        """
        if self.runs():
            with suppress(ProcessLookupError):
                self._child.send_signal(by)
            try:
                await asyncio.wait_for(self._child.wait(), STOP_SECONDS)
            except TimeoutError:
                self._child.kill()
                await self._child.wait()
        await self._read_rest()

    async def _read(self, stdout: asyncio.StreamReader) -> None:
        while line := await _line(stdout):
            text = line.decode("utf-8", "replace").rstrip("\n")
            self.last_line = text or self.last_line
            self._on_line(self.name, text)

    async def _read_rest(self) -> None:
        await asyncio.wait({self._reader}, timeout=1)
        self._reader.cancel()


@asynccontextmanager
async def running(
    name: str, command: Command, *, group: ProcessGroup, on_line: OnLine, stop_by: signal.Signals = signal.SIGTERM
) -> AsyncIterator[Process]:
    """Run a program until the block ends or it ends by itself.

    Args:
        name: What a person knows it by.
        command: The line that runs it in the foreground; printed.
        group: Ends it when blogctl is killed.
        on_line: Gets the name and each line that it writes, to stdout or stderr.
        stop_by: What makes it end in good order.

    Yields:
        The process.
    """
    command.show()
    child = await asyncio.create_subprocess_exec(
        *command.arguments,
        env=command.environment(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        limit=LONGEST_LINE,
        process_group=group.id,
        umask=0o077,  # the database and the keys are their owner's alone
    )
    assert child.stdout is not None  # noqa: S101 (asked for above)
    process = Process(name, child, child.stdout, on_line)
    try:
        yield process
    finally:
        await process.stop(stop_by)


async def _line(stream: asyncio.StreamReader) -> bytes:
    """Read a line, or as much of it as there is room for."""
    try:
        return await stream.readuntil()
    except asyncio.IncompleteReadError as end:
        return end.partial
    except asyncio.LimitOverrunError as overrun:
        return await stream.read(overrun.consumed)
