"""What is measured: servers of one worker each, on a MongoDB of their own."""

import asyncio
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pymongo

from blogctl import ports
from blogctl.mongod import running_mongod
from blogctl.up import nginx
from chassis import logs, migrations, mongo
from posts_service.migrations import MIGRATIONS
from posts_service.seed import posts
from posts_service.settings import SERVICE

HERE = Path(__file__).parent
MANY, FEW = 100_000, 1_000
UVICORN = ["uvicorn", "--no-access-log", "--log-level", "warning", "--loop", "uvloop", "--http", "httptools"]
PROGRAMS = {
    "posts-service": ["posts_service", "serve"],
    "PyMongo async": [*UVICORN, "--app-dir", str(HERE), "--factory", "pymongo_async:create"],
    "textbook": [*UVICORN, "--app-dir", str(HERE), "textbook:app"],
    "empty route": [*UVICORN, "--app-dir", str(HERE), "empty:app"],
    "posts-service, 1,000 posts": ["posts_service", "serve"],
}
FRONT_DOOR = "nginx, micro-cache"


@dataclass(frozen=True)
class Server:
    """A running contender."""

    base: str
    pid: int

    def resident_mib(self) -> float:
        """Give the memory that the process holds."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def running(scratch: Path) -> Iterator[dict[str, Server]]:
    """Run all contenders, with 100,000 posts in one database and 1,000 in another.

    Args:
        scratch: A directory for MongoDB's data and nginx's files.

    Yields:
        The servers by name, all answering.
    """
    logs.configure("bench", "WARNING")
    with running_mongod(scratch / "mongod") as url, ExitStack() as stack:
        few = url.replace("/blog?", "/few?")
        for address, number in ((url, MANY), (few, FEW)):
            _fill(address, number)
        servers = {}
        for name, program in PROGRAMS.items():
            servers[name] = stack.enter_context(_server(program, few if "1,000" in name else url))
        servers[FRONT_DOOR] = stack.enter_context(_front_door(scratch / "nginx", servers["posts-service"]))
        yield servers


def _fill(url: str, number: int) -> None:
    async def migrate() -> None:
        async with mongo.database(url, service="bench", seconds=60) as blog:
            await migrations.migrate(blog, SERVICE, MIGRATIONS)

    asyncio.run(migrate())
    with pymongo.MongoClient[dict[str, Any]](url) as client:
        stored = client.get_default_database()["posts"]
        made = posts(number)
        while batch := list(itertools.islice(made, 2000)):
            stored.insert_many(batch, ordered=False)


@contextmanager
def _server(program: list[str], url: str) -> Iterator[Server]:
    port = ports.free(1)[0]
    environment = {**os.environ, "MONGO_URL": url, "HOST": "127.0.0.1", "PORT": str(port)}
    options = ["--port", str(port)] if program[0] == "uvicorn" else []
    command = [sys.executable, "-m", *program, *options]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield _answering(Server(f"http://127.0.0.1:{port}", process.pid))
        finally:
            process.terminate()


@contextmanager
def _front_door(prefix: Path, service: Server) -> Iterator[Server]:
    port, behind = ports.free(1)[0], int(service.base.rpartition(":")[2])
    nginx.configure(prefix, port=port, posts=behind, users=behind)
    command = nginx.command(nginx.find(), prefix)
    with subprocess.Popen(command.arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield _answering(Server(f"http://127.0.0.1:{port}/api", process.pid))
        finally:
            process.terminate()


def _answering(server: Server) -> Server:
    for _ in range(300):
        try:
            httpx.get(server.base + "/posts").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return server
    raise RuntimeError(f"{server.base} does not answer")
