import asyncio
import base64
import json
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import ECKey, OctKey
from structlog.testing import capture_logs

from blogctl import ports
from chassis.problems import Unauthorized
from chassis.tokens import AUDIENCE, ISSUER, Jwks, KeysUnavailable, verify
from kit.refusals import assert_refused
from kit.signer import Signer

from .notebook import NotebookSettings, create_app


@pytest.fixture
def client(settings: NotebookSettings, signer: Signer) -> Iterator[TestClient]:
    """A client of a notebook that trusts the signer."""
    with TestClient(create_app(settings.model_copy(update={"jwks_url": signer.jwks_url}))) as client:
        yield client


def key(key_id: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": key_id})


def unsigned(header: dict[str, Any], signer: Signer) -> str:
    """The signer's claims under another header, without a signature."""
    claims = signer.token("minji").split(".")[1]
    return f"{base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip('=')}.{claims}."


@pytest.mark.parametrize(("roles", "is_admin"), [((), False), (("admin",), True), (("editor",), False)])
def test_a_token_says_who_asks(client: TestClient, signer: Signer, roles: tuple[str, ...], is_admin: bool) -> None:
    answer = client.get("/me", headers=signer.headers("minji", roles=roles))

    assert (answer.status_code, answer.json()) == (200, {"name": "minji", "is_admin": is_admin})


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic bWluamk6cHc="}, {"Authorization": "Bearer "}])
def test_without_a_token_one_is_asked_for(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.get("/me", headers=headers)

    assert "detail" not in assert_refused(answer, Unauthorized)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


HOUR = 3600
FORGERIES: dict[str, Callable[[Signer], str]] = {
    "expired": lambda signer: signer.token("minji", exp=int(time.time()) - HOUR),
    "not yet valid": lambda signer: signer.token("minji", nbf=int(time.time()) + HOUR),
    "for another audience": lambda signer: signer.token("minji", aud="another-platform"),
    "for nobody": lambda signer: signer.token("minji", aud=None),
    "from another issuer": lambda signer: signer.token("minji", iss="somebody"),
    "about nobody": lambda signer: signer.token("minji", sub=None),
    "without an end": lambda signer: signer.token("minji", exp=None),
    "with an end in words": lambda signer: signer.token("minji", exp="내일"),
    "signed by another key of that name": lambda signer: signer.token("minji", key=key("first")),
    "signed by an unknown key": lambda signer: signer.token("minji", key=key("unknown")),
    "of another user": lambda signer: _with_claims(signer, sub="root"),
    "of an admin": lambda signer: _with_claims(signer, roles=["admin"]),
    "alg none": lambda signer: unsigned({"alg": "none", "kid": "first"}, signer),
    "alg none without a key": lambda signer: unsigned({"alg": "none"}, signer),
    "alg HS256": lambda signer: unsigned({"alg": "HS256", "kid": "first"}, signer) + "AAAA",
    "without alg": lambda signer: unsigned({"kid": "first"}, signer),
    "kid of another type": lambda signer: unsigned({"alg": "ES256", "kid": ["first"]}, signer),
    "cut off": lambda signer: signer.token("minji")[:-10],
    "two tokens": lambda signer: f"{signer.token('minji')} {signer.token('minji')}",
    "no token": lambda _: "minji",
    "dots": lambda _: "..",
    "header is no object": lambda _: "W10.W10.W10",
    "header is null": lambda _: "bnVsbA.bnVsbA.bnVsbA",
}


def _with_claims(signer: Signer, **claims: Any) -> str:
    """A good token whose claims somebody has changed."""
    header, _, signature = signer.token("minji").split(".")
    return ".".join([header, signer.token("minji", **claims).split(".")[1], signature])


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_a_token_that_does_not_hold_is_refused(
    client: TestClient, signer: Signer, forge: Callable[[Signer], str]
) -> None:
    answer = client.get("/me", headers={"Authorization": f"Bearer {forge(signer)}"})

    assert_refused(answer, Unauthorized)
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_a_token_holds_a_little_longer_since_clocks_differ(client: TestClient, signer: Signer) -> None:
    now = int(time.time())

    statuses = [client.get("/me", headers=signer.headers("minji", exp=now - late)).status_code for late in (2, 10)]

    assert statuses == [200, 401]


def with_keys(url: str, work: Callable[[Jwks], Awaitable[Any]], **seconds: float) -> Any:
    """Do something with the published keys, in an event loop."""

    async def run() -> Any:
        async with httpx.AsyncClient(timeout=10) as client:
            return await work(Jwks(url, client, **seconds))

    return asyncio.run(run())


def test_many_tokens_cost_one_question(signer: Signer) -> None:
    async def work(keys: Jwks) -> set[str]:
        callers = await asyncio.gather(*(verify(signer.token("minji"), keys) for _ in range(20)))
        return {caller.name for caller in callers}

    assert (with_keys(signer.jwks_url, work), signer.asked) == ({"minji"}, 1)


def test_a_new_key_works_from_its_first_token(signer: Signer) -> None:
    async def work(keys: Jwks) -> list[str]:
        first = await verify(signer.token("minji"), keys)
        signer.published.append(second := key("second"))
        return [first.name, (await verify(signer.token("alex", key=second), keys)).name]

    assert (with_keys(signer.jwks_url, work, patience_seconds=0), signer.asked) == (["minji", "alex"], 2)


def test_a_withdrawn_key_stops_working(signer: Signer) -> None:
    async def work(keys: Jwks) -> list[bool]:
        before = await keys.find("first") is not None
        signer.published[:] = [key("second")]
        fresh = await keys.find("first") is not None
        await asyncio.sleep(1.1)
        return [before, fresh, await keys.find("first") is not None]

    found = with_keys(signer.jwks_url, work, fresh_seconds=1, patience_seconds=0.05)

    assert found == [True, True, False]


def test_forged_key_ids_do_not_hammer_user_service(signer: Signer) -> None:
    async def work(keys: Jwks) -> list[Any]:
        forged = [signer.token("minji", key=key(f"forged-{n}")) for n in range(20)]
        return await asyncio.gather(*(verify(token, keys) for token in forged), return_exceptions=True)

    refused = with_keys(signer.jwks_url, work)

    assert {type(error) for error in refused} == {Unauthorized}
    assert signer.asked == 1


def test_known_keys_serve_while_user_service_is_away(signer: Signer) -> None:
    async def work(keys: Jwks) -> list[Any]:
        known = await keys.find("first")
        keys._url = f"http://127.0.0.1:{ports.free(1)[0]}/"  # nobody listens there
        await asyncio.sleep(0.05)
        return [known, await keys.find("first"), await keys.find("second")]

    with capture_logs() as logged:
        known, still, unknown = with_keys(signer.jwks_url, work, fresh_seconds=0.01, patience_seconds=0.01)

    assert (known is still is not None, unknown) == (True, None)
    assert {line["event"] for line in logged} == {"jwks_unreadable"}


def test_without_any_key_a_login_can_not_be_checked(settings: NotebookSettings, signer: Signer) -> None:
    away = settings.model_copy(update={"jwks_url": f"http://127.0.0.1:{ports.free(1)[0]}/"})

    with TestClient(create_app(away)) as client:
        answer = client.get("/me", headers=signer.headers("minji"))
        anonymous = client.get("/me")

    assert_refused(answer, KeysUnavailable)
    assert answer.headers["Retry-After"] == "2"
    assert_refused(anonymous, Unauthorized)


@contextmanager
def answering(body: bytes, *, status: int = 200, after: float = 0) -> Iterator[str]:
    """Something else where user-service should be."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(after)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"<html>", 200),
        (b"", 200),
        (b"[]", 200),
        (b"null", 200),
        (b'{"keys": null}', 200),
        (b'{"keys": []}', 200),
        (b'{"keys": [{"kty": ["EC"]}]}', 200),
        (b'{"keys": [{"kty": "EC", "crv": "P-256", "x": "!!", "y": "AA"}]}', 200),
        (b'{"keys": []}', 500),
        (b"", 302),
    ],
)
def test_an_answer_that_holds_no_keys_is_none(signer: Signer, body: bytes, status: int) -> None:
    with answering(body, status=status) as url, capture_logs() as logged, pytest.raises(KeysUnavailable):
        with_keys(url, lambda keys: verify(signer.token("minji"), keys))

    assert [line["event"] for line in logged] == ["jwks_unreadable"]


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_a_shared_secret_is_no_public_key(signer: Signer) -> None:
    secret = OctKey.generate_key(256, {"kid": "first"}).as_dict(private=True)

    with answering(json.dumps({"keys": [secret]}).encode()) as url, pytest.raises(KeysUnavailable):
        with_keys(url, lambda keys: verify(signer.token("minji"), keys))


def test_whoever_waits_for_a_silent_user_service_waits_once(settings: NotebookSettings, signer: Signer) -> None:
    with answering(b"", after=0.6) as url:
        silent = settings.model_copy(update={"jwks_url": url})
        with TestClient(create_app(silent)) as client, ThreadPoolExecutor(20) as all_at_once:
            began = time.monotonic()
            answers = list(all_at_once.map(lambda _: client.get("/me", headers=signer.headers("minji")), range(20)))

    for answer in answers:
        assert_refused(answer, KeysUnavailable)
    assert time.monotonic() - began < 20 * 0.6


def test_issuer_and_audience_are_what_user_service_writes() -> None:
    assert (ISSUER, AUDIENCE) == ("blog-platform/user-service", "blog-platform")
