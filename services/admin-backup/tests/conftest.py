"""A blog to count."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pymongo
import pytest
from pymongo.database import Database

from kit.mongodb import database, empty


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
