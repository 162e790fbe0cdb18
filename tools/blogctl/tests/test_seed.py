from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from pymongo import MongoClient

from blogctl.mongod import running_mongod

Blogctl = Callable[..., CompletedProcess[str]]


def test_a_second_seed_adds_to_the_first(blogctl: Blogctl, tmp_path: Path) -> None:
    with running_mongod(tmp_path) as url, MongoClient[dict[str, Any]](url) as client:
        first = blogctl("seed", "--posts", "1500", "--data", str(tmp_path))
        second = blogctl("seed", "--posts", "10", "--url", url)

        assert (first.returncode, second.returncode) == (0, 0)
        assert "10 posts added" in second.stdout
        assert "1,510 in all" in second.stdout
        assert client.blog.posts.count_documents({}) == 1510
        assert "1,000 of 1,500 posts\n1,500 of 1,500 posts\n" in first.stderr


def test_without_a_blog_it_says_how_to_start_one(blogctl: Blogctl, tmp_path: Path) -> None:
    answer = blogctl("seed", "--posts", "10", "--data", str(tmp_path))

    assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) == (1, "", 1)
    assert "blogctl up" in answer.stderr


def test_a_blog_that_is_stopped_is_one_line(blogctl: Blogctl, tmp_path: Path) -> None:
    (tmp_path / "mongod.json").write_text('{"port": 1, "version": "6.0.5"}')

    answer = blogctl("seed", "--posts", "10", "--data", str(tmp_path))

    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert "blogctl up" in answer.stderr
