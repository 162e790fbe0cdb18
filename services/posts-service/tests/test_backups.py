import asyncio
import re
from datetime import UTC, datetime

from fastapi.testclient import TestClient
from prometheus_client import REGISTRY

from chassis import mongo
from posts_service.backups import PATIENCE_SECONDS, Backups

from .factories import Blog

TAKEN, VERIFIED = datetime(2026, 1, 2, 16, tzinfo=UTC), datetime(2026, 1, 2, 17, 30, tzinfo=UTC)
REPORT = {"_id": "newest", "name": "blog-20260102T160000Z", "taken_at": TAKEN, "size": 4096, "verified_at": VERIFIED}


def told(client: TestClient) -> dict[str, float]:
    """What /metrics says of backups, without the name of the tests' database."""
    lines = re.findall(r"^blog_backup_(\w+)\{database=\"\w+\"\} (.+)$", client.get("/metrics").text, re.MULTILINE)
    return {name: float(value) for name, value in lines}


def test_age_and_size_of_the_last_backup_and_the_last_proof_are_metrics(client: TestClient, blog: Blog) -> None:
    blog["backups"].insert_one(REPORT)

    assert told(client) == {
        "taken_timestamp_seconds": TAKEN.timestamp(),
        "size_bytes": 4096,
        "verified_timestamp_seconds": VERIFIED.timestamp(),
    }


def test_a_backup_that_nobody_has_proven_has_no_moment_of_proof(client: TestClient, blog: Blog) -> None:
    blog["backups"].insert_one({**REPORT, "verified_at": None})

    assert told(client).keys() == {"taken_timestamp_seconds", "size_bytes"}


def test_without_a_report_nothing_is_made_up(client: TestClient, blog: Blog) -> None:
    blog["backups"].insert_one(REPORT)
    told(client)
    blog["backups"].delete_many({})

    assert told(client) == {}


def test_while_mongodb_is_away_what_was_last_heard_stands(client: TestClient, blog: Blog) -> None:
    blog["backups"].insert_one(REPORT)
    before = told(client)

    async def ask_where_nobody_is() -> None:
        async with mongo.database(f"mongodb://127.0.0.1:1/{blog.name}", service="tests", seconds=30) as away:
            await asyncio.wait_for(Backups(away, fresh_seconds=0).refresh(), timeout=PATIENCE_SECONDS + 2)

    asyncio.run(ask_where_nobody_is())
    told_meanwhile = REGISTRY.get_sample_value("blog_backup_size_bytes", {"database": blog.name})

    assert (before["size_bytes"], told_meanwhile) == (4096, 4096)
