"""The tags in use. Counting reads every post's tags, so the count is kept for a moment."""

import asyncio
import time

from chassis import mongo
from posts_service.schemas import TagCount

MOST = 100


class Tags:
    """Counts the tags of all posts, at most once every `fresh_seconds` a process."""

    def __init__(self, blog: mongo.Database, *, fresh_seconds: float) -> None:
        self._posts = blog["posts"]
        self._fresh_seconds = fresh_seconds
        self._counted_at = float("-inf")
        self._counts: list[TagCount] = []
        self._counting = asyncio.Lock()

    async def most_used(self) -> list[TagCount]:
        """List tags by use, then by name; the counts may be `fresh_seconds` old."""
        async with self._counting:
            if time.monotonic() - self._counted_at > self._fresh_seconds:
                counted = self._posts.aggregate(
                    [
                        {"$unwind": "$tags"},
                        {"$group": {"_id": "$tags", "posts": {"$sum": 1}}},
                        {"$sort": {"posts": -1, "_id": 1}},
                        {"$limit": MOST},
                    ]
                )
                self._counts = [TagCount(tag=tag["_id"], posts=tag["posts"]) async for tag in counted]
                self._counted_at = time.monotonic()
        return self._counts
