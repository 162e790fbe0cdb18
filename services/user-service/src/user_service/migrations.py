"""What user-service needs in the database, step by step. A step that has run anywhere is never changed."""

from chassis import migrations, mongo
from chassis.migrations import Migration

ATTEMPTS = "login_attempts"
USER = {
    "bsonType": "object",
    "required": ["name", "display_name", "bio", "created_at", "password_hash", "roles"],
    "properties": {
        "name": {"bsonType": "string", "pattern": "^[a-z0-9][a-z0-9_-]{2,31}$"},
        "display_name": {"bsonType": "string"},
        "bio": {"bsonType": "string"},
        "created_at": {"bsonType": "date"},
        "password_hash": {"bsonType": "string"},
        "roles": {"bsonType": "array", "items": {"bsonType": "string"}},
    },
}


async def users(blog: mongo.Database) -> None:
    """The users, each with a name of their own."""
    await migrations.collection(blog, "users", USER)
    await blog["users"].create_index("name", name="name", unique=True)


async def attempts(blog: mongo.Database) -> None:
    """The counts of logins, until they expire."""
    await migrations.collection(blog, ATTEMPTS, {"bsonType": "object", "required": ["count", "expires_at"]})
    await blog[ATTEMPTS].create_index("expires_at", name="expiry", expireAfterSeconds=0)


MIGRATIONS = [Migration(1, "users", users), Migration(2, "login attempts", attempts)]
SCHEMA = MIGRATIONS[-1].number
