from datetime import UTC, datetime

from fastapi.testclient import TestClient

from kit.refusals import assert_refused
from posts_service.errors import NoStatistics

from .factories import Blog


def test_before_the_admin_job_has_run_there_are_none(client: TestClient) -> None:
    assert_refused(client.get("/stats"), NoStatistics)


def test_the_newest_are_shown(client: TestClient, blog: Blog) -> None:
    counted = {
        "posts": 3,
        "users": 2,
        "authors": [{"author": "minji", "posts": 3}],
        "tags": [{"tag": "파드", "posts": 2}],
        "days": [{"day": "2026-01-02", "posts": 3, "users": 0}],
    }
    blog["stats"].insert_many(
        [{"taken_at": datetime(2026, 1, day, 16, tzinfo=UTC), **counted, "posts": day} for day in (1, 3, 2)]
    )

    answer = client.get("/stats")

    assert answer.status_code == 200
    assert answer.json() == {"taken_at": "2026-01-03T16:00:00Z", **counted, "posts": 3}
