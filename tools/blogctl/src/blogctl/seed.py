"""`blogctl seed`: a large blog, in Korean and English."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from bson import ObjectId
from pymongo import DESCENDING, MongoClient
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError, PyMongoError
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from blogctl import mongod, terminal
from blogctl.command import shown
from blogctl.failure import Failure
from blogctl.mongod import MongodData
from posts_service.seed import posts as made_up

BATCH = 1000  # about 1 MB with the words; a larger one is no faster, and moves the bar less often
FIRST, LAST = ObjectId(b"seed" + bytes(8)), ObjectId(b"seed" + b"\xff" * 8)  # ids that posts_service.seed gives
Posts = Collection[dict[str, Any]]


def running_url(data: Path) -> str:
    """Find the database of the platform that runs on a data directory.

    Args:
        data: The directory.

    Returns:
        Its address.

    Raises:
        Failure: None has run there.
    """
    port = MongodData(data).stored_port()
    if port is None:
        raise Failure(f"no blog on {shown(data)}: start it with `blogctl up`, or name a MongoDB with --url")
    return mongod.url(port)


def seed(number: int, url: str) -> str:
    """Add posts; those of an earlier seed stay.

    Args:
        number: How many.
        url: The database's address.

    Returns:
        What was done.

    Raises:
        Failure: MongoDB doesn't answer, or refuses a post.
    """
    began = time.monotonic()
    try:
        with MongoClient[dict[str, Any]](url, serverSelectionTimeoutMS=3000) as client, _progress(number) as moved:
            posts = client.get_default_database(mongod.DATABASE)["posts"]
            _insert(posts, number, moved)
            total = posts.estimated_document_count()
    except BulkWriteError as error:
        raise Failure(f"MongoDB refused a post: {error.details['writeErrors'][0]['errmsg']}") from error
    except PyMongoError as error:
        raise Failure(
            f"MongoDB doesn't answer, is `blogctl up` running? ({error.args[0].partition(',')[0]})"
        ) from error
    return f"{number:,} posts added in {time.monotonic() - began:.0f} s, {total:,} in all"


def _insert(posts: Posts, number: int, moved: Callable[[int], None]) -> None:
    """Insert batch by batch, numbered on from the last post of an earlier seed."""
    newest = posts.find_one({"_id": {"$gte": FIRST, "$lte": LAST}}, {"_id": True}, sort=[("_id", DESCENDING)])
    start = int.from_bytes(newest["_id"].binary[4:], "big") + 1 if newest else 0
    documents = made_up(number, start=start)
    while batch := list(islice(documents, BATCH)):
        posts.insert_many(batch, ordered=False)
        moved(len(batch))


@contextmanager
def _progress(number: int) -> Iterator[Callable[[int], None]]:
    """Show how far it is: a bar at a terminal, a line every tenth elsewhere."""
    if terminal.stderr.is_terminal:
        columns = (BarColumn(None), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=terminal.stderr) as bar:
            task = bar.add_task("posts", total=number)
            yield lambda count: bar.advance(task, count)
        return
    done = 0

    def moved(count: int) -> None:
        nonlocal done
        before, done = done * 10 // number, done + count
        if done * 10 // number > before:
            terminal.note(f"{done:,} of {number:,} posts")

    yield moved
