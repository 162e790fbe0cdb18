import json
import os
import subprocess
import sys
from typing import Any

from pymongo.database import Database


def admin_backup(*arguments: str, mongo_url: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "admin_backup", *arguments]
    environment = {**os.environ, "MONGO_URL": mongo_url}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_blog_is_counted_by_author_tag_and_day_in_korea(blog: Database[dict[str, Any]], blog_url: str) -> None:
    ran = admin_backup("stats", "--json", mongo_url=blog_url)

    assert (ran.returncode, ran.stderr) == (0, "")
    counted = json.loads(ran.stdout)
    assert (counted["posts"], counted["users"]) == (3, 2)
    assert counted["authors"] == [{"author": "minji", "posts": 2}, {"author": "alex", "posts": 1}]
    assert counted["tags"] == [{"tag": "쿠버네티스", "posts": 2}, {"tag": "mongodb", "posts": 1}]
    assert counted["days"] == [
        {"day": "2026-01-01", "posts": 1, "users": 2},
        {"day": "2026-01-02", "posts": 2, "users": 0},
    ]


def test_the_count_is_stored_where_posts_service_serves_it_from(blog: Database[dict[str, Any]], blog_url: str) -> None:
    admin_backup("stats", mongo_url=blog_url)

    (stored,) = blog["stats"].find()
    assert (stored["posts"], stored["users"], len(stored["days"])) == (3, 2, 2)


def test_people_read_tables(blog: Database[dict[str, Any]], blog_url: str) -> None:
    ran = admin_backup("stats", mongo_url=blog_url)

    assert ran.stdout.startswith("posts: 3, users: 2, at ")
    assert "쿠버네티스" in ran.stdout


def test_an_empty_blog_is_counted_too(blog_url: str) -> None:
    ran = admin_backup("stats", "--json", mongo_url=blog_url)

    counted = json.loads(ran.stdout)
    assert (counted["posts"], counted["users"], counted["days"]) == (0, 0, [])


def test_an_address_that_is_none_is_one_line_and_no_traceback() -> None:
    ran = admin_backup("stats", mongo_url="not an address")

    assert ran.returncode == 1
    assert ran.stderr == "settings: MONGO_URL: not an address of MongoDB (mongodb://host:27017/blog)\n"
