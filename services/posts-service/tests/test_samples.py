import asyncio

import pytest
from fastapi.testclient import TestClient

from chassis import mongo
from chassis.migrations import COLLECTION
from posts_service import samples, seed

from .factories import Blog, Headers, publish, titles


def write_samples(url: str, *, at_once: int = 1) -> list[int]:
    async def write() -> list[int]:
        async with mongo.database(url, service="tests", seconds=30) as blog:
            return list(await asyncio.gather(*(samples.write(blog) for _ in range(at_once))))

    return asyncio.run(write())


@pytest.fixture(autouse=True)
def no_record_of_samples(blog: Blog) -> None:
    blog[COLLECTION].delete_one(samples.RECORD)


def test_a_new_blog_begins_with_the_samples(client: TestClient, blog_url: str) -> None:
    written = write_samples(blog_url)

    assert written == [len(samples.SAMPLES)]
    assert titles(client.get("/posts")) == [sample.title for sample in reversed(samples.SAMPLES)]
    assert "쿠버네티스를 한국어로 찾기" in titles(client.get("/posts?q=쿠버네티스"))


def test_they_are_written_once_even_if_they_were_deleted(client: TestClient, blog_url: str, blog: Blog) -> None:
    write_samples(blog_url)
    blog["posts"].delete_many({})

    assert write_samples(blog_url) == [0]
    assert titles(client.get("/posts")) == []


def test_two_at_once_write_them_once(client: TestClient, blog_url: str) -> None:
    write_samples(blog_url, at_once=2)

    assert len(titles(client.get("/posts"))) == len(samples.SAMPLES)


def test_a_blog_with_posts_gets_none(client: TestClient, minji: Headers, blog_url: str) -> None:
    publish(client, minji, title="첫 글")

    assert write_samples(blog_url) == [0]
    assert titles(client.get("/posts")) == ["첫 글"]


def test_made_up_posts_are_the_same_each_time_and_fit_the_schema(client: TestClient, blog: Blog) -> None:
    blog["posts"].insert_many(seed.posts(30))

    assert list(seed.posts(30)) == [*seed.posts(10), *seed.posts(20, start=10)]
    assert len(titles(client.get("/posts?limit=100"))) == 30
    assert titles(client.get("/posts?q=프라이머리"))
