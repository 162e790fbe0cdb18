"""What the blog looks like in numbers, counted by MongoDB."""

from pydantic import BaseModel

from chassis import mongo, times

COLLECTION = "stats"
ZONE = "Asia/Seoul"  # a day begins where the readers are
DAYS = 30
MOST = 10  # authors and tags that are named


class DayCount(BaseModel):
    """A day in Korea, and what was added on it."""

    day: str
    posts: int
    users: int


class AuthorCount(BaseModel):
    """An author, and how many posts are theirs."""

    author: str
    posts: int


class TagCount(BaseModel):
    """A tag, and how many posts carry it."""

    tag: str
    posts: int


class Statistics(BaseModel):
    """Everything that was counted at one moment."""

    taken_at: times.Utc
    posts: int
    users: int
    authors: list[AuthorCount]
    tags: list[TagCount]
    days: list[DayCount]


async def take(blog: mongo.Database) -> Statistics:
    """Count the blog, and store the result where posts-service serves it from.

    Args:
        blog: The database.

    Returns:
        What was counted.
    """
    posts, users = await _by_day(blog["posts"]), await _by_day(blog["users"])
    statistics = Statistics(
        taken_at=times.now(),
        posts=await blog["posts"].count_documents({}),
        users=await blog["users"].count_documents({}),
        authors=[AuthorCount(author=name, posts=count) for name, count in await _most(blog["posts"], "author")],
        tags=[TagCount(tag=name, posts=count) for name, count in await _most(blog["posts"], "tags")],
        days=[
            DayCount(day=day, posts=posts.get(day, 0), users=users.get(day, 0))
            for day in sorted(posts.keys() | users.keys())[-DAYS:]
        ],
    )
    await blog[COLLECTION].insert_one(statistics.model_dump())
    return statistics


async def _most(collection: mongo.Collection, field: str) -> list[tuple[str, int]]:
    """Count by a field, an array's every element by itself; most first, then by name."""
    counted = collection.aggregate(
        [
            {"$unwind": f"${field}"},
            {"$group": {"_id": f"${field}", "count": {"$sum": 1}}},
            {"$sort": {"count": -1, "_id": 1}},
            {"$limit": MOST},
        ]
    )
    return [(group["_id"], group["count"]) async for group in counted]


async def _by_day(collection: mongo.Collection) -> dict[str, int]:
    day = {"$dateToString": {"date": "$created_at", "format": "%Y-%m-%d", "timezone": ZONE}}
    counted = collection.aggregate([{"$group": {"_id": day, "count": {"$sum": 1}}}])
    return {group["_id"]: group["count"] async for group in counted}
