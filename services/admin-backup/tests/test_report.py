from datetime import datetime, timedelta
from typing import Any

import pytest
from pymongo.database import Database

from .command import Admin

Blog = Database[dict[str, Any]]


def reported(live: Blog) -> dict[str, Any]:
    (report,) = live["backups"].find()
    return report


def test_the_database_is_told_of_the_newest_backup(admin: Admin, live: Blog) -> None:
    answer = admin.run("backup").answer

    report = reported(live)
    assert (report["name"], report["size"]) == (answer["name"], admin.archive().stat().st_size)
    assert f"{report['taken_at'].isoformat()}Z" == answer["taken_at"]
    assert report["verified_at"] is None


def test_the_last_proof_is_told_with_the_next_backup(admin: Admin, live: Blog) -> None:
    first = admin.run("backup").answer["name"]
    proof = admin.run("verify").answer
    second = _a_second_later(admin)

    report = reported(live)
    assert (first, report["name"]) == (proof["name"], second)
    assert report["verified_at"] - datetime.fromisoformat(proof["verified_at"]).replace(tzinfo=None) == timedelta(0)


def _a_second_later(admin: Admin) -> str:
    """Back up again; a moment's name is a second long."""
    while (ended := admin.run("backup")).status:
        assert "one backup a second" in ended.stderr
    name: str = ended.answer["name"]
    return name


def test_the_report_is_no_part_of_the_blog(admin: Admin, live: Blog) -> None:
    admin.run("backup")
    report = reported(live)
    live["posts"].drop()
    live["users"].drop()
    live["idempotency"].drop()

    answer = admin.run("restore").answer

    assert (answer["documents"], answer["replaced"], answer["left"]) == (4, [], [])
    assert reported(live) == report


def test_after_a_lost_database_a_restore_tells_it_again(admin: Admin, live: Blog) -> None:
    name = admin.run("backup").answer["name"]
    live.client.drop_database(live)

    admin.run("restore").answer  # noqa: B018

    assert reported(live)["name"] == name


@pytest.mark.parametrize("damage", ["{", '{"name": 1}'])
def test_a_backup_that_could_not_be_reported_is_still_a_good_one(admin: Admin, live: Blog, damage: str) -> None:
    (admin.backups / "blog-20260101T000000Z.json").write_text(damage, "utf-8")
    (admin.backups / "blog-20260101T000000Z.archive.gz").touch()

    events = admin.run("backup").events

    assert [event["event"] for event in events[-2:]] == ["backup_not_reported", "backup_written"]
    assert "blog-20260101T000000Z.json is damaged" in events[-2]["reason"]
    assert live["backups"].find_one() is None
