"""`python -m posts_service`, as a container runs it."""

import re
from pathlib import Path
from typing import Any

import pytest

from kit.programs import Tree, running_service
from posts_service.settings import SERVICE

from .factories import Blog

MONGO_URL = "mongodb://127.0.0.1:27017/blog?replicaSet=rs0"


def test_help_names_every_command() -> None:
    done = Tree().run("posts_service", "--help")

    assert done.returncode == 0
    assert all(command in done.stdout for command in ("serve", "migrate", "sample-posts"))


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({}, "MONGO_URL: is not set, and neither is its _FILE"),
        ({"MONGO_URL": MONGO_URL, "JWKS_URL": "user-service"}, "JWKS_URL: Input should be a valid URL"),
        ({"MONGO_URL_FILE": "/nowhere/mongo_url"}, "MONGO_URL_FILE: /nowhere/mongo_url: No such file or directory"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(environment: dict[str, Any], line: str) -> None:
    done = Tree().run("posts_service", "serve", **environment)

    assert done.returncode == 1
    assert done.stderr.startswith(f"settings: {line}")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_a_password_is_in_no_message() -> None:
    done = Tree().run("posts_service", "serve", MONGO_URL="mongodb://posts:hunter2@db:port/blog")

    assert done.returncode == 1
    assert "hunter2" not in done.stderr + done.stdout


def test_the_address_may_be_in_a_file(blog_url: str, tmp_path: Path) -> None:
    secret = tmp_path / "mongo_url"
    secret.write_text(f"{blog_url}\n", "utf-8")

    with running_service("posts_service", tmp_path, MONGO_URL_FILE=str(secret)) as url:
        assert url
    assert (tmp_path / "stderr").read_text("utf-8") == ""


def test_sample_posts_are_written_by_a_command_of_their_own(blog: Blog, blog_url: str) -> None:
    blog["schema_migrations"].delete_one({"_id": f"{SERVICE}/sample-posts"})

    done = Tree().run("posts_service", "sample-posts", MONGO_URL=blog_url)

    assert (done.returncode, done.stderr) == (0, "")
    assert blog["posts"].count_documents({}) == 5


@pytest.mark.parametrize("command", ["migrate", "sample-posts"])
def test_a_database_that_refuses_is_one_line(blog_url: str, command: str) -> None:
    refused = blog_url.replace("mongodb://", "mongodb://posts:hunter2@").replace("?", "?authSource=admin&")

    done = Tree().run("posts_service", command, MONGO_URL=refused)

    assert done.returncode == 1
    assert re.fullmatch(r"posts-service: MongoDB: Authentication failed\..*\n", done.stderr)
    assert "hunter2" not in done.stderr + done.stdout
