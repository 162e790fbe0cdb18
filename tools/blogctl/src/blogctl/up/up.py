"""`blogctl up`: the whole platform on this machine, until Ctrl-C."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Coroutine
from pathlib import Path

from blogctl import ports, terminal
from blogctl.failure import Failure
from blogctl.process_group import ProcessGroup, process_group
from blogctl.up import plan
from blogctl.up.data_directory import DataDirectory
from blogctl.up.log_lines import LogStream
from blogctl.up.running import Platform

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def show(*, port: int, data: Path) -> None:
    """Print the lines that `up` would run, and do nothing.

    Args:
        port: Of the front door.
        data: The data directory.

    Raises:
        Failure: A program is missing.
    """
    for line in plan.decide(port=port, data=DataDirectory(data), version=_version()).lines():
        terminal.answer(line)


def up(*, port: int, data: Path, fresh: bool) -> None:
    """Run the platform until Ctrl-C, SIGTERM or the terminal's end.

    Args:
        port: Of the front door.
        data: The data directory.
        fresh: Delete its content first.

    Raises:
        Failure: Something can't start, or ended by itself. Everything has been stopped by then.
    """
    directory = DataDirectory(data)
    if fresh:
        directory.demand_ours()
    with directory.claimed(port=port) as lock:
        ports.demand(port)
        if fresh:
            directory.empty()
        plan.VERSION.show()
        decided = plan.decide(port=port, data=directory, version=_version())
        with process_group(held=(lock,)) as group:
            platform = Platform(decided, directory, group, LogStream(decided.names).show)
            try:
                asyncio.run(_until_stopped(platform.run(), group))
            except ExceptionGroup as errors:
                raise _first(errors) from errors


async def _until_stopped(work: Coroutine[None, None, None], group: ProcessGroup) -> None:
    task = asyncio.create_task(work)

    def stop() -> None:
        if task.cancelling():
            group.kill()
            terminal.note("killed")
            os._exit(1)  # nothing is left to wait for, and the tasks would take it for an accident
        terminal.note("stopping (again: kill)")
        task.cancel()

    for one in STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(one, stop)
    try:
        await task
    except asyncio.CancelledError:
        terminal.note("stopped")


def _version() -> str:
    """Name the commit of the checkout; a tree without git has none."""
    try:
        return plan.VERSION.output(within=10)
    except (OSError, subprocess.SubprocessError):
        return ""


def _first(errors: ExceptionGroup[Exception]) -> Exception:
    """Find what began it: task groups nest, and so do their errors."""
    first = errors.exceptions[0]
    if isinstance(first, ExceptionGroup):
        return _first(first)
    if isinstance(first, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains of it once more at its end
        return Failure("nobody reads the log any more: everything is stopped")
    return first
