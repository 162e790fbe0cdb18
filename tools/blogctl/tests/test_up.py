import json
import os
import re
import signal
import socket
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from pymongo import MongoClient

from blogctl.mongod import MongodData, url
from blogctl.up.data_directory import DataDirectory

Blogctl = Callable[..., CompletedProcess[str]]


def titles(address: str, *, limit: int = 20) -> list[str]:
    """Read the list. nginx may answer from its cache for a moment, but not with another limit."""
    with urllib.request.urlopen(f"{address}/api/posts?limit={limit}", timeout=10) as answer:  # noqa: S310
        return [post["title"] for post in json.loads(answer.read())]


def write(data: Path, title: str) -> None:
    """Store a post beside the services: who may write over HTTP is not what these tests are about."""
    port = MongodData(data).stored_port()
    assert port is not None
    with MongoClient[dict[str, Any]](url(port)) as client:
        posts = client.get_default_database()["posts"]
        post = posts.find_one({}, {"_id": False}) or {}
        posts.insert_one({**post, "title": title})


@pytest.fixture(scope="module")
def platform(start: Callable[[Path], Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    return start(tmp_path_factory.mktemp("data")).ready()


def test_the_front_door_serves_the_page_and_the_sample_posts(platform: Any) -> None:
    with urllib.request.urlopen(platform.url, timeout=10) as page:  # noqa: S310
        assert "text/html" in page.headers["Content-Type"]

    assert "블로그 플랫폼에 오신 것을 환영합니다" in titles(platform.url)


def test_each_log_line_has_its_programs_name_and_stays_json_where_a_program_reads_it(platform: Any) -> None:
    titles(platform.url)

    name, _, line = next(row for row in platform.stdout.splitlines() if "/api/posts" in row).partition(" | ")

    assert name.strip() in {"posts-service", "frontend"}
    assert json.loads(line)["event"] == "request"


def test_a_second_up_on_the_same_data_is_one_line(platform: Any, blogctl: Blogctl) -> None:
    answer = blogctl("up", "--data", str(platform.data))

    assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) == (1, "", 1)
    assert f"pid {platform.process.pid}, {platform.url}" in answer.stderr


def test_keys_and_data_are_their_owners_alone(platform: Any) -> None:
    private = [platform.data / "keys", platform.data / "mongo", *(platform.data / "keys").iterdir()]

    assert [oct(path.stat().st_mode & 0o077) for path in private] == ["0o0"] * len(private)


def test_a_killed_mongod_comes_back_with_its_data(platform: Any) -> None:
    write(platform.data, "살아남은 글")

    os.kill(platform.pid_of("mongod"), signal.SIGKILL)
    platform.says("^mongod is back")

    assert platform.says("^mongod ended .*")[0] == "mongod ended (SIGKILL): it starts again with the same data"
    assert "살아남은 글" in titles(platform.url, limit=50)


def test_ctrl_c_leaves_nothing_and_the_next_start_finds_its_data(start: Callable[[Path], Any], tmp_path: Path) -> None:
    first = start(tmp_path).ready()
    write(tmp_path, "어제 쓴 글")

    assert (first.stop(signal.SIGINT), first.is_gone()) == (0, True)
    second = start(tmp_path).ready()
    assert "어제 쓴 글" in titles(second.url)

    os.kill(second.pid_of("user-service"), signal.SIGKILL)
    assert (second.process.wait(60), second.is_gone()) == (1, True)
    assert second.stderr.splitlines()[-1].startswith("blogctl: user-service ended (SIGKILL) and everything is stopped")


def test_nothing_outlives_a_killed_blogctl(start: Callable[[Path], Any], tmp_path: Path) -> None:
    platform = start(tmp_path).started()

    platform.stop(signal.SIGKILL)

    with DataDirectory(tmp_path).claimed(port=8080):
        assert platform.is_gone(within=0)


def test_a_taken_port_is_one_line_before_anything_is_started(blogctl: Blogctl, tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        answer = blogctl("up", "--port", str(port), "--data", str(tmp_path))

    assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) == (1, "", 1)
    assert f"port {port} is taken" in answer.stderr
    assert "--port" in answer.stderr


def test_a_broken_database_is_one_line_with_mongods_reason(blogctl: Blogctl, tmp_path: Path) -> None:
    (tmp_path / "mongo").mkdir()
    (tmp_path / "mongo" / "storage.bson").write_text("broken")
    (tmp_path / "mongod.json").write_text('{"port": 27017, "version": "9.1.2"}')

    answer = blogctl("up", "--port", "18099", "--data", str(tmp_path))

    assert answer.returncode == 1
    (line,) = re.findall("^blogctl: .*", answer.stderr, re.MULTILINE)
    assert "Unable to read the storage engine metadata file" in line
    assert "its data was written by mongod 9.1.2" in line
    assert all(way_out in line for way_out in ["mongod.log", "--fresh", "--data"])


def test_dry_run_prints_the_lines_and_starts_nothing(blogctl: Blogctl, tmp_path: Path) -> None:
    answer = blogctl("up", "--dry-run", "--data", str(tmp_path / "data"))

    programs = ["mongod --dbpath", "posts_service serve", "user_service serve", "posts_service migrate", "nginx -p"]
    assert (answer.returncode, answer.stderr) == (0, "")
    assert all(program in answer.stdout for program in programs)
    assert not (tmp_path / "data").exists()


def test_fresh_deletes_nothing_that_is_not_ours(blogctl: Blogctl, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("넉 달의 일")

    answer = blogctl("up", "--fresh", "--data", str(tmp_path))

    assert (answer.returncode, [path.name for path in tmp_path.iterdir()]) == (1, ["thesis.txt"])
    assert "is not a data directory of blogctl" in answer.stderr


def test_fresh_deletes_what_an_earlier_start_kept(tmp_path: Path) -> None:
    data = DataDirectory(tmp_path)
    with data.claimed(port=8080):
        data.keys.mkdir()

        data.demand_ours()
        data.empty()

    assert [path.name for path in tmp_path.iterdir()] == ["blogctl.lock"]
