from typing import Any

import pytest
from fastapi.testclient import TestClient

from chassis.problems import Invalid, Unauthorized
from kit.refusals import assert_refused

from .factories import Blog, Headers, write


def test_what_is_written_is_stored_in_the_name_of_its_author(client: TestClient, minji: Headers, blog: Blog) -> None:
    written = write(client, minji, "잘 읽었습니다.")

    (stored,) = blog["notes"].find()
    assert (stored["text"], stored["author"]) == ("잘 읽었습니다.", "minji")
    assert written.headers["Location"] == f"/notes/{stored['_id']}"


def test_under_api_the_address_says_so(client: TestClient, minji: Headers) -> None:
    written = client.post("/api/notes", json={"text": "하나"}, headers=minji)

    assert written.headers["Location"] == f"/api/notes/{written.json()['id']}"


def test_nobody_writes_without_a_token(client: TestClient, blog: Blog) -> None:
    assert_refused(client.post("/notes", json={"text": "하나"}), Unauthorized)
    assert blog["notes"].count_documents({}) == 0


@pytest.mark.parametrize("sent", [{}, {"text": ""}, {"text": " "}, {"text": "a" * 2001}, {"text": "a", "author": "b"}])
def test_what_breaks_a_rule_is_refused(client: TestClient, minji: Headers, blog: Blog, sent: dict[str, Any]) -> None:
    assert_refused(client.post("/notes", json=sent, headers=minji), Invalid)
    assert blog["notes"].count_documents({}) == 0
