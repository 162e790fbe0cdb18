"""A backup takes nothing from the primary, which has the writers to serve."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pymongo
import pytest

from blogctl import mongod_program, ports, replica_set

from .command import Admin

Member = pymongo.MongoClient[dict[str, Any]]
PATIENCE_SECONDS = 30
MEMBERS = 2
POSTS = 5000


def _wait_until_secondary(member: Member) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not member.admin.command("hello").get("secondary"):
        assert time.monotonic() < end, "the second member never became a secondary"
        time.sleep(0.1)


@pytest.fixture
def members(tmp_path: Path) -> Iterator[list[Member]]:
    """A replica set whose first member is the primary, with a post on both; each is asked by itself."""
    program = mongod_program.find()
    if not isinstance(program, mongod_program.Binary):
        pytest.skip("needs a mongod outside a container: members reach each other on the loopback address")
    chosen = ports.free(MEMBERS)
    with ExitStack() as running:
        for port in chosen:
            folder = tmp_path / str(port)
            folder.mkdir()
            line = program.command(folder, port).arguments
            mongod = running.enter_context(subprocess.Popen(line, stdout=subprocess.DEVNULL))
            running.callback(mongod.kill)  # a primary that ends in peace waits for an heir; nobody wants its data
        found = [running.enter_context(Member(ports.LOOPBACK, port, directConnection=True)) for port in chosen]
        for member in found:
            member.admin.command("ping")  # the driver waits for each, replSetInitiate for none
        hosts = [
            {"_id": number, "host": f"{ports.LOOPBACK}:{port}", "priority": int(number == 0)}
            for number, port in enumerate(chosen)
        ]
        quick = {"electionTimeoutMillis": 1000, "heartbeatIntervalMillis": 200}
        found[0].admin.command("replSetInitiate", {"_id": replica_set.NAME, "members": hosts, "settings": quick})
        _wait_until_secondary(found[1])
        with Member(_url(found), w=MEMBERS) as client:
            client["blog"]["posts"].insert_many([{"_id": number} for number in range(POSTS)])
        yield found


def _url(members: list[Member]) -> str:
    hosts = ",".join("{}:{}".format(*member.address) for member in members if member.address)
    return f"mongodb://{hosts}/blog?replicaSet={replica_set.NAME}"


def given(member: Member) -> int:
    """How many posts a member has given to admin-backup; its profiler has counted."""
    read = {"appName": "admin-backup", "op": {"$in": ["query", "getmore"]}, "ns": "blog.posts"}
    return sum(entry["nreturned"] for entry in member["blog"]["system.profile"].find(read))


def test_it_reads_from_a_secondary(members: list[Member], tmp_path: Path) -> None:
    for member in members:
        member["blog"].command("profile", 2)
    backups = tmp_path / "backups"
    backups.mkdir()

    answer = Admin(_url(members), backups).run("backup").answer

    primary, secondary = members
    assert answer["documents"] == POSTS
    assert (given(primary), given(secondary)) == (1, POSTS)  # the one chooses the moment
