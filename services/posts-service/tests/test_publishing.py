import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from chassis.problems import BodyTooLarge, Invalid, InvalidJson, Unauthorized, UnsupportedMediaType
from kit.refusals import assert_refused

from .factories import Blog, Headers, draft, publish

JSON = {"Content-Type": "application/json"}


def test_a_post_is_stored_as_it_was_written(client: TestClient, minji: Headers) -> None:
    tags = ["Kubernetes ", "kubernetes", "파드"]

    answer = client.post("/posts", json=draft(title="첫 글", tags=tags), headers=minji)

    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    stored = client.get(answer.headers["Location"]).json()
    assert stored == answer.json()
    assert (stored["title"], stored["tags"], stored["author"]) == ("첫 글", ["kubernetes", "파드"], "minji")


def test_a_post_has_the_fields_of_the_contract(client: TestClient, minji: Headers) -> None:
    post = publish(client, minji).json()

    assert list(post) == ["id", "title", "body", "tags", "author", "created_at", "updated_at", "version"]
    assert (post["version"], post["tags"]) == (1, [])
    assert post["created_at"] == post["updated_at"]
    assert post["created_at"].endswith("Z")


def test_a_link_to_it_carries_the_prefix_that_it_was_sent_to(client: TestClient, minji: Headers) -> None:
    answer = client.post("/api/posts", json=draft(), headers=minji)

    assert answer.headers["Location"] == f"/api/posts/{answer.json()['id']}"
    assert client.get(answer.headers["Location"]).json() == answer.json()


def test_decomposed_korean_is_stored_composed(client: TestClient, minji: Headers, blog: Blog) -> None:
    typed_on_a_mac = unicodedata.normalize("NFD", "쿠버네티스")

    publish(client, minji, title=typed_on_a_mac, body=typed_on_a_mac, tags=[typed_on_a_mac, "쿠버네티스"])

    stored = blog["posts"].find_one()
    assert stored
    assert (stored["title"], stored["body"], stored["tags"]) == ("쿠버네티스", "쿠버네티스", ["쿠버네티스"])


def test_a_title_is_measured_as_it_is_stored(client: TestClient, minji: Headers) -> None:
    decomposed = unicodedata.normalize("NFD", "한" * 200)

    answer = client.post("/posts", json=draft(title=decomposed), headers=minji)

    assert (answer.status_code, answer.json().get("title")) == (201, "한" * 200)


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        ({"title": "한" * 201}, "title", "String should have at most 200 characters"),
        ({"title": ""}, "title", "must not be blank"),
        ({"title": " \n"}, "title", "must not be blank"),
        ({"title": 7}, "title", "Input should be a valid string"),
        ({"title": None}, "title", "Input should be a valid string"),
        ({"title": "첫\0글"}, "title", "must not contain NUL"),
        ({"body": "한" * 100_001}, "body", "String should have at most 100000 characters"),
        ({"body": ["파드"]}, "body", "Input should be a valid string"),
        ({"body": "파드\0"}, "body", "must not contain NUL"),
        ({"tags": "파드"}, "tags", "Input should be a valid list"),
        ({"tags": [str(n) for n in range(11)]}, "tags", "List should have at most 10 items after validation, not 11"),
        ({"tags": ["파드", "한" * 51]}, "tags.1", "String should have at most 50 characters"),
        ({"tags": ["\0"]}, "tags.0", "must not contain NUL"),
        ({"author": "alex"}, "author", "Extra inputs are not permitted"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_stored(
    client: TestClient, minji: Headers, blog: Blog, wrong: dict[str, Any], field: str, reason: str
) -> None:
    answer = client.post("/posts", json=draft(**wrong), headers=minji)

    assert_refused(answer, Invalid, errors=[{"field": field, "reason": reason}])
    assert blog["posts"].count_documents({}) == 0


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (r'{"title": "\ud800", "body": "파드"}', "title"),
        (r'{"title": "첫 글", "body": "\udc00 파드"}', "body"),
        (r'{"title": "첫 글", "body": "파드", "tags": ["\ud800"]}', "tags.0"),
    ],
)
def test_half_a_character_is_refused(client: TestClient, minji: Headers, blog: Blog, text: str, field: str) -> None:
    answer = client.post("/posts", content=text, headers=minji | JSON)

    reason = "must not contain half a character (a lone surrogate)"
    assert_refused(answer, Invalid, errors=[{"field": field, "reason": reason}])
    assert blog["posts"].count_documents({}) == 0


def test_what_is_missing_is_named(client: TestClient, minji: Headers) -> None:
    answer = client.post("/posts", json={}, headers=minji)

    missing = [{"field": field, "reason": "Field required"} for field in ("title", "body")]
    assert_refused(answer, Invalid, errors=missing)


@pytest.mark.parametrize(
    "text", [b'{"title": ', b"{'title': 1}", b"\xff", b'{"title": "\xff"}', b"[" * 100_000, b"9" * 5000]
)
def test_what_is_not_json_is_refused(client: TestClient, minji: Headers, blog: Blog, text: bytes) -> None:
    answer = client.post("/posts", content=text, headers=minji | JSON)

    assert_refused(answer, InvalidJson)
    assert blog["posts"].count_documents({}) == 0


@pytest.mark.parametrize("text", ["[]", '"파드"', "7", "null", ""])
def test_json_that_is_no_object_is_refused(client: TestClient, minji: Headers, text: str) -> None:
    answer = client.post("/posts", content=text, headers=minji | JSON)

    assert_refused(answer, Invalid)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
def test_another_media_type_is_refused(client: TestClient, minji: Headers, blog: Blog, kind: str) -> None:
    answer = client.post("/posts", content='{"title": "t", "body": "b"}', headers=minji | {"Content-Type": kind})

    assert_refused(answer, UnsupportedMediaType, detail="Send application/json.")
    assert blog["posts"].count_documents({}) == 0


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_may_say_that_it_is_utf8(client: TestClient, minji: Headers, kind: str) -> None:
    text = '{"title": "첫 글", "body": "파드"}'.encode()

    answer = client.post("/posts", content=text, headers=minji | {"Content-Type": kind})

    assert (answer.status_code, answer.json()["title"]) == (201, "첫 글")


def test_a_body_over_the_limit_is_refused(client: TestClient, minji: Headers, blog: Blog) -> None:
    answer = client.post("/posts", json=draft(body="x" * 2_097_153), headers=minji)

    assert_refused(answer, BodyTooLarge)
    assert blog["posts"].count_documents({}) == 0


def test_a_body_over_the_limit_that_does_not_say_so_is_refused(client: TestClient, minji: Headers, blog: Blog) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"title": "'
        yield b"x" * 2_097_153

    answer = client.post("/posts", content=chunks(), headers=minji | JSON)

    assert_refused(answer, BodyTooLarge)
    assert blog["posts"].count_documents({}) == 0


def test_the_largest_post_is_taken(client: TestClient, minji: Headers) -> None:
    largest = {"title": "한" * 200, "body": "한 " * 50_000, "tags": [f"{n:한>50}" for n in range(10)]}

    assert publish(client, minji, **largest).json()["body"] == largest["body"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic bWluamk6cHc="}, {"Authorization": "Bearer"}])
def test_without_a_token_nothing_is_stored(client: TestClient, blog: Blog, headers: Headers) -> None:
    answer = client.post("/posts", json=draft(), headers=headers)

    assert_refused(answer, Unauthorized)
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert blog["posts"].count_documents({}) == 0
