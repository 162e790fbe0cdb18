"""Bringing the blog back."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pymongo.database import Database
from pymongo.errors import PyMongoError
from pyrage import x25519

from admin_backup import server
from admin_backup.catalog import Catalog
from admin_backup.load import load
from admin_backup.manifest import Manifest
from admin_backup.opened import opened
from admin_backup.progress import Watcher
from admin_backup.snapshot import NOT_THE_BLOG, REMAINS
from chassis.failure import Failure

Blog = Database[dict[str, Any]]


@dataclass(frozen=True)
class Restored:
    """What a restore did."""

    manifest: Manifest
    took_seconds: float
    replaced: list[str] = field(default_factory=list)  # collections that were there before
    left: list[str] = field(default_factory=list)  # collections that the backup doesn't know


def restore(
    url: str, kept: Catalog, name: str | None, keys: list[x25519.Identity], watcher: Watcher, *, replace: bool
) -> Restored:
    """Load a backup beside the live collections, check it, and only then put it into their place.

    Args:
        url: Where to, with the database's name in it, as a user who may write and rename there.
        kept: Where the backup is.
        name: Which; the newest without one.
        keys: What an encrypted one is opened with.
        watcher: Is told how far it is.
        replace: Whether a database that holds documents may lose them.

    Returns:
        What was done.

    Raises:
        Failure: It didn't work; until the switch the live collections are as they were.
    """
    began = time.monotonic()
    backup = kept.find(name)
    with server.connected(url) as client:
        blog = client.get_default_database()
        before = _live(blog)
        if not replace and (full := [each for each in before if blog[each].find_one({}, {"_id": 1})]):
            raise Failure(f"the database {blog.name} is not empty ({', '.join(full)}): --replace gives them up")
        _drop(blog, _remains(blog))
        prefix = f"{REMAINS}{datetime.now(UTC):%Y%m%dT%H%M%SZ}_"
        try:
            with opened(kept, backup, keys) as archive:
                load(archive, blog, backup.manifest, watcher, prefix=prefix)
        except Failure:
            _drop(blog, _remains(blog))
            raise
        _switch(blog, prefix, sorted(backup.manifest.collections))
    restored = backup.manifest.collections.keys()
    return Restored(
        backup.manifest,
        round(time.monotonic() - began, 3),
        replaced=[each for each in before if each in restored],
        left=[each for each in before if each not in restored],
    )


def _switch(blog: Blog, prefix: str, names: list[str]) -> None:
    """Rename one after the other: MongoDB can't rename a database, and each rename is instant."""
    for done, name in enumerate(names):
        try:
            blog[prefix + name].rename(name, dropTarget=True)
        except PyMongoError as error:
            state = f"{', '.join(names[:done]) or 'nothing'} is restored, {', '.join(names[done:])} not"
            raise Failure(f"MongoDB: {error}: {state}; run it again with --replace") from error


def _live(blog: Blog) -> list[str]:
    return sorted(name for name in blog.list_collection_names() if not name.startswith(NOT_THE_BLOG))


def _remains(blog: Blog) -> list[str]:
    """Collections of a restore that was killed."""
    return [name for name in blog.list_collection_names() if name.startswith(REMAINS)]


def _drop(blog: Blog, names: list[str]) -> None:
    for name in names:
        blog.drop_collection(name)
