"""Requests that wait for the database at the same moment share one read.

While a read is under way, whoever asks next waits, and one read then serves all who wait. It starts after the last
of them has asked, so nobody is given an answer older than their question: a writer sees their own write. A process
that is alone with its request reads at once, as ever.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Set
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")


class SameRead(Generic[Key, Answer]):
    """Shares reads of the same thing; reads of different things don't wait for each other."""

    def __init__(self, read: Callable[[Key], Awaitable[Answer]]) -> None:
        """Share a read.

        Args:
            read: Reads what the key names.
        """
        self._read = read
        self._running: dict[Key, asyncio.Task[Answer]] = {}
        self._waiting: dict[Key, asyncio.Task[Answer]] = {}

    async def __call__(self, key: Key) -> Answer:
        """Give what `read` answers, raise what it raises."""
        if key not in self._waiting:
            self._waiting[key] = asyncio.create_task(self._after(self._running.get(key), key))
        # A client that leaves must not take the others' answer along.
        return await asyncio.shield(self._waiting[key])

    async def _after(self, running: asyncio.Task[Answer] | None, key: Key) -> Answer:
        if running:
            await asyncio.wait([running])
        task = self._running[key] = self._waiting.pop(key)
        try:
            return await self._read(key)
        finally:
            if self._running[key] is task:
                del self._running[key]


class OneRead(Generic[Key, Answer]):
    """Shares reads of different things of one kind: one query brings all that were asked for."""

    def __init__(self, read: Callable[[Set[Key]], Awaitable[Mapping[Key, Answer]]]) -> None:
        """Share a read.

        Args:
            read: Reads what the keys name; leaves out what isn't there.
        """
        self._read = read
        self._wanted: set[Key] = set()
        self._running: asyncio.Task[Mapping[Key, Answer]] | None = None
        self._waiting: asyncio.Task[Mapping[Key, Answer]] | None = None

    async def __call__(self, key: Key) -> Answer | None:
        """Give what `read` answers for a key, or nothing; raise what it raises."""
        self._wanted.add(key)
        if self._waiting is None:
            self._waiting = asyncio.create_task(self._after(self._running))
        return (await asyncio.shield(self._waiting)).get(key)

    async def _after(self, running: asyncio.Task[Mapping[Key, Answer]] | None) -> Mapping[Key, Answer]:
        if running:
            await asyncio.wait([running])
        self._running, self._waiting = self._waiting, None
        wanted, self._wanted = self._wanted, set()
        return await self._read(wanted)
