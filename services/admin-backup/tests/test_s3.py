"""Backups in S3-compatible storage, on a server that is one."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo.database import Database
from pyrage import x25519

from blogctl import ports

from .command import Admin

Blog = Database[dict[str, Any]]
KEY = x25519.Identity.generate()
BUCKET = "backups"


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of an S3 server, and where it keeps a bucket's objects as files."""
    server = shutil.which("versitygw")
    if server is None:
        pytest.skip("needs versitygw on PATH: go install github.com/versity/versitygw/cmd/versitygw@v1.8.0")
    data, attributes = tmp_path_factory.mktemp("s3"), tmp_path_factory.mktemp("s3-attributes")
    (data / BUCKET).mkdir()
    address = f"{ports.LOOPBACK}:{ports.free(1)[0]}"
    line = [server, "--access", "minji", "--secret", "seoul-2026", "--port", address, "--health", "/health"]
    line += ["posix", "--sidecar", str(attributes), str(data)]
    with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        _wait(f"http://{address}/health")
        yield f"http://{address}", data / BUCKET
        running.terminate()


def _wait(url: str) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            httpx.get(url).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"{url} did not answer")


@pytest.fixture
def s3(admin: Admin, stored: tuple[str, Path]) -> Admin:
    """The command, for a bucket that is empty."""
    endpoint, objects = stored
    for path in objects.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    key = {"AWS_ACCESS_KEY_ID": "minji", "AWS_SECRET_ACCESS_KEY": "seoul-2026", "AWS_REGION": "us-east-1"}
    return admin.given(BACKUP_DIR=f"s3://{BUCKET}/blog", AWS_ENDPOINT_URL=endpoint, **key)


def objects(stored: tuple[str, Path]) -> list[str]:
    return sorted(path.name for path in (stored[1] / "blog").glob("*"))


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
def test_a_backup_goes_there_and_comes_back(
    s3: Admin, live: Blog, stored: tuple[str, Path], *, encrypted: bool
) -> None:
    keys = {"BACKUP_RECIPIENTS": str(KEY.to_public()), "BACKUP_IDENTITY": str(KEY)} if encrypted else {}
    s3, posts = s3.given(**keys), list(live["posts"].find())

    written = s3.run("backup").answer
    assert s3.run("verify").answer["name"] == written["name"]
    live.client.drop_database(live)
    s3.run("restore").answer  # noqa: B018

    assert list(live["posts"].find()) == posts
    assert written["archive"] in objects(stored)
    assert s3.run("prune").answer["kept"] == [written["name"]]


def test_it_is_uploaded_in_parts(s3: Admin, live: Blog, stored: tuple[str, Path]) -> None:
    live["posts"].insert_many([{"_id": 10 + number, "body": os.urandom(100_000)} for number in range(250)])

    written = s3.run("backup").answer

    assert written["size"] > 20_000_000
    assert (stored[1] / "blog" / written["archive"]).stat().st_size == written["size"]
    s3.run("verify").answer  # noqa: B018


def test_a_run_that_fails_leaves_no_object(s3: Admin, live: Blog, stored: tuple[str, Path]) -> None:
    live.client.drop_database(live)

    assert s3.run("backup").status == 1
    assert objects(stored) == []


@pytest.mark.parametrize(
    ("setting", "value", "reason"),
    [
        ("AWS_SECRET_ACCESS_KEY", "busan", "403"),
        ("BACKUP_DIR", "s3://elsewhere/blog", "elsewhere"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1", "rror"),
    ],
)
@pytest.mark.parametrize("command", ["backup", "list"])
def test_what_is_refused_is_one_line(s3: Admin, command: str, setting: str, value: str, reason: str) -> None:
    failure = s3.given(**{setting: value}).run(command).failure

    assert failure.startswith("s3://")
    assert reason in failure
