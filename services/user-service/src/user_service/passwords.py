"""Passwords are stored as argon2id, with the first parameters that OWASP's Password Storage Cheat Sheet names."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from user_service.errors import TooManyLogins

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
AT_ONCE = 2  # a pod; 38 MiB in all
PATIENCE_SECONDS = 2  # in the queue; then a client had better come back


class Passwords:
    """Hashes and checks in threads (argon2-cffi frees the GIL), a few at once."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._nobodys = self._hasher.hash("a password that nobody has")
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        """Hash a password, salted.

        Raises:
            TooManyLogins: The queue is too long.
        """
        await self._turn()
        try:
            return await asyncio.to_thread(self._hasher.hash, password)
        finally:
            self._turns.release()

    async def matches(self, password: str, stored: str | None) -> bool:
        """Check a password, in the same time whether or not there is such a user.

        Args:
            password: What was typed.
            stored: The user's hash, or nothing for a user who doesn't exist.

        Returns:
            Whether it is the user's password.

        Raises:
            TooManyLogins: The queue is too long.
        """
        await self._turn()
        try:
            right = await asyncio.to_thread(self._verify, stored or self._nobodys, password)
        finally:
            self._turns.release()
        return right and stored is not None

    async def _turn(self) -> None:
        try:
            await asyncio.wait_for(self._turns.acquire(), PATIENCE_SECONDS)
        except TimeoutError as error:
            raise TooManyLogins from error

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except VerificationError:
            return False
