"""A real MongoDB for tests: mongo:8.0 where Docker answers, otherwise the embedded mongod."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pymongo
import pytest
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from blogctl import ports, replica_set
from blogctl.mongod import running_mongod, url
from chassis import migrations, mongo
from chassis.migrations import Migration

testcontainers_config.ryuk_disabled = True  # the block below removes its container; Ryuk is one more image to fetch
IMAGE = "mongo:8.0"
PATIENT = {"answer_seconds": 20, "mongo_seconds": 15}  # settings: a busy machine is no outage


@cache
def docker_answers() -> bool:
    return (
        bool(shutil.which("docker"))
        and subprocess.run(["docker", "version"], check=False, capture_output=True).returncode == 0
    )


@contextmanager
def containered_mongod() -> Iterator[str]:
    """A replica set of one in a container. Port and name are the same inside and outside, so drivers find it."""
    port = ports.free(1)[0]
    command = f"mongod --replSet {replica_set.NAME} --bind_ip_all --port {port}"
    with DockerContainer(IMAGE).with_command(command).with_bind_ports(port, port):
        replica_set.make_primary(port, alive=lambda: True)
        yield url(port)


@contextmanager
def mongodb(data: Path) -> Iterator[str]:
    """Run MongoDB for as long as a block lasts.

    Args:
        data: Where the embedded mongod keeps its data.

    Yields:
        The address of its database `blog`.
    """
    if docker_answers():
        with containered_mongod() as address:
            yield address
    elif os.environ.get("REQUIRE_DOCKER"):
        pytest.fail("REQUIRE_DOCKER is set, and Docker does not answer")
    else:
        with running_mongod(data) as address:
            yield address


def database(mongod_url: str, name: str) -> str:
    """The same MongoDB, another database: each package's tests have their own."""
    return mongod_url.replace("/blog?", f"/{name}?")


def migrated(mongod_url: str, name: str, *, service: str, steps: Sequence[Migration]) -> str:
    """A database of that name, with a service's migrations applied."""
    address = database(mongod_url, name)

    async def migrate() -> None:
        async with mongo.database(address, service="tests", seconds=30) as blog:
            await migrations.migrate(blog, service, steps)

    asyncio.run(migrate())
    return address


def empty(mongod_url: str) -> None:
    """Delete every document but the records of migrations; 3 ms, where a new database would take 120."""
    with pymongo.MongoClient[dict[str, Any]](mongod_url) as client:
        blog = client.get_default_database()
        for name in blog.list_collection_names():
            if name != "schema_migrations":
                blog[name].delete_many({})
