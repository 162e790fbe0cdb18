import json
from datetime import UTC, datetime, timedelta

import pytest

from admin_backup.catalog import Backup, Catalog
from admin_backup.manifest import Manifest, OplogPosition, Proof, name_of
from admin_backup.retention import Rules, kept, prune
from admin_backup.targets.directory import Directory

from .command import Admin

NOW = datetime(2026, 6, 30, 16, 0, tzinfo=UTC)  # the first of July, one in the morning in Korea
NONE = Rules(recent_hours=0, days=0, weeks=0, months=0)


def taken(at: datetime, *, verified: bool = False) -> Backup:
    name = name_of("blog", at)
    manifest = Manifest(
        name=name,
        database="blog",
        taken_at=at,
        oplog=OplogPosition(seconds=int(at.timestamp()), increment=1),
        took_seconds=1,
        archive=f"{name}.archive.gz",
        size=1,
        sha256="",
        encrypted=False,
        server_version="8.0.0",
        tool_version="admin-backup",
        collections={},
    )
    proof = Proof(name=name, verified_at=at, took_seconds=1, server_version="8.0.0")
    return Backup(manifest, proof if verified else None)


def nightly(nights: int) -> list[Backup]:
    return [taken(NOW - timedelta(days=night)) for night in range(nights)]


def days_ago(names: set[str]) -> list[int]:
    return sorted((NOW - backup.manifest.taken_at).days for backup in nightly(400) if backup.name in names)


@pytest.mark.parametrize(
    ("rules", "ages"),
    [
        (Rules(recent_hours=0, days=3, weeks=0, months=0), [0, 1, 2]),
        # Sundays in Korea, and the newest of this week: the first of July 2026 is a Wednesday.
        (Rules(recent_hours=0, days=0, weeks=3, months=0), [0, 3, 10]),
        (Rules(recent_hours=0, days=0, weeks=0, months=3), [0, 1, 31]),
        (Rules(recent_hours=72, days=0, weeks=0, months=0), [0, 1, 2]),
        (Rules(), [0, 1, 2, 3, 4, 5, 6, 10, 17, 31, 62, 92, 123]),
        (NONE, [0]),
    ],
)
def test_the_newest_of_a_day_a_week_and_a_month_stay(rules: Rules, ages: list[int]) -> None:
    assert days_ago(kept(nightly(200), rules, now=NOW)) == ages


def test_the_last_one_that_was_verified_stays_whatever_its_age() -> None:
    old, older = taken(NOW - timedelta(days=300), verified=True), taken(NOW - timedelta(days=310), verified=True)

    assert kept([older, old, *nightly(3)], NONE, now=NOW) == {old.name, nightly(1)[0].name}


def test_of_one_day_the_newest_stands_for_it() -> None:
    morning, evening = taken(NOW - timedelta(hours=30)), taken(NOW - timedelta(hours=26))

    assert kept([morning, evening], Rules(recent_hours=0), now=NOW) == {evening.name}


def write(admin: Admin, backup: Backup) -> None:
    (admin.backups / backup.manifest.archive).write_bytes(b"a")
    Catalog(Directory(admin.backups)).write(f"{backup.name}.json", backup.manifest)
    if backup.proof:
        Catalog(Directory(admin.backups)).write(f"{backup.name}.verified.json", backup.proof)


def test_prune_deletes_all_files_of_what_is_old_and_nothing_else(admin: Admin) -> None:
    old, proven, newest = taken(NOW - timedelta(days=2)), taken(NOW - timedelta(days=1), verified=True), taken(NOW)
    for backup in (old, proven, newest):
        write(admin, backup)
    (admin.backups / "notes.txt").write_text("mine", "utf-8")

    pruned = admin.run("prune", "--recent=0", "--days=0", "--weeks=0", "--months=0").answer

    assert (pruned["deleted"], pruned["kept"]) == ([old.name], [proven.name, newest.name])
    assert admin.files() == sorted(
        [f"{each.name}{end}" for each in (proven, newest) for end in (".archive.gz", ".json")]
        + [f"{proven.name}.verified.json", "notes.txt"]
    )


def test_a_dry_run_deletes_nothing(admin: Admin) -> None:
    for backup in nightly(10):
        write(admin, backup)
    files = admin.files()

    assert admin.run("prune", "--days=1", "--weeks=0", "--months=0", "--dry-run").answer["deleted"] != []
    assert admin.files() == files


def test_records_that_lost_their_archive_go_after_a_day(admin: Admin) -> None:
    lone = taken(NOW - timedelta(hours=25))
    write(admin, lone)
    (admin.backups / lone.manifest.archive).unlink()

    prune(Catalog(Directory(admin.backups)), Rules(), now=NOW - timedelta(hours=2), dry_run=False)
    assert admin.files() == [f"{lone.name}.json"]
    prune(Catalog(Directory(admin.backups)), Rules(), now=NOW, dry_run=False)
    assert admin.files() == []


def test_a_manifest_that_can_not_be_read_stops_it(admin: Admin) -> None:
    for backup in nightly(2):
        write(admin, backup)
    (admin.backups / f"{nightly(1)[0].name}.json").write_text("{", "utf-8")

    assert admin.run("prune", "--days=0").failure.startswith(f"{nightly(1)[0].name}.json is damaged: ")
    assert len(admin.files()) == 4


def test_the_list_says_what_there_is_and_what_was_proven(admin: Admin) -> None:
    for backup in (taken(NOW - timedelta(days=1), verified=True), taken(NOW)):
        write(admin, backup)

    listed = json.loads(admin.run("list", "--json").stdout)
    table = admin.run("list").stdout

    assert [(each["name"], each["verified_at"] is not None) for each in listed] == [
        ("blog-20260629T160000Z", True),
        ("blog-20260630T160000Z", False),
    ]
    assert "2026-06-29 16:00 UTC" in table
