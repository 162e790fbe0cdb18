"""How far a run is: a bar at a terminal, JSON lines elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

log = structlog.get_logger()


class Watcher(Protocol):
    """Whoever is told."""

    def began(self, step: str, collection: str, documents: int | None) -> None:
        """Hear what is done to a collection, and about how many documents it holds."""

    def advanced(self, documents: int) -> None:
        """Hear how many more documents are done."""

    def ended(self, step: str, collection: str, documents: int) -> None:
        """Hear that a collection is done, and how many documents it held."""


class Lines:
    """A line in the log for each collection."""

    def began(self, step: str, collection: str, documents: int | None) -> None:
        """Say nothing yet."""

    def advanced(self, documents: int) -> None:
        """Say nothing yet."""

    def ended(self, step: str, collection: str, documents: int) -> None:
        """Log it."""
        log.info(f"collection_{step}", collection=collection, documents=documents)


class Bars:
    """A bar for each collection."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._current = bars.add_task("", visible=False)

    def began(self, step: str, collection: str, documents: int | None) -> None:
        """Show one more bar."""
        self._current = self._bars.add_task(f"{collection} {step}", total=documents)

    def advanced(self, documents: int) -> None:
        """Let it grow."""
        self._bars.advance(self._current, documents)

    def ended(self, step: str, collection: str, documents: int) -> None:  # noqa: ARG002
        """Show it whole: an estimate may have been off."""
        self._bars.update(self._current, total=documents, completed=documents)


@contextmanager
def watcher() -> Iterator[Watcher]:
    """Choose by whether somebody watches."""
    if not sys.stderr.isatty():
        yield Lines()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        yield Bars(bars)
