import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import KeySet

from chassis.problems import Invalid, UnsupportedMediaType
from chassis.tokens import AUDIENCE, ISSUER
from kit.refusals import assert_refused
from user_service import passwords
from user_service.app import create_app
from user_service.errors import TooManyAttempts, TooManyLogins, WrongCredentials
from user_service.migrations import ATTEMPTS
from user_service.settings import UserSettings

from .factories import PASSWORD, Blog, bearer, log_in, register

FORM = {"grant_type": "password", "username": "minji", "password": PASSWORD}


def limited(settings: UserSettings, **limits: int) -> UserSettings:
    """The same service with other limits."""
    return settings.model_copy(update={f"login_{name}": limit for name, limit in limits.items()})


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_the_right_password_gives_a_token(client: TestClient, prefix: str) -> None:
    register(client)

    answer = client.post(f"{prefix}/token", data=FORM)

    assert answer.status_code == 200
    assert set(answer.json()) == {"access_token", "token_type", "expires_in"}
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("bearer", 900)
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/users/me", headers=bearer(answer)).json()["name"] == "minji"


def test_a_token_says_who_for_whom_and_how_long(client: TestClient, settings: UserSettings) -> None:
    register(client)
    before = int(time.time())

    token = log_in(client).json()["access_token"]

    published = KeySet.import_key_set(client.get("/.well-known/jwks.json").json())
    decoded = jwt.decode(token, published, algorithms=["ES256"])
    (key_file,) = settings.keys_dir.glob("*.pem")
    assert decoded.header == {"alg": "ES256", "kid": key_file.stem, "typ": "at+jwt"}
    claims = dict(decoded.claims)
    issued = claims.pop("iat")
    assert before <= issued <= time.time()
    assert claims.pop("exp") == issued + 900
    assert len(claims.pop("jti")) == 16
    assert claims == {"iss": ISSUER, "aud": AUDIENCE, "sub": "minji", "roles": []}


def test_two_tokens_are_never_the_same(client: TestClient) -> None:
    register(client)

    assert log_in(client).json()["access_token"] != log_in(client).json()["access_token"]


@pytest.mark.parametrize(
    ("name", "password"),
    [("minji", "벚꽃이 피는 밤 5월"), ("alex", PASSWORD), ("Minji", PASSWORD), ("minji", f"{PASSWORD} "), ("$ne", "x")],
)
def test_a_wrong_password_and_an_unknown_user_are_one_answer(client: TestClient, name: str, password: str) -> None:
    register(client)

    answer = log_in(client, name, password)

    document = assert_refused(answer, WrongCredentials)
    assert "detail" not in document
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_an_unknown_user_costs_a_hash_as_well(client: TestClient, settings: UserSettings) -> None:
    register(client)

    def took(name: str) -> float:
        began = time.perf_counter()
        assert log_in(client, name, "벚꽃이 피는 밤 5월").status_code == 401
        return time.perf_counter() - began

    known, unknown = zip(*((took("minji"), took("alex")) for _ in range(7)), strict=True)

    assert 0.3 < statistics.median(unknown) / statistics.median(known) < 3.3  # without a hash it is below 0.1


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({**FORM, "grant_type": "refresh_token"}, "grant_type"),
        ({**FORM, "username": ""}, "username"),
        ({**FORM, "username": "\0"}, "username"),
        ({**FORM, "username": "a" * 201}, "username"),
        ({**FORM, "password": ""}, "password"),
        ({**FORM, "password": "a" * 201}, "password"),
        ({"username": "minji"}, "password"),
    ],
)
def test_a_wrong_form_is_named(client: TestClient, blog: Blog, form: dict[str, str], field: str) -> None:
    answer = client.post("/token", data=form)

    assert [error["field"] for error in assert_refused(answer, Invalid)["errors"]] == [field]
    assert blog[ATTEMPTS].count_documents({}) == 0


def test_the_form_is_no_json(client: TestClient) -> None:
    register(client)

    answer = client.post("/token", json=FORM)

    assert_refused(answer, UnsupportedMediaType, detail="Send application/x-www-form-urlencoded.")


def test_an_account_has_its_share_of_attempts(client: TestClient, settings: UserSettings, blog: Blog) -> None:
    register(client)
    with TestClient(create_app(limited(settings, attempts_per_account=3))) as strict:
        for _ in range(3):
            log_in(strict, "minji", "벚꽃이 피는 밤 5월")

        refused = log_in(strict)  # the right one, too late
        other = register(strict, name="alex")

        assert_refused(refused, TooManyAttempts)
        assert 290 <= int(refused.headers["Retry-After"]) <= 300
        assert log_in(strict, other.json()["name"]).status_code == 200


def test_a_name_that_nobody_has_is_counted_too(settings: UserSettings, client: TestClient) -> None:
    with TestClient(create_app(limited(settings, attempts_per_account=1))) as strict:
        first, second = log_in(strict, "alex"), log_in(strict, "alex")

    assert_refused(first, WrongCredentials)
    assert_refused(second, TooManyAttempts)


def test_an_address_has_its_share_of_attempts(settings: UserSettings, client: TestClient) -> None:
    """The last entry is what our nginx added; a client can write what it likes before it."""
    with TestClient(create_app(limited(settings, attempts_per_address=2))) as strict:
        guesses = [
            log_in(strict, f"user{n}", X_Forwarded_For=f"198.51.100.{n}, 203.0.113.7").status_code for n in range(3)
        ]
        elsewhere = log_in(strict, "user9", X_Forwarded_For="203.0.113.7, 203.0.113.8")
        directly = log_in(strict, "user9")

    assert guesses == [401, 401, 429]
    assert (elsewhere.status_code, directly.status_code) == (401, 401)


def test_success_starts_an_accounts_count_anew(client: TestClient, settings: UserSettings, blog: Blog) -> None:
    register(client)
    with TestClient(create_app(limited(settings, attempts_per_account=3))) as strict:
        statuses = [log_in(strict, "minji", password).status_code for password in ["x", "x", PASSWORD, "x", "x", "x"]]
        one_too_many = log_in(strict)

    assert statuses == [401, 401, 200, 401, 401, 401]
    assert one_too_many.status_code == 429
    address = blog[ATTEMPTS].find_one({"_id": "address:testclient"})
    assert address
    assert address["count"] == 7


def test_two_services_share_the_count(settings: UserSettings, client: TestClient) -> None:
    strict = limited(settings, attempts_per_account=2)
    with TestClient(create_app(strict)) as one, TestClient(create_app(strict)) as two:
        statuses = [log_in(service, "minji", "x").status_code for service in (one, two, one, two)]

    assert statuses == [401, 401, 429, 429]


def test_guesses_at_the_same_moment_are_all_counted(client: TestClient, blog: Blog) -> None:
    with ThreadPoolExecutor(6) as all_at_once:
        statuses = list(all_at_once.map(lambda _: log_in(client, "minji", "x").status_code, range(6)))

    assert set(statuses) == {401}
    assert [counted["count"] for counted in blog[ATTEMPTS].find()] == [6, 6]


def test_after_the_window_the_count_starts_anew(settings: UserSettings, client: TestClient, blog: Blog) -> None:
    with TestClient(create_app(limited(settings, attempts_per_account=1, window_seconds=1))) as strict:
        log_in(strict, "minji", "x")
        refused = log_in(strict, "minji", "x")
        time.sleep(1.05)
        again = log_in(strict, "minji", "x")

    assert (refused.status_code, refused.headers["Retry-After"], again.status_code) == (429, "1", 401)
    kept = blog[ATTEMPTS].find_one({"_id": "account:minji"})
    assert kept
    assert (kept["count"], kept["expires_at"].replace(tzinfo=UTC) > datetime.now(UTC)) == (1, True)
    assert blog[ATTEMPTS].index_information()["expiry"]["expireAfterSeconds"] == 0


def test_a_crowd_at_the_door_is_told_to_come_back(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PATIENCE_SECONDS", 0.001)

    with ThreadPoolExecutor(12) as crowd:
        answers = list(crowd.map(lambda n: log_in(client, f"user{n}", "x"), range(12)))

    turned_away = [answer for answer in answers if answer.status_code == 503]
    assert turned_away
    for answer in turned_away:
        assert_refused(answer, TooManyLogins)
        assert answer.headers["Retry-After"] == "2"


def test_a_password_is_in_no_answer(client: TestClient) -> None:
    answers: list[httpx2.Response] = [register(client), log_in(client), log_in(client, "alex")]
    answers.append(client.post("/token", data={**FORM, "grant_type": "x"}))

    assert all(PASSWORD not in answer.text for answer in answers)


def _roles(login: httpx2.Response, client: TestClient) -> Any:
    published = KeySet.import_key_set(client.get("/.well-known/jwks.json").json())
    return jwt.decode(login.json()["access_token"], published, algorithms=["ES256"]).claims["roles"]


def test_an_admins_token_says_so(client: TestClient, blog: Blog) -> None:
    register(client)
    before = log_in(client)
    blog["users"].update_one({"name": "minji"}, {"$addToSet": {"roles": "admin"}})  # what grant-admin does

    after = log_in(client)

    assert [_roles(login, client) for login in (before, after)] == [[], ["admin"]]
