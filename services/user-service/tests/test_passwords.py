import asyncio
from typing import Any

import pytest

from user_service import passwords
from user_service.errors import TooManyLogins
from user_service.passwords import AT_ONCE, Passwords

RIGHT = "벚꽃이 피는 밤 4월"


def test_only_the_right_password_matches() -> None:
    async def check() -> list[bool]:
        hasher = Passwords()
        stored = await hasher.hash(RIGHT)
        return [await hasher.matches(typed, stored) for typed in (RIGHT, "벚꽃이 피는 밤 5월", "")]

    assert asyncio.run(check()) == [True, False, False]


@pytest.mark.parametrize("typed", [RIGHT, "a password that nobody has", ""])
def test_nothing_matches_for_a_user_who_does_not_exist(typed: str) -> None:
    assert asyncio.run(Passwords().matches(typed, None)) is False


def test_a_few_are_hashed_at_once_and_the_rest_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE_SECONDS", 0.001)

    async def crowd() -> list[Any]:
        hasher = Passwords()
        return await asyncio.gather(*(hasher.hash(RIGHT) for _ in range(5)), return_exceptions=True)

    outcomes = [type(outcome) for outcome in asyncio.run(crowd())]

    assert outcomes == [str] * AT_ONCE + [TooManyLogins] * 3


def test_whoever_can_wait_gets_a_turn() -> None:
    async def crowd() -> list[bool]:
        hasher = Passwords()
        stored = await hasher.hash(RIGHT)
        return await asyncio.gather(*(hasher.matches(RIGHT, stored) for _ in range(5)))

    assert asyncio.run(crowd()) == [True] * 5
