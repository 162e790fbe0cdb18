"""People who use the blog while something fails: readers at a steady rate, and writers who never give up early."""

import asyncio
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, pairwise
from typing import Self

import httpx

from blogctl.failure import Failure

READS_PER_SECOND = 40
WRITERS = 5
WRITES_PER_SECOND = 10  # of all writers, with the reads fifty requests a second
GIVE_UP_SECONDS = 90  # longer than errors may last in any drill: how long is judged by itself
RETRY_SECONDS = 0.5
PAGE = 100  # the longest list that the API gives


@dataclass(frozen=True)
class Answer:
    """How one request ended."""

    at: float  # time.monotonic()
    ok: bool
    said: str  # a status, or the kind of error
    seconds: float = 0  # that it took

    @property
    def began(self) -> float:
        """When the request was sent, by time.monotonic()."""
        return self.at - self.seconds

    @property
    def waits(self) -> bool:
        """Whether the client was told to come back, which is no failure of a write (contract.md, step 5)."""
        return self.said == "503, Retry-After"


@dataclass
class Record:
    """What the traffic has seen."""

    began: float = field(default_factory=time.monotonic)
    ended: float = 0.0
    reads: list[Answer] = field(default_factory=list)
    writes: list[Answer] = field(default_factory=list)
    acknowledged: dict[str, str] = field(default_factory=dict)  # title: id
    given_up: list[str] = field(default_factory=list)

    def longest_gap(self, answers: list[Answer]) -> float:
        """Give the longest time in seconds without a good answer."""
        good = sorted(answer.at for answer in answers if answer.ok)
        times = [self.began, *good, self.ended]
        return max(after - before for before, after in pairwise(times))


@dataclass(frozen=True)
class Stored:
    """What the blog holds of a drill's posts afterwards."""

    lost: list[str]
    duplicates: list[str]


class Author:
    """Somebody who registers for one drill, with a name and a password that nobody will know."""

    def __init__(self, url: str) -> None:
        """Register and log in.

        Args:
            url: The front door.

        Raises:
            Failure: The platform doesn't let anybody in.
        """
        self.name = f"drill-{secrets.token_hex(6)}"
        self.api = f"{url.rstrip('/')}/api"
        password = secrets.token_urlsafe(24)
        login = {"grant_type": "password", "username": self.name, "password": password}
        try:
            with httpx.Client(base_url=self.api, timeout=20) as client:
                client.post("/users", json={"name": self.name, "password": password}).raise_for_status()
                token = client.post("/token", data=login).raise_for_status().json()["access_token"]
        except httpx.HTTPError as error:
            raise Failure(f"nobody can register at {url}: {error}") from error
        # With a token nginx's micro-cache is left out: each read is one of posts-service and of MongoDB.
        self.headers = {"Authorization": f"Bearer {token}"}

    def compare(self, record: Record) -> Stored:
        """Hold what was acknowledged against what is stored.

        Args:
            record: Of the traffic, which has ended.

        Returns:
            Titles of posts that are lost, and of those that are there twice or under another id.
        """
        found = list(self._stored())
        ids = {post["id"] for post in found}
        titles = [post["title"] for post in found]
        lost = [title for title, post in record.acknowledged.items() if post not in ids]
        return Stored(lost, sorted({title for title in titles if titles.count(title) > 1}))

    def tidy(self) -> None:
        """Delete this drill's posts."""
        with httpx.Client(base_url=self.api, headers=self.headers, timeout=20) as client:
            for post in list(self._stored()):
                client.delete(f"/posts/{post['id']}")

    def _stored(self) -> Iterator[dict[str, str]]:
        with httpx.Client(headers=self.headers, timeout=20) as client:
            answer = client.get(f"{self.api}/posts", params={"author": self.name, "limit": PAGE}).raise_for_status()
            yield from answer.json()
            while following := answer.links.get("next"):
                answer = client.get(answer.url.join(following["url"])).raise_for_status()
                yield from answer.json()


class Traffic:
    """Requests from a thread of their own, each over a new connection, until the block ends."""

    def __init__(self, author: Author) -> None:
        """Prepare the requests.

        Args:
            author: Who sends them.
        """
        self.record = Record()
        self._author = author
        self._stopping = threading.Event()
        self._numbers = count(1)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._all()), daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self.record.began = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End when every request has its answer, and every post is acknowledged or given up."""
        self.record.ended = time.monotonic()
        self._stopping.set()
        self._thread.join()
        self.record.ended = max([self.record.ended, *(write.at for write in self.record.writes)])

    async def _all(self) -> None:
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        async with (
            httpx.AsyncClient(
                base_url=self._author.api, headers=self._author.headers, limits=limits, timeout=20
            ) as api,
            asyncio.TaskGroup() as tasks,
        ):
            tasks.create_task(self._readers(api, tasks))
            for _ in range(WRITERS):
                tasks.create_task(self._writer(api))

    async def _readers(self, api: httpx.AsyncClient, tasks: asyncio.TaskGroup) -> None:
        """Start a read every so often, whether those before it have ended or not."""
        due = time.monotonic()
        while not self._stopping.is_set():
            tasks.create_task(self._read(api))
            due += 1 / READS_PER_SECOND
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def _read(self, api: httpx.AsyncClient) -> None:
        began = time.monotonic()
        said, _ = await _said(api, "GET", "/posts", timeout=10)
        ended = time.monotonic()
        self.record.reads.append(Answer(ended, said == "200", said, ended - began))

    async def _writer(self, api: httpx.AsyncClient) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            await self._publish(api, f"{self._author.name} {next(self._numbers)}")
            await asyncio.sleep(max(0.0, WRITERS / WRITES_PER_SECOND - (time.monotonic() - began)))

    async def _publish(self, api: httpx.AsyncClient, title: str) -> None:
        key, draft = secrets.token_hex(16), {"title": title, "body": "훈련 중에 쓴 글.", "tags": ["drill"]}
        end = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < end:
            began = time.monotonic()
            said, post = await _said(api, "POST", "/posts", json=draft, headers={"Idempotency-Key": key})
            ended = time.monotonic()
            self.record.writes.append(Answer(ended, said == "201", said, ended - began))
            if said == "201":
                self.record.acknowledged[title] = post
                return
            await asyncio.sleep(RETRY_SECONDS)
        self.record.given_up.append(title)


async def _said(api: httpx.AsyncClient, method: str, path: str, **options: object) -> tuple[str, str]:
    """Send a request; give its status, or the kind of its error, and the id of a post that it made."""
    try:
        answer = await api.request(method, path, **options)  # type: ignore[arg-type]
    except httpx.TransportError as error:
        return type(error).__name__, ""
    if answer.status_code == 201:
        return "201", str(answer.json()["id"])
    return f"{answer.status_code}{', Retry-After' if 'Retry-After' in answer.headers else ''}", ""


@contextmanager
def traffic(url: str) -> Iterator[tuple[Author, Record]]:
    """Use the blog for as long as a block lasts.

    Args:
        url: The front door.

    Yields:
        Who writes, and what is seen; complete when the block has ended.
    """
    author = Author(url)
    with Traffic(author) as running:
        yield author, running.record
