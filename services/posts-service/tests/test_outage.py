"""MongoDB goes away while requests are being served, and comes back."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pymongo
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from blogctl import mongod, mongod_program, ports
from chassis import migrations, mongo
from chassis.problems import Unavailable
from kit.refusals import assert_refused
from kit.signer import Signer
from posts_service.app import create_app
from posts_service.migrations import MIGRATIONS
from posts_service.settings import SERVICE, PostsSettings

from .factories import Headers, draft, publish, titles

HEARD_WITHIN = 9  # seconds: 3 by the rule, and what a busy machine takes to notice; the driver alone waits 30


async def migrate(url: str) -> None:
    async with mongo.database(url, service="tests", seconds=30) as blog:
        await migrations.migrate(blog, SERVICE, MIGRATIONS)


@contextmanager
def stopped(url: str) -> Iterator[None]:
    """MongoDB hangs: its connections stay open, and nothing answers."""
    with pymongo.MongoClient[dict[str, Any]](url) as client:
        pid = client.admin.command("serverStatus")["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def timed(ask: Callable[[], Response]) -> tuple[Response, float]:
    began = time.monotonic()
    return ask(), time.monotonic() - began


def answers_again(client: TestClient, *, within: float) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if client.get("/posts").status_code == 200:
            return True
    return False


def test_while_mongodb_hangs_every_request_is_refused_in_time(tmp_path: Path, signer: Signer, minji: Headers) -> None:
    if not isinstance(mongod_program.find(), mongod_program.Binary):
        pytest.skip("needs a mongod outside a container: its process is stopped")
    with mongod.running_mongod(tmp_path) as url:
        asyncio.run(migrate(url))
        settings = PostsSettings.model_validate({"mongo_url": url, "jwks_url": signer.jwks_url})
        with TestClient(create_app(settings)) as client:
            post = publish(client, minji, title="첫 글")
            requests: list[Callable[[], Response]] = [
                lambda: client.get("/readyz"),
                lambda: client.get("/posts"),
                lambda: client.get("/posts", headers={"If-None-Match": '"x"'}),
                lambda: client.get(post.headers["Location"]),
                lambda: client.get("/tags"),
                lambda: client.get("/stats"),
                lambda: client.post("/posts", json=draft(), headers=minji),
                lambda: client.post("/posts", json=draft(), headers=minji | {"Idempotency-Key": "first"}),
                lambda: client.patch(
                    post.headers["Location"], json={"title": "둘째"}, headers=minji | {"If-Match": '"1"'}
                ),
                lambda: client.delete(post.headers["Location"], headers=minji),
                *(lambda tag=tag: client.get("/posts", params={"tag": tag}) for tag in "가나다라마"),
            ]

            with stopped(url), ThreadPoolExecutor(len(requests)) as all_at_once:
                answers = list(all_at_once.map(timed, requests))
                alive = client.get("/livez")

            for answer, _ in answers:
                assert_refused(answer, Unavailable)
                assert answer.headers["Retry-After"] == "2"
            assert max(seconds for _, seconds in answers) < HEARD_WITHIN
            assert alive.status_code == 200
            assert answers_again(client, within=30)


def test_after_a_restart_of_mongodb_it_serves_again_by_itself(tmp_path: Path, signer: Signer, minji: Headers) -> None:
    (port,) = ports.free(1)
    settings = PostsSettings.model_validate({"mongo_url": mongod.url(port), "jwks_url": signer.jwks_url})
    with ExitStack() as app:
        client = app.enter_context(TestClient(create_app(settings)))
        with mongod.running_mongod(tmp_path, port=port) as url:
            asyncio.run(migrate(url))
            publish(client, minji, title="첫 글")

        gone, seconds = timed(lambda: client.post("/posts", json=draft(title="둘째"), headers=minji))
        with mongod.running_mongod(tmp_path, port=port):
            back = answers_again(client, within=30)
            publish(client, minji, title="셋째")
            stored = titles(client.get("/posts"))
            app.close()  # the driver ends its sessions, and would wait for a MongoDB that is gone

    assert_refused(gone, Unavailable, detail="The database does not answer.")
    assert (gone.headers["Retry-After"], seconds < HEARD_WITHIN) == ("2", True)
    assert (back, stored) == (True, ["셋째", "첫 글"])


def test_a_password_that_mongodb_refuses_is_an_outage_and_is_not_told(
    blog_url: str, signer: Signer, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = blog_url.replace("mongodb://", "mongodb://posts:hunter2@").replace("?", "?authSource=admin&")
    settings = PostsSettings.model_validate({"mongo_url": refused, "jwks_url": signer.jwks_url, "mongo_seconds": 0.4})

    with TestClient(create_app(settings)) as client:
        answers = [client.get("/readyz"), client.get("/posts")]

    for answer in answers:
        assert_refused(answer, Unavailable)
        assert "hunter2" not in answer.text
    logged = capsys.readouterr().out
    assert ("mongodb_away" in logged, "hunter2" in logged) == (True, False)
