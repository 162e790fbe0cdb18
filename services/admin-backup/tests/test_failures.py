"""What goes wrong is found, said in one line, and touches neither the last good backup nor the live data."""

import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymongo
import pytest
from pymongo.database import Database
from pyrage import x25519

from admin_backup import __main__ as program
from admin_backup import progress, server
from admin_backup.catalog import Catalog
from admin_backup.opened import opened
from admin_backup.targets.directory import Directory
from blogctl.mongod import running_mongod
from chassis.failure import Failure
from kit.mongodb import database

from .command import Admin

Blog = Database[dict[str, Any]]
KEY = x25519.Identity.generate()
NOBODY = 65534


def everything(blog: Blog) -> list[Any]:
    return [(name, list(blog[name].find(sort=[("_id", 1)]))) for name in sorted(blog.list_collection_names())]


def cut_in_half(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def cut_at_the_end(whole: bytes) -> bytes:
    return whole[:-1]


def flipped_at(place: float) -> Callable[[bytes], bytes]:
    def flipped(whole: bytes) -> bytes:
        at = int(len(whole) * place)
        return whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]

    return flipped


def longer(whole: bytes) -> bytes:
    return whole + b"more"


def emptied(whole: bytes) -> bytes:
    return b""


@pytest.fixture(params=["plain", "encrypted"])
def backed_up(admin: Admin, request: pytest.FixtureRequest) -> Admin:
    """The command, with a backup and its key."""
    keys = {"BACKUP_RECIPIENTS": str(KEY.to_public()), "BACKUP_IDENTITY": str(KEY)}
    admin = admin.given(**(keys if request.param == "encrypted" else {}))
    admin.run("backup").answer  # noqa: B018
    return admin


@pytest.mark.parametrize("command", [("verify",), ("restore", "--replace")], ids=["verify", "restore"])
def test_a_damaged_archive_is_named_and_nothing_is_touched(
    backed_up: Admin, live: Blog, command: tuple[str, ...]
) -> None:
    backed_up.archive().write_bytes(flipped_at(0.6)(backed_up.archive().read_bytes()))
    before, files = everything(live), backed_up.files()

    failure = backed_up.run(*command).failure

    assert failure.startswith(f"{backed_up.archive().name}: the archive is damaged: ")
    assert (everything(live), backed_up.files()) == (before, files)


def read_all(backups: Path) -> int:
    """Read the only backup to its end, and give the number of its documents."""
    kept = Catalog(Directory(backups))
    with opened(kept, kept.find(None), [KEY]) as archive:
        return sum(len(chunk) for _, chunks in archive.collections() for chunk in chunks)


def test_every_damage_is_found_and_said_in_one_line(backed_up: Admin) -> None:
    whole = backed_up.archive().read_bytes()
    damages = [cut_in_half, cut_at_the_end, longer, emptied, *(flipped_at(tenth / 100) for tenth in range(100))]

    for damage in damages:
        backed_up.archive().write_bytes(damage(whole))
        with pytest.raises(Failure, match=f"^{re.escape(backed_up.archive().name)}[^\\n]*$"):
            read_all(backed_up.backups)

    backed_up.archive().write_bytes(whole)
    assert read_all(backed_up.backups) == 4


@pytest.fixture
def large(live: Blog) -> None:
    """Collections that take a while: what is random doesn't shrink."""
    live["posts"].insert_many([{"_id": 10 + number, "body": os.urandom(20_000)} for number in range(1000)])


def no_file_grows_beyond_a_megabyte() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("recipient", ["", str(KEY.to_public())], ids=["plain", "encrypted"])
def test_a_file_that_can_not_grow_leaves_nothing(admin: Admin, recipient: str) -> None:
    ended = admin.given(BACKUP_RECIPIENTS=recipient).run("backup", preexec_fn=no_file_grows_beyond_a_megabyte)

    assert ended.failure.endswith(": File too large")
    assert admin.files() == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("only root may mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_leaves_the_last_good_backup(admin: Admin, live: Blog, small_disk: Path) -> None:
    admin = Admin(admin.mongo_url, small_disk)
    good = admin.run("backup").answer["name"]
    live["posts"].insert_many([{"_id": 10 + number, "body": os.urandom(20_000)} for number in range(100)])
    time.sleep(1)  # one backup a second

    failure = admin.run("backup").failure

    assert failure.endswith(".archive.gz.partial: No space left on device")
    assert admin.files() == [f"{good}.archive.gz", f"{good}.json"]
    assert admin.run("verify").answer["name"] == good


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without root's rights, who may do everything."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(me)


def written(directory: Directory) -> None:
    with directory.writing("blog.json") as file:
        file.write(b"{}")


def read(directory: Directory) -> None:
    with directory.reading("blog.json") as file:
        file.read(1)


@pytest.mark.parametrize("use", [Directory.files, written, read, lambda directory: directory.delete("blog.json")])
def test_no_permission_is_said(tmp_path: Path, use: Callable[[Directory], None]) -> None:
    directory = Directory(tmp_path / "backups")
    directory.path.mkdir(mode=0)

    with as_nobody(), pytest.raises(Failure, match=f"^{directory.path}.*: Permission denied$"):
        use(directory)


@pytest.mark.parametrize("command", ["backup", "verify", "restore", "list", "prune"])
def test_a_directory_that_is_not_there_is_not_made(admin: Admin, command: str) -> None:
    elsewhere = Admin(admin.mongo_url, admin.backups / "none")

    assert elsewhere.run(command).failure == f"{elsewhere.backups}: No such file or directory"
    assert admin.files() == []


def test_settings_that_are_missing_are_named(admin: Admin) -> None:
    assert admin.given(BACKUP_DIR="").run("backup").failure == (
        "settings: BACKUP_DIR: is not set, and neither is its _FILE"
    )


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(("sent", "left"), [(signal.SIGKILL, 1), (signal.SIGTERM, 0)])
def test_a_killed_run_leaves_nothing_that_looks_whole(admin: Admin, sent: signal.Signals, left: int) -> None:
    line = [sys.executable, "-m", "admin_backup", "backup"]
    with subprocess.Popen(line, env=admin.environment, stdout=subprocess.PIPE) as running:
        assert running.stdout
        running.stdout.readline()  # the first collection is read; posts come now
        running.send_signal(sent)

    unfinished = [name for name in admin.files() if name.endswith(".partial")]
    assert (len(unfinished), admin.files()) == (left, unfinished)
    assert admin.run("verify").failure == "there is no backup yet"


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[str]:
    """A mongod that may end before the test does."""
    with running_mongod(tmp_path / "mongod") as url:
        address = database(url, "mortal_blog")
        with pymongo.MongoClient[dict[str, Any]](address) as client:
            blog = client.get_default_database()
            for name in ("a", "posts"):
                blog[name].insert_many([{"_id": number, "body": os.urandom(5_000)} for number in range(2000)])
        yield address


def shut_down(url: str) -> None:
    with pymongo.MongoClient[dict[str, Any]](url) as client, pytest.raises(pymongo.errors.AutoReconnect):
        client.admin.command("shutdown", force=True, timeoutSecs=0)


def interrupted(
    admin: Admin,
    command: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    at: str,
    by: Callable[[], None],
) -> str:
    """Run a command in this process, let something happen when its first collection is done, and give its last line."""
    todo = [by]

    def ended(_: progress.Lines, step: str, collection: str, documents: int) -> None:
        if step == at and todo:
            todo.pop()()

    for name, value in admin.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(progress.Lines, "ended", ended)
    monkeypatch.setattr(sys, "argv", ["admin-backup", *command])
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # these two would stay with the tests
    monkeypatch.setattr(os, "nice", lambda _: 0)
    with pytest.raises(SystemExit) as exited:
        program.main()

    said = capsys.readouterr().err
    assert (exited.value.code, said.count("\n")) == (1, 1)
    return said.strip().removeprefix("admin-backup: ")


@pytest.mark.parametrize(("command", "event"), [(["backup"], "read"), (["restore", "--replace"], "restored")])
def test_mongodb_gone_half_way_is_one_line(
    mortal: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    event: str,
) -> None:
    backups = tmp_path / "backups"
    backups.mkdir()
    admin = Admin(mortal, backups)
    good = [] if command == ["backup"] else [admin.run("backup").answer["name"]]
    files = admin.files()

    monkeypatch.setattr(server, "SELECTION_MS", 1000)
    said = interrupted(admin, command, monkeypatch, capsys, at=event, by=lambda: shut_down(mortal))

    assert said.startswith("MongoDB: ")
    assert admin.files() == files
    assert [backup for backup in files if backup.endswith(".gz")] == [f"{name}.archive.gz" for name in good]


def outlive_the_moment(url: str) -> None:
    """Let MongoDB forget what was two seconds ago."""
    with pymongo.MongoClient[dict[str, Any]](url) as client:
        client.admin.command("setParameter", 1, minSnapshotHistoryWindowInSeconds=1)
        for number in range(8):
            client["another"]["written"].insert_one({"_id": number})
            time.sleep(0.5)


def test_a_moment_that_mongodb_no_longer_keeps_is_said_with_the_setting(
    mortal: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    backups = tmp_path / "backups"
    backups.mkdir()
    admin = Admin(mortal, backups)

    said = interrupted(admin, ["backup"], monkeypatch, capsys, at="read", by=lambda: outlive_the_moment(mortal))

    assert said == "MongoDB keeps a moment for 300 s, which was not enough: raise minSnapshotHistoryWindowInSeconds"
    assert admin.files() == []
