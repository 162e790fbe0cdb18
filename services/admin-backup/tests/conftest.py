"""A blog to count, and one to back up."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pymongo
import pytest
from pymongo.database import Database

from kit.mongodb import database, empty

from .command import Admin


@pytest.fixture
def blog_url(mongod_url: str) -> str:
    """The database of these tests, empty."""
    url = database(mongod_url, "admin_backup_tests")
    empty(url)
    return url


@pytest.fixture
def blog(blog_url: str) -> Iterator[Database[dict[str, Any]]]:
    """Three posts and two users, written around midnight in Korea."""
    evening, past_midnight = datetime(2026, 1, 1, 14, 59, tzinfo=UTC), datetime(2026, 1, 1, 15, 0, tzinfo=UTC)
    with pymongo.MongoClient[dict[str, Any]](blog_url) as client:
        blog = client.get_default_database()
        blog["posts"].insert_many(
            [
                {"author": "minji", "tags": ["쿠버네티스", "mongodb"], "created_at": evening},
                {"author": "minji", "tags": ["쿠버네티스"], "created_at": past_midnight},
                {"author": "alex", "tags": [], "created_at": past_midnight},
            ]
        )
        blog["users"].insert_many(
            [
                {"name": "minji", "created_at": evening},
                {"name": "alex", "created_at": evening},
            ]
        )
        yield blog


@pytest.fixture
def live(mongod_url: str) -> Iterator[Database[dict[str, Any]]]:
    """A blog to back up: two posts, Korean among them, a user, and indexes of every kind that the services use."""
    with pymongo.MongoClient[dict[str, Any]](database(mongod_url, "live_blog")) as client:
        blog = client.get_default_database()
        client.drop_database(blog)
        posts = [{"_id": number, "title": f"글 {number}", "tags": ["쿠버네티스"], "words": ["글"]} for number in (1, 2)]
        blog["posts"].insert_many(posts)
        blog["posts"].create_index([("created_at", -1), ("_id", -1)])
        blog["posts"].create_index("words")
        blog["users"].insert_one({"_id": 1, "name": "minji"})
        blog["users"].create_index("name", unique=True)
        blog["idempotency"].insert_one({"_id": 1, "at": datetime.now(UTC)})  # an old one would be gone in a minute
        blog["idempotency"].create_index("at", expireAfterSeconds=24 * 3600)
        yield blog


@pytest.fixture
def admin(live: Database[dict[str, Any]], mongod_url: str, tmp_path: Path) -> Admin:
    """The command, for that blog and a directory that is empty."""
    backups = tmp_path / "backups"
    backups.mkdir()
    return Admin(database(mongod_url, live.name), backups)
