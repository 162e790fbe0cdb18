"""What notes-service needs in the database, step by step. A step that has run anywhere is never changed."""

from chassis import migrations, mongo
from chassis.migrations import Migration
from chassis.mongo import DESCENDING

ENTRY = {
    "bsonType": "object",
    "required": ["text", "author", "created_at"],
    "properties": {
        "text": {"bsonType": "string"},
        "author": {"bsonType": "string"},
        "created_at": {"bsonType": "date"},
    },
}


async def entries(blog: mongo.Database) -> None:
    """The entries, and the index that lists them."""
    await migrations.collection(blog, "notes", ENTRY)
    await blog["notes"].create_index([("created_at", DESCENDING), ("_id", DESCENDING)], name="newest")


MIGRATIONS = [Migration(1, "notes", entries)]
SCHEMA = MIGRATIONS[-1].number
