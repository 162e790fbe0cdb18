"""`python -m user_service`, as a container runs it."""

import json
import stat
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from kit.programs import Tree, running_service
from user_service import keys

from .factories import PASSWORD, Blog, register

MONGO_URL = "mongodb://127.0.0.1:27017/blog?replicaSet=rs0"


def test_help_names_every_command() -> None:
    done = Tree().run("user_service", "--help")

    assert done.returncode == 0
    assert all(command in done.stdout for command in ("serve", "migrate", "new-key", "grant-admin"))


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({}, "MONGO_URL: is not set, and neither is its _FILE; KEYS_DIR: is not set, and neither is its _FILE"),
        ({"MONGO_URL": MONGO_URL, "KEYS_DIR": "/nowhere"}, "KEYS_DIR: Path does not point to a directory"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(environment: dict[str, Any], line: str) -> None:
    done = Tree().run("user_service", "serve", **environment)

    assert done.returncode == 1
    assert done.stderr.startswith(f"settings: {line}")
    assert (done.stderr.count("\n"), done.stdout) == (1, "")


def test_without_a_key_it_ends_with_one_line(tmp_path: Path) -> None:
    done = Tree().run("user_service", "serve", MONGO_URL=MONGO_URL, KEYS_DIR=str(tmp_path))

    expected = f"user-service: {tmp_path} holds no key (KEYID.pem, with a KEYID such as 20260101T000000Z)\n"
    assert (done.returncode, done.stderr, done.stdout) == (1, expected, "")


def test_a_new_key_is_written_where_it_says(tmp_path: Path) -> None:
    done = Tree().run("user_service", "new-key", str(tmp_path / "keys"))

    assert (done.returncode, done.stderr) == (0, "")
    (made,) = (tmp_path / "keys").iterdir()
    assert done.stdout == f"{made}\n"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


def test_an_admin_is_granted_by_command(client: TestClient, blog: Blog, blog_url: str) -> None:
    register(client, name="minji")
    register(client, name="alex")

    done = Tree().run("user_service", "grant-admin", "minji", MONGO_URL=blog_url)

    assert (done.returncode, done.stderr) == (0, "")
    assert {user["name"]: user["roles"] for user in blog["users"].find()} == {"minji": ["admin"], "alex": []}


def test_nobody_can_not_be_made_an_admin(blog: Blog, blog_url: str) -> None:
    done = Tree().run("user_service", "grant-admin", "alex", MONGO_URL=blog_url)

    assert (done.returncode, done.stderr) == (1, "There is no such user: alex\n")
    assert blog["users"].count_documents({}) == 0


def test_its_migrations_may_run_twice(blog: Blog, blog_url: str) -> None:
    blog["schema_migrations"].delete_many({"_id": {"$regex": "^user-service/"}})

    first, second = (Tree().run("user_service", "migrate", MONGO_URL=blog_url) for _ in range(2))

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert (first.stdout.count("migration_applied"), second.stdout) == (2, "")
    assert blog["users"].index_information()["name"]["unique"] is True


def test_a_password_is_in_no_log(blog: Blog, blog_url: str, tmp_path: Path) -> None:
    keys.make(tmp_path / "keys")

    with running_service("user_service", tmp_path, MONGO_URL=blog_url, KEYS_DIR=str(tmp_path / "keys")) as url:
        httpx.post(f"{url}/users", json={"name": "minji", "password": PASSWORD})
        form = {"grant_type": "password", "username": "minji", "password": PASSWORD}
        token = httpx.post(f"{url}/token", data=form).json()["access_token"]
        httpx.get(f"{url}/users/me", headers={"Authorization": f"Bearer {token}"})

    logged = (tmp_path / "stdout").read_text("utf-8")
    requests = [line for line in map(json.loads, logged.splitlines()) if line["event"] == "request"]
    assert [line["status"] for line in requests] == [201, 200, 200]
    assert PASSWORD not in logged
    assert json.dumps(PASSWORD) not in logged
    assert token not in logged
