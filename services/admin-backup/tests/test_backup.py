import gzip
import json
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pymongo.database import Database

from admin_backup.archive import Archive

from .command import Admin

Blog = Database[dict[str, Any]]


def test_a_backup_is_an_archive_and_its_manifest(admin: Admin) -> None:
    answer = admin.run("backup").answer

    name = answer["name"]
    assert admin.files() == [f"{name}.archive.gz", f"{name}.json"]
    manifest = json.loads((admin.backups / f"{name}.json").read_text("utf-8"))
    counts = {collection: record["documents"] for collection, record in manifest["collections"].items()}
    assert counts == {"idempotency": 1, "posts": 2, "users": 1}
    assert [index["name"] for index in manifest["collections"]["users"]["indexes"]] == ["_id_", "name_1"]
    assert manifest["size"] == admin.archive().stat().st_size
    assert (manifest["oplog"]["seconds"] > 0, manifest["encrypted"]) == (True, False)
    assert {path.stat().st_mode & 0o777 for path in admin.backups.iterdir()} == {0o600}


def test_elsewhere_than_at_a_terminal_each_collection_is_a_line_of_json(admin: Admin) -> None:
    events = admin.run("backup").events

    read = [(event["collection"], event["documents"]) for event in events if event["event"] == "collection_read"]
    assert read == [("idempotency", 1), ("posts", 2), ("users", 1)]
    assert (events[-1]["event"], events[-1]["documents"]) == ("backup_written", 4)


def test_an_archive_holds_documents_as_they_are_stored(admin: Admin, live: Blog) -> None:
    admin.run("backup")

    with gzip.open(admin.archive()) as stream:
        read = {head.collection: b"".join(map(b"".join, chunks)) for head, chunks in Archive(stream).collections()}
    assert [read["posts"]] == [*live["posts"].find_raw_batches(sort=[("_id", 1)])]


def test_stock_mongorestore_restores_it(admin: Admin, live: Blog) -> None:
    if shutil.which("mongorestore") is None:
        pytest.skip("needs mongorestore on PATH (MongoDB's database tools)")
    admin.run("backup")
    posts = list(live["posts"].find())
    live.client.drop_database(live)

    server = admin.mongo_url.replace(f"/{live.name}?", "/?")
    line = ["mongorestore", "--uri", server, f"--archive={admin.archive()}", "--gzip"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "4 document(s) restored successfully. 0 document(s) failed" in done.stderr
    assert list(live["posts"].find()) == posts
    assert set(live["users"].index_information()) == {"_id_", "name_1"}


@pytest.fixture
def pairs(live: Blog) -> Iterator[list[int]]:
    """Somebody who goes on writing: each transaction adds one document to the first collection and one to the last."""
    stop, written = threading.Event(), list[int]()
    for name in ("a", "z"):
        live.create_collection(name)
    live["m"].insert_many([{"_id": number, "text": f"{number:x}" * 100} for number in range(20_000)])

    def write() -> None:
        with live.client.start_session() as session:
            while not stop.is_set():
                with session.start_transaction():
                    for name in ("a", "z"):
                        live[name].insert_one({"_id": len(written)}, session=session)
                written.append(len(written))

    writer = threading.Thread(target=write)
    writer.start()
    yield written
    stop.set()
    writer.join()


def test_a_backup_is_one_moment_while_others_write(admin: Admin, live: Blog, pairs: list[int]) -> None:
    while len(pairs) < 10:
        time.sleep(0.05)

    admin.run("backup").answer  # noqa: B018
    after = len(pairs)

    (manifest,) = admin.backups.glob("*.json")
    counts = {name: found["documents"] for name, found in json.loads(manifest.read_text())["collections"].items()}
    assert 10 <= counts["a"] == counts["z"] < after


def test_an_empty_blog_is_no_backup(admin: Admin, live: Blog) -> None:
    live.client.drop_database(live)

    assert admin.run("backup").failure == f"the database {live.name} is empty: there is nothing to back up"
    assert admin.files() == []


def test_what_an_archive_can_not_hold_is_named(admin: Admin, live: Blog) -> None:
    live.create_collection("newest", viewOn="posts", pipeline=[])

    assert admin.run("backup").failure == "only plain collections can be backed up, not newest (view)"


def test_remains_of_a_restore_are_no_part_of_the_blog(admin: Admin, live: Blog) -> None:
    live["restore_20260101T000000Z_posts"].insert_one({})

    assert admin.run("backup").answer["documents"] == 4
