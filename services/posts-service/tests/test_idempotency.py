import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from structlog.testing import capture_logs

from chassis.problems import Invalid, Problem
from kit.refusals import assert_refused
from kit.signer import Signer
from posts_service.errors import KeyUsedForAnotherPost
from posts_service.idempotency import KEPT
from posts_service.migrations import IDEMPOTENCY

from .factories import Blog, Headers, draft, edit

KEY = {"Idempotency-Key": "7d9f-once"}


def test_a_repeated_key_answers_the_first_result_and_writes_once(
    client: TestClient, minji: Headers, blog: Blog
) -> None:
    first = client.post("/posts", json=draft(tags=["파드"]), headers=minji | KEY)

    again = client.post("/posts", json=draft(tags=["파드"]), headers=minji | KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json() == client.get(first.headers["Location"]).json()
    assert [again.headers[name] for name in ("Location", "ETag")] == [first.headers["Location"], '"1"']
    assert blog["posts"].count_documents({}) == 1


def test_the_first_result_stays_the_answer_after_an_edit(client: TestClient, minji: Headers) -> None:
    first = client.post("/posts", json=draft(), headers=minji | KEY)
    edit(client, minji, first, title="둘째")

    again = client.post("/posts", json=draft(), headers=minji | KEY)

    assert again.json() == first.json()


def test_of_many_at_the_same_moment_one_is_stored_and_all_hear_of_it(
    client: TestClient, minji: Headers, blog: Blog
) -> None:
    start = threading.Barrier(4)

    def send(_: int) -> Response:
        start.wait()
        return client.post("/posts", json=draft(), headers=minji | KEY)

    with ThreadPoolExecutor(4) as all_at_once:
        answers = list(all_at_once.map(send, range(4)))

    assert [answer.status_code for answer in answers] == [201] * 4, [answer.text for answer in answers]
    assert len({answer.text for answer in answers}) == 1
    assert blog["posts"].count_documents({}) == 1
    assert blog[IDEMPOTENCY].count_documents({}) == 1


@pytest.mark.parametrize("other", [{"title": "둘째"}, {"body": "노드"}, {"tags": ["파드"]}])
def test_a_key_that_comes_with_another_post_is_refused(
    client: TestClient, minji: Headers, blog: Blog, other: dict[str, object]
) -> None:
    client.post("/posts", json=draft(), headers=minji | KEY)

    answer = client.post("/posts", json=draft(**other), headers=minji | KEY)

    assert_refused(answer, KeyUsedForAnotherPost)
    assert blog["posts"].count_documents({}) == 1


def test_a_key_belongs_to_its_author(client: TestClient, signer: Signer, blog: Blog) -> None:
    minjis = client.post("/posts", json=draft(), headers=signer.headers("minji") | KEY)

    alexs = client.post("/posts", json=draft(title="둘째"), headers=signer.headers("alex") | KEY)

    assert (alexs.status_code, alexs.json()["author"]) == (201, "alex")
    assert alexs.json()["id"] != minjis.json()["id"]
    assert blog["posts"].count_documents({}) == 2


def test_without_a_key_each_request_is_a_post(client: TestClient, minji: Headers, blog: Blog) -> None:
    for _ in range(2):
        client.post("/posts", json=draft(), headers=minji)

    assert blog["posts"].count_documents({}) == 2
    assert blog[IDEMPOTENCY].count_documents({}) == 0


def test_a_refused_post_leaves_its_key_unused(client: TestClient, minji: Headers, blog: Blog) -> None:
    client.post("/posts", json=draft(title=""), headers=minji | KEY)

    assert client.post("/posts", json=draft(title="첫 글"), headers=minji | KEY).status_code == 201
    assert blog["posts"].count_documents({}) == 1


@pytest.mark.parametrize("key", ["", "two words", "a" * 256, "\x7f"])
def test_a_malformed_key_is_refused(client: TestClient, minji: Headers, blog: Blog, key: str) -> None:
    answer = client.post("/posts", json=draft(), headers=minji | {"Idempotency-Key": key})

    assert [wrong["field"] for wrong in assert_refused(answer, Invalid)["errors"]] == ["idempotency-key"]
    assert blog["posts"].count_documents({}) == 0


def test_a_key_is_kept_for_a_day(client: TestClient, minji: Headers, blog: Blog) -> None:
    client.post("/posts", json=draft(), headers=minji | KEY)

    kept = blog[IDEMPOTENCY].find_one()
    assert kept
    left = kept["expires_at"].replace(tzinfo=UTC) - datetime.now(UTC)
    assert KEPT - timedelta(minutes=1) < left <= KEPT
    assert blog[IDEMPOTENCY].index_information()["expiry"]["expireAfterSeconds"] == 0


@contextmanager
def nothing_can_be_stored_in(blog: Blog, collection: str) -> Iterator[None]:
    """MongoDB refuses each write to a collection."""
    before = blog.command("listCollections", filter={"name": collection})["cursor"]["firstBatch"][0]["options"]
    blog.command("collMod", collection, validator={"$jsonSchema": {"required": ["nobody has this"]}})
    try:
        yield
    finally:
        blog.command("collMod", collection, validator=before["validator"])


def test_nothing_is_half_written(client: TestClient, minji: Headers, blog: Blog) -> None:
    with nothing_can_be_stored_in(blog, IDEMPOTENCY), capture_logs():
        broken = client.post("/posts", json=draft(), headers=minji | KEY)

    assert_refused(broken, Problem)
    assert blog["posts"].count_documents({}) == 0
    assert client.post("/posts", json=draft(), headers=minji | KEY).status_code == 201
