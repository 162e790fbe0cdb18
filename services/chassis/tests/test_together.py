import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Set
from typing import Any

import pytest

from chassis.together import OneRead, SameRead


class Shelf:
    """Something to read from, slowly. A book that is put there while a read is under way is not in its answer."""

    def __init__(self) -> None:
        self.books = {"파드": 1}
        self.reads: list[Any] = []
        self.go_on = asyncio.Event()

    async def read_one(self, title: str) -> int | None:
        return (await self.read_some({title})).get(title)

    async def read_some(self, titles: Set[str]) -> dict[str, int]:
        self.reads.append(sorted(titles))
        found = {title: self.books[title] for title in titles if title in self.books}
        await self.go_on.wait()
        if "broken" in titles:
            raise OSError("no light")
        return found


Ask = Callable[[str], Coroutine[Any, Any, int | None]]
KINDS: list[Callable[[Shelf], Ask]] = [lambda shelf: SameRead(shelf.read_one), lambda shelf: OneRead(shelf.read_some)]


def on_a_shelf(test: Callable[[Shelf], Awaitable[None]]) -> None:
    """Run a test in an event loop."""

    async def run() -> None:
        async with asyncio.timeout(5):
            await test(Shelf())

    asyncio.run(run())


async def others_had_a_turn() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_is_alone_reads_at_once(kind: Callable[[Shelf], Ask]) -> None:
    async def test(shelf: Shelf) -> None:
        ask = kind(shelf)
        shelf.go_on.set()

        assert [await ask("파드"), await ask("노드"), await ask("파드")] == [1, None, 1]
        assert shelf.reads == [["파드"], ["노드"], ["파드"]]

    on_a_shelf(test)


@pytest.mark.parametrize("kind", KINDS)
def test_all_who_wait_behind_a_read_share_the_next(kind: Callable[[Shelf], Ask]) -> None:
    async def test(shelf: Shelf) -> None:
        ask = kind(shelf)
        first = asyncio.create_task(ask("파드"))
        await others_had_a_turn()
        waiting = [asyncio.create_task(ask("파드")) for _ in range(5)]
        await others_had_a_turn()
        reads_before = len(shelf.reads)
        shelf.go_on.set()

        assert await asyncio.gather(first, *waiting) == [1] * 6
        assert (reads_before, len(shelf.reads)) == (1, 2)

    on_a_shelf(test)


@pytest.mark.parametrize("kind", KINDS)
def test_a_read_never_starts_before_its_last_asker(kind: Callable[[Shelf], Ask]) -> None:
    """A writer sees their own write."""

    async def test(shelf: Shelf) -> None:
        ask = kind(shelf)
        before = asyncio.create_task(ask("파드"))
        await others_had_a_turn()
        shelf.books["파드"] = 2
        writer = asyncio.create_task(ask("파드"))
        await others_had_a_turn()
        shelf.books["파드"] = 3
        last = asyncio.create_task(ask("파드"))
        await others_had_a_turn()
        shelf.go_on.set()

        assert [await asked for asked in (before, writer, last)] == [1, 3, 3]

    on_a_shelf(test)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_reaches_all_who_share_the_read_and_nobody_after(kind: Callable[[Shelf], Ask]) -> None:
    async def test(shelf: Shelf) -> None:
        ask = kind(shelf)
        asked = [asyncio.create_task(ask("broken")) for _ in range(2)]
        await others_had_a_turn()
        asked.append(asyncio.create_task(ask("broken")))
        await others_had_a_turn()
        shelf.go_on.set()
        errors = await asyncio.gather(*asked, return_exceptions=True)

        assert [type(error) for error in errors] == [OSError] * 3
        assert await ask("파드") == 1

    on_a_shelf(test)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("leaves", [0, 1, 2])
def test_whoever_leaves_takes_nobodys_answer_along(kind: Callable[[Shelf], Ask], leaves: int) -> None:
    async def test(shelf: Shelf) -> None:
        ask = kind(shelf)
        asked = [asyncio.create_task(ask("파드"))]
        await others_had_a_turn()
        asked += [asyncio.create_task(ask("파드")) for _ in range(2)]
        await others_had_a_turn()
        asked.pop(leaves).cancel()
        await others_had_a_turn()
        shelf.go_on.set()

        assert await asyncio.gather(*asked) == [1, 1]
        assert await ask("파드") == 1

    on_a_shelf(test)


def test_different_things_are_read_at_once() -> None:
    async def test(shelf: Shelf) -> None:
        ask = SameRead(shelf.read_one)
        asked = [asyncio.create_task(ask(title)) for title in ("파드", "노드")]
        await others_had_a_turn()
        reads = list(shelf.reads)
        shelf.go_on.set()

        assert (await asyncio.gather(*asked), reads) == ([1, None], [["파드"], ["노드"]])

    on_a_shelf(test)


def test_different_things_of_one_kind_come_by_one_read() -> None:
    async def test(shelf: Shelf) -> None:
        shelf.books["노드"] = 2
        ask = OneRead(shelf.read_some)
        asked = [asyncio.create_task(ask("파드"))]
        await others_had_a_turn()
        asked += [asyncio.create_task(ask(title)) for title in ("노드", "배포", "파드")]
        await others_had_a_turn()
        shelf.go_on.set()

        assert await asyncio.gather(*asked) == [1, 2, None, 1]
        assert shelf.reads == [["파드"], ["노드", "배포", "파드"]]

    on_a_shelf(test)


def test_nothing_is_remembered() -> None:
    async def test(shelf: Shelf) -> None:
        same = SameRead(shelf.read_one)
        shelf.go_on.set()
        await asyncio.gather(*(same(str(n)) for n in range(100)))
        await others_had_a_turn()

        assert (same._running, same._waiting) == ({}, {})

    on_a_shelf(test)
