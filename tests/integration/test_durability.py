"""What was acknowledged is there, whatever becomes of mongod."""

import os
import signal
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pymongo
import pytest

from blogctl import mongod_program, ports
from blogctl.mongod import MongodData, running_mongod, url
from kit.programs import Tree, running_service
from kit.signer import Signer

WRITERS = 4
POSTS_BETWEEN_KILLS = 100
PATIENCE_SECONDS = 60


class Writer(threading.Thread):
    """Publishes one post after another, each until it is acknowledged; its Idempotency-Key makes trying again safe."""

    def __init__(self, number: int, posts_url: str, headers: dict[str, str]) -> None:
        super().__init__(daemon=True)
        self.acknowledged: dict[str, str] = {}  # the title, and the id that the 201 told
        self.statuses: Counter[int] = Counter()
        self._number, self._posts_url, self._headers = number, posts_url, headers
        self._stopping = threading.Event()
        self.start()

    def run(self) -> None:
        with httpx.Client(base_url=self._posts_url, headers=self._headers, timeout=PATIENCE_SECONDS) as client:
            while not self._stopping.is_set():
                title = f"{self._number}번 손님의 {len(self.acknowledged) + 1}번째 글"
                self.acknowledged[title] = self._publish(client, title)

    def stop(self) -> None:
        """End after the post that is being written."""
        self._stopping.set()
        self.join(PATIENCE_SECONDS)

    def _publish(self, client: httpx.Client, title: str) -> str:
        key = f"{self._number}-{len(self.acknowledged)}"
        while True:
            answer = client.post("/posts", json={"title": title, "body": "내용"}, headers={"Idempotency-Key": key})
            self.statuses[answer.status_code] += 1
            if answer.status_code != 503:
                return str(answer.raise_for_status().json()["id"])
            time.sleep(0.1)


def wait_for_posts(writers: list[Writer], count: int) -> None:
    """Wait until that many more are acknowledged."""

    def acknowledged() -> int:
        return sum(len(writer.acknowledged) for writer in writers)

    wanted, end = acknowledged() + count, time.monotonic() + PATIENCE_SECONDS
    while acknowledged() < wanted:
        assert time.monotonic() < end, [writer.statuses for writer in writers]
        time.sleep(0.02)


def kill_mongod(data: Path) -> None:
    os.kill(int((MongodData(data).directory / "mongod.lock").read_text()), signal.SIGKILL)


def test_every_acknowledged_post_survives_kill_9_of_mongod_and_is_there_once(signer: Signer, tmp_path: Path) -> None:
    if isinstance(mongod_program.find(), mongod_program.Image):
        pytest.skip("mongod runs in Docker here, and its process id isn't one of this machine")
    data, port = tmp_path / "mongod", ports.free(1)[0]
    settings = {"MONGO_URL": url(port), "JWKS_URL": signer.jwks_url}
    headers = signer.headers("minji", exp=int(time.time()) + 600)

    with ExitStack() as stack:
        with running_mongod(data, port=port):
            Tree().migrate(url(port))
            posts_url = stack.enter_context(running_service("posts_service", tmp_path / "posts-service", **settings))
            writers = [Writer(number, posts_url, headers) for number in range(1, WRITERS + 1)]
            wait_for_posts(writers, POSTS_BETWEEN_KILLS)
            kill_mongod(data)
        with running_mongod(data, port=port):
            wait_for_posts(writers, POSTS_BETWEEN_KILLS)
            kill_mongod(data)
        with running_mongod(data, port=port):
            wait_for_posts(writers, POSTS_BETWEEN_KILLS)
            for writer in writers:
                writer.stop()
            with pymongo.MongoClient[dict[str, Any]](url(port)) as client:
                stored = [(post["title"], str(post["_id"])) for post in client.blog.posts.find()]

    acknowledged = [answer for writer in writers for answer in writer.acknowledged.items()]
    assert sorted(stored) == sorted(acknowledged)
    assert {status for writer in writers for status in writer.statuses} <= {201, 503}
