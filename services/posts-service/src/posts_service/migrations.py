"""What posts-service needs in the database, step by step. A step that has run anywhere is never changed."""

from chassis import migrations, mongo
from chassis.migrations import Migration
from chassis.mongo import ASCENDING, DESCENDING

IDEMPOTENCY = "idempotency"
POST = {
    "bsonType": "object",
    "required": ["title", "body", "tags", "author", "created_at", "updated_at", "version", "words"],
    "properties": {
        "title": {"bsonType": "string"},
        "body": {"bsonType": "string"},
        "tags": {"bsonType": "array", "items": {"bsonType": "string"}},
        "author": {"bsonType": "string"},
        "created_at": {"bsonType": "date"},
        "updated_at": {"bsonType": "date"},
        "version": {"bsonType": "int", "minimum": 1},
        "words": {"bsonType": "array", "items": {"bsonType": "string"}},
    },
}


async def posts(blog: mongo.Database) -> None:
    """The posts, and an index for each way to list them.

    `version` ends the first two so that they cover what an ETag is made of.
    """
    await migrations.collection(blog, "posts", POST)
    newest = [("created_at", DESCENDING), ("_id", DESCENDING)]
    await blog["posts"].create_index([*newest, ("version", ASCENDING)], name="newest")
    await blog["posts"].create_index([("author", ASCENDING), *newest, ("version", ASCENDING)], name="author")
    await blog["posts"].create_index([("tags", ASCENDING), *newest], name="tags")
    await blog["posts"].create_index([("words", ASCENDING)], name="words")


async def idempotency(blog: mongo.Database) -> None:
    """The answers that were given, until they expire."""
    await migrations.collection(blog, IDEMPOTENCY, {"bsonType": "object", "required": ["digest", "post", "expires_at"]})
    await blog[IDEMPOTENCY].create_index("expires_at", name="expiry", expireAfterSeconds=0)


async def statistics(blog: mongo.Database) -> None:
    """What the admin job counts, newest first; a year of it."""
    await migrations.collection(blog, "stats", {"bsonType": "object", "required": ["taken_at"]})
    seconds = 366 * 24 * 3600
    await blog["stats"].create_index([("taken_at", DESCENDING)], name="newest", expireAfterSeconds=seconds)


MIGRATIONS = [
    Migration(1, "posts", posts),
    Migration(2, "idempotency", idempotency),
    Migration(3, "statistics", statistics),
]
SCHEMA = MIGRATIONS[-1].number
