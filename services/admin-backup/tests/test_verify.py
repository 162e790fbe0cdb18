import os
import shutil
from typing import Any

import pytest
from pymongo.database import Database

from admin_backup import scratch
from chassis.failure import Failure

from .command import Admin

Blog = Database[dict[str, Any]]


def test_a_good_backup_is_proven_and_the_proof_is_kept(admin: Admin) -> None:
    name = admin.run("backup").answer["name"]

    proof = admin.run("verify").answer

    assert proof["name"] == name
    assert admin.files() == [f"{name}.archive.gz", f"{name}.json", f"{name}.verified.json"]


def test_nothing_stays_where_it_was_restored_to(admin: Admin, live: Blog) -> None:
    before = set(live.client.list_database_names())
    admin.run("backup")

    admin.run("verify", admin.archive().name).answer  # noqa: B018

    assert set(live.client.list_database_names()) == before


def test_without_an_address_it_starts_a_mongod_of_its_own(admin: Admin) -> None:
    try:
        scratch._mongod()
    except Failure as failure:
        pytest.skip(str(failure))
    admin.run("backup")

    assert admin.given(SCRATCH_MONGO_URL="").run("verify").answer["event"] == "backup_verified"


def test_without_either_it_says_what_would_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(os, "access", lambda *_: False)

    with pytest.raises(Failure, match="set SCRATCH_MONGO_URL, or put mongod on PATH"), scratch.database(None):
        pass


@pytest.mark.parametrize(
    ("told", "written", "reason"),
    [
        ('"documents": 2', '"documents": 3', "posts has 2 documents, the manifest says 3"),
        (
            '"name": "words_1"',
            '"name": "words_2"',
            'posts has other indexes than the manifest says: {"key": {"words": 1}',
        ),
        ('"created_at": -1,\n', '"created_at": 1,\n', "posts has other indexes than the manifest says: "),
        ('"users": {', '"people": {', "users is not in the manifest"),
        ('"size": ', '"size": "many', "json is damaged: "),
    ],
)
def test_what_differs_from_the_manifest_is_named(admin: Admin, told: str, written: str, reason: str) -> None:
    name = admin.run("backup").answer["name"]
    manifest = admin.backups / f"{name}.json"
    text = manifest.read_text("utf-8")
    assert told in text
    manifest.write_text(text.replace(told, written, 1), "utf-8")

    failure = admin.run("verify").failure

    assert reason in failure
    assert f"{name}.verified.json" not in admin.files()


def test_documents_that_were_changed_are_found(admin: Admin) -> None:
    name = admin.run("backup").answer["name"]
    manifest = admin.backups / f"{name}.json"
    text = manifest.read_text("utf-8")
    posts = text.index('"posts"')
    hashed = text.index('"sha256": "', posts) + len('"sha256": "')
    manifest.write_text(text[:hashed] + "0" * 64 + text[hashed + 64 :], "utf-8")

    failure = admin.run("verify").failure

    assert failure.endswith("posts has as many documents as the manifest says, but not the same ones")


def test_a_name_that_is_none_is_said(admin: Admin) -> None:
    assert admin.run("verify").failure == "there is no backup yet"
    name = admin.run("backup").answer["name"]
    assert admin.run("verify", "blog-1").failure == f"there is no backup blog-1; the newest is {name}"
