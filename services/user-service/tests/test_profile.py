from typing import Any

import pytest
from fastapi.testclient import TestClient

from chassis.problems import Invalid, InvalidJson, Unauthorized, UnsupportedMediaType
from kit.refusals import assert_refused
from user_service.errors import UserNotFound

from .factories import Blog, bearer, log_in, register


def test_whoever_is_logged_in_reads_their_own(client: TestClient) -> None:
    registered = register(client, display_name="김민지")

    answer = client.get("/users/me", headers=bearer(log_in(client)))

    assert (answer.status_code, answer.json()) == (200, registered.json())


def test_only_what_was_sent_changes(client: TestClient, blog: Blog) -> None:
    register(client, display_name="김민지", bio="파드를 배운다")
    before = blog["users"].find_one()

    answer = client.patch("/users/me", json={"bio": "노드를 배운다"}, headers=bearer(log_in(client)))

    assert answer.status_code == 200
    assert (answer.json()["display_name"], answer.json()["bio"]) == ("김민지", "노드를 배운다")
    assert client.get("/users/minji").json() == answer.json()
    assert before
    assert blog["users"].find_one() == {**before, "bio": "노드를 배운다"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, "body"),
        ({"display_name": ""}, "display_name"),
        ({"display_name": None}, "display_name"),
        ({"bio": "김" * 501}, "bio"),
        ({"bio": "노드", "name": "alex"}, "name"),
        ({"bio": "노드", "password": "another password"}, "password"),
        ({"bio": "노드", "roles": ["admin"]}, "roles"),
    ],
)
def test_a_wrong_change_is_named_and_nothing_changes(client: TestClient, change: dict[str, Any], field: str) -> None:
    registered = register(client, bio="파드를 배운다")

    answer = client.patch("/users/me", json=change, headers=bearer(log_in(client)))

    assert [error["field"] for error in assert_refused(answer, Invalid)["errors"]] == [field]
    assert client.get("/users/minji").json() == registered.json()


def test_a_change_that_is_not_json_is_refused(client: TestClient) -> None:
    register(client)
    headers = bearer(log_in(client))

    assert_refused(client.patch("/users/me", data={"bio": "노드"}, headers=headers), UnsupportedMediaType)
    broken = client.patch("/users/me", content="{", headers=headers | {"Content-Type": "application/json"})
    assert_refused(broken, InvalidJson)


@pytest.mark.parametrize("method", ["GET", "PATCH"])
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer minji"}])
def test_a_stranger_has_none_of_their_own(client: TestClient, method: str, headers: dict[str, str]) -> None:
    answer = client.request(method, "/users/me", headers=headers, json={"bio": "노드"} if method == "PATCH" else None)

    assert_refused(answer, Unauthorized)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_outlives_its_user_but_finds_nobody(client: TestClient, blog: Blog) -> None:
    register(client)
    headers = bearer(log_in(client))
    blog["users"].delete_many({})

    assert_refused(client.get("/users/me", headers=headers), UserNotFound)
    assert_refused(client.patch("/users/me", json={"bio": "노드"}, headers=headers), UserNotFound)


@pytest.mark.parametrize("name", ["alex", "Minji", "민지", "%00", "a" * 5000])
def test_a_name_that_nobody_has_is_not_found(client: TestClient, name: str) -> None:
    register(client)

    assert_refused(client.get(f"/users/{name}"), UserNotFound)


def test_a_profile_never_holds_a_secret(client: TestClient) -> None:
    register(client)

    for url, headers in (("/users/minji", {}), ("/users/me", bearer(log_in(client)))):
        answer = client.get(url, headers=headers)

        assert "argon2" not in answer.text
        assert {"password_hash", "roles"}.isdisjoint(answer.json())
