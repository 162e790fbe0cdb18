import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from argon2 import extract_parameters
from argon2.low_level import Type
from fastapi.testclient import TestClient
from pymongo.errors import WriteError

from chassis.problems import BodyTooLarge, Invalid, InvalidJson, UnsupportedMediaType
from kit.refusals import assert_refused
from user_service.errors import NameTaken

from .factories import PASSWORD, Blog, log_in, register, registration

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_a_new_user_has_a_public_profile(client: TestClient, prefix: str) -> None:
    answer = client.post(f"{prefix}/users", json=registration(display_name="김민지", bio="파드를 배운다"))

    assert (answer.status_code, answer.headers["Location"]) == (201, f"{prefix}/users/minji")
    assert client.get(answer.headers["Location"]).json() == answer.json()
    profile = answer.json()
    assert list(profile) == ["name", "display_name", "bio", "created_at"]
    assert (profile["name"], profile["display_name"], profile["bio"]) == ("minji", "김민지", "파드를 배운다")
    assert profile["created_at"].endswith("Z")


def test_the_name_is_shown_where_no_other_was_sent(client: TestClient) -> None:
    profile = register(client, name="minji").json()

    assert (profile["display_name"], profile["bio"]) == ("minji", "")


def test_a_password_is_stored_as_argon2id_alone(client: TestClient, blog: Blog) -> None:
    register(client)

    stored = blog["users"].find_one()
    assert stored
    used = extract_parameters(stored["password_hash"])
    assert (used.type, used.memory_cost, used.time_cost, used.parallelism) == (Type.ID, 19 * 1024, 2, 1)
    assert PASSWORD not in str(stored)
    assert stored["roles"] == []


def test_two_users_of_one_password_have_different_hashes(client: TestClient, blog: Blog) -> None:
    register(client, name="minji")
    register(client, name="alex")

    assert len(blog["users"].distinct("password_hash")) == 2


def test_decomposed_korean_is_stored_composed(client: TestClient, blog: Blog) -> None:
    register(client, display_name=unicodedata.normalize("NFD", "김민지"))

    stored = blog["users"].find_one()
    assert stored
    assert stored["display_name"] == "김민지"


@pytest.mark.parametrize("name", ["abc", "0-a", "a_b-c", "a" * 32])
def test_a_name_fits_into_an_address(client: TestClient, name: str) -> None:
    register(client, name=name)

    assert client.get(f"/users/{name}").status_code == 200


def test_a_name_is_given_once(client: TestClient) -> None:
    first = register(client, display_name="김민지").json()

    second = client.post("/users", json=registration(display_name="다른 민지", password="another password"))

    assert_refused(second, NameTaken)
    assert client.get("/users/minji").json() == first
    assert log_in(client).status_code == 200


def test_of_two_at_the_same_moment_one_gets_the_name(client: TestClient, blog: Blog) -> None:
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda bio: client.post("/users", json=registration(bio=bio)), ["첫째", "둘째"]))

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert blog["users"].count_documents({}) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "me"}, "name"),
        ({"name": "a" * 33}, "name"),
        ({"name": "Minji"}, "name"),
        ({"name": "민지민지"}, "name"),
        ({"name": "-minji"}, "name"),
        ({"name": "minji\n"}, "name"),
        ({"name": "min ji"}, "name"),
        ({"name": 7}, "name"),
        ({"password": "seven77"}, "password"),
        ({"password": "x" * 201}, "password"),
        ({"password": None}, "password"),
        ({"display_name": ""}, "display_name"),
        ({"display_name": "  "}, "display_name"),
        ({"display_name": "김" * 51}, "display_name"),
        ({"display_name": "김\0"}, "display_name"),
        ({"bio": "김" * 501}, "bio"),
        ({"bio": "\0"}, "bio"),
        ({"bio": None}, "bio"),
        ({"roles": ["admin"]}, "roles"),
    ],
)
def test_a_wrong_value_is_named_and_nobody_is_stored(
    client: TestClient, blog: Blog, wrong: dict[str, Any], field: str
) -> None:
    answer = client.post("/users", json=registration(**wrong))

    assert [error["field"] for error in assert_refused(answer, Invalid)["errors"]] == [field]
    assert blog["users"].count_documents({}) == 0


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (r'{"name": "minji", "password": "\ud800 long enough"}', "password"),
        (r'{"name": "minji\ud800", "password": "long enough"}', "name"),
        (r'{"name": "minji", "password": "long enough", "bio": "\udc00"}', "bio"),
    ],
)
def test_half_a_character_is_refused(client: TestClient, blog: Blog, text: str, field: str) -> None:
    answer = client.post("/users", content=text, headers=JSON)

    assert [error["field"] for error in assert_refused(answer, Invalid)["errors"]] == [field]
    assert blog["users"].count_documents({}) == 0


def test_a_refused_password_is_not_told(client: TestClient) -> None:
    answer = client.post("/users", json=registration(password="secret7"))

    assert "secret7" not in answer.text


def test_what_is_not_json_is_refused(client: TestClient) -> None:
    assert_refused(client.post("/users", content="{", headers=JSON), InvalidJson)
    assert_refused(client.post("/users", data=registration()), UnsupportedMediaType)
    assert_refused(client.post("/users", json=registration(bio="x" * 2_097_153)), BodyTooLarge)


def test_what_is_no_user_can_not_be_stored(blog: Blog) -> None:
    with pytest.raises(WriteError, match="Document failed validation"):
        blog["users"].insert_one({"name": "minji"})
