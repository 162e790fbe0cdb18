import httpx
import pytest

from kit.people import PASSWORD, Person, log_in, register, unique
from kit.problems import assert_problem


def test_whoever_registers_has_a_public_profile_without_secrets(api: httpx.Client) -> None:
    name = unique("reader-")
    profile = {"name": name, "password": PASSWORD, "display_name": "김민지", "bio": "파드를 좋아한다."}

    registered = api.post("/users", json=profile)

    assert (registered.status_code, registered.headers["Location"]) == (201, f"/api/users/{name}")
    user = registered.json()
    assert set(user) == {"name", "display_name", "bio", "created_at"}
    assert (user["name"], user["display_name"], user["bio"]) == (name, "김민지", "파드를 좋아한다.")
    assert api.get(f"/users/{name}").json() == user


def test_a_name_belongs_to_one_person(api: httpx.Client, author: Person) -> None:
    assert_problem(api.post("/users", json={"name": author.name, "password": PASSWORD}), 409)


@pytest.mark.parametrize(
    ("profile", "field"),
    [
        ({"name": "Minji"}, "name"),
        ({"name": "../minji"}, "name"),
        ({"name": "ab"}, "name"),
        ({"password": "short"}, "password"),
        ({"roles": ["admin"]}, "roles"),
    ],
)
def test_a_refused_registration_hears_which_field_is_wrong(
    api: httpx.Client, profile: dict[str, object], field: str
) -> None:
    name = unique("reader-")

    answer = api.post("/users", json={"name": name, "password": PASSWORD, **profile})

    (error,) = assert_problem(answer, 422)["errors"]
    assert error["field"] == field
    assert "short" not in answer.text
    assert_problem(api.get(f"/users/{name}"), 404)


def test_a_login_gives_a_short_lived_bearer_token(api: httpx.Client, author: Person) -> None:
    answer = log_in(api, author.name)

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert set(answer.json()) == {"access_token", "token_type", "expires_in"}
    assert answer.json()["token_type"] == "bearer"
    assert 0 < answer.json()["expires_in"] <= 3600


def test_a_wrong_password_and_an_unknown_name_are_told_the_same(api: httpx.Client, author: Person) -> None:
    wrong = assert_problem(log_in(api, author.name, "not the password"), 401)
    unknown = assert_problem(log_in(api, unique("nobody-")), 401)

    assert {**wrong, "request_id": None} == {**unknown, "request_id": None}


def test_guessing_is_stopped_and_told_when_to_come_back(api: httpx.Client) -> None:
    victim = unique("victim-")

    # The limit is a setting, 10 unless it is set; an address has ten times as many.
    for _ in range(20):
        answer = log_in(api, victim, "a guess")
        if answer.status_code != 401:
            break

    assert_problem(answer, 429)
    assert int(answer.headers["Retry-After"]) > 0


def test_somebody_changes_their_own_profile(api: httpx.Client) -> None:
    person = register(api)

    changed = api.patch("/users/me", json={"bio": "노드를 좋아한다."}, headers=person.headers)

    assert (changed.status_code, changed.json()["bio"]) == (200, "노드를 좋아한다.")
    assert api.get("/users/me", headers=person.headers).json() == changed.json()
    assert api.get(f"/users/{person.name}").json() == changed.json()


def test_nobody_has_an_own_profile_without_a_token(api: httpx.Client) -> None:
    for answer in (api.get("/users/me"), api.patch("/users/me", json={"bio": "나는 누구인가"})):
        assert_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_published_keys_are_public_ones(api: httpx.Client) -> None:
    answer = api.get("/.well-known/jwks.json")

    keys = answer.json()["keys"]
    assert keys
    assert all({"kid", "kty", "crv", "x", "y"} <= set(key) for key in keys)
    assert not any("d" in key for key in keys)
