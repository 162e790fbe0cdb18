"""Numbered steps that prepare the database: ordered, recorded, safe to run twice and side by side.

A step only expands: the version before must work on what it leaves (docs/adr). It has to be idempotent, so
two runs at once need no lock: both do the same, and the first record stands.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from chassis import mongo

log = structlog.get_logger()
COLLECTION = "schema_migrations"


@dataclass(frozen=True)
class Migration:
    """One step. Its number never changes once it has run anywhere."""

    number: int
    name: str
    apply: Callable[[mongo.Database], Awaitable[None]]


async def migrate(blog: mongo.Database, service: str, migrations: Sequence[Migration]) -> list[Migration]:
    """Apply, in order, the steps that are not recorded yet.

    Args:
        blog: The database.
        service: Whose steps they are.
        migrations: All of them.

    Returns:
        Those that were applied now.
    """
    applied = []
    for migration in sorted(migrations, key=lambda m: m.number):
        record = {"_id": _key(service, migration.number)}
        if await blog[COLLECTION].find_one(record):
            continue
        await migration.apply(blog)
        done = {"$setOnInsert": {"name": migration.name, "applied_at": datetime.now(UTC)}}
        await blog[COLLECTION].update_one(record, done, upsert=True)
        log.info("migration_applied", number=migration.number, name=migration.name)
        applied.append(migration)
    return applied


async def is_recorded(blog: mongo.Database, service: str, number: int) -> bool:
    """Tell whether a step has run: one query, which also shows that MongoDB answers."""
    return await blog[COLLECTION].find_one({"_id": _key(service, number)}) is not None


async def collection(blog: mongo.Database, name: str, schema: mongo.Document) -> None:
    """Create a collection with a validator, or give the validator to the one that exists.

    Args:
        blog: The database.
        name: The collection's name.
        schema: What `$jsonSchema` demands of each document that is written from now on.
    """
    validator = {"$jsonSchema": schema}
    try:
        await blog.create_collection(name, check_exists=False, validator=validator)
    except mongo.OperationFailure as error:
        if error.code != mongo.NAMESPACE_EXISTS:
            raise
        await blog.command("collMod", name, validator=validator)


def _key(service: str, number: int) -> str:
    return f"{service}/{number:04}"
