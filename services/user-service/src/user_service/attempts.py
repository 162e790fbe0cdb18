"""Logins are counted for each account and each address, in MongoDB, so that all pods share the count."""

import math
from datetime import UTC, datetime, timedelta

from chassis import mongo
from chassis.mongo import AFTER
from user_service.errors import TooManyAttempts
from user_service.migrations import ATTEMPTS


class Attempts:
    """The collection `login_attempts`: a count and when it ends, for each key."""

    def __init__(self, blog: mongo.Database, *, window: timedelta, per_account: int, per_address: int) -> None:
        self._attempts = blog[ATTEMPTS]
        self._window = window
        self._per_account = per_account
        self._per_address = per_address

    async def count(self, account: str, address: str) -> None:
        """Count an attempt, before the password is looked at: guesses at the same moment count too.

        Args:
            account: The name that was typed, whether or not anybody has it.
            address: Where the attempt comes from.

        Raises:
            TooManyAttempts: One of them has had its share in this window; says when to come back.
        """
        await self._count_one(f"address:{address}", self._per_address)
        await self._count_one(f"account:{account}", self._per_account)

    async def forget(self, account: str) -> None:
        """Start an account's count anew, after its owner has logged in."""
        await self._attempts.delete_one({"_id": f"account:{account}"})

    async def _count_one(self, key: str, most: int) -> None:
        running = {"$gt": ["$expires_at", "$$NOW"]}
        window_ms = self._window // timedelta(milliseconds=1)
        counted = await self._attempts.find_one_and_update(
            {"_id": key},
            [
                {
                    "$set": {
                        "count": {"$cond": [running, {"$add": ["$count", 1]}, 1]},
                        "expires_at": {"$cond": [running, "$expires_at", {"$add": ["$$NOW", window_ms]}]},
                    }
                }
            ],
            upsert=True,
            return_document=AFTER,
        )
        if counted["count"] > most:
            left = counted["expires_at"].replace(tzinfo=UTC) - datetime.now(UTC)
            raise TooManyAttempts(Retry_After=str(max(1, math.ceil(left.total_seconds()))))
