"""What the blog's database is told about its backups, so that posts-service can show it to Prometheus (/metrics)."""

from typing import Any

import structlog
from pydantic import BaseModel, ConfigDict
from pymongo.errors import PyMongoError

from admin_backup import server
from admin_backup.catalog import Catalog
from chassis import times
from chassis.failure import Failure

COLLECTION = "backups"  # no part of the blog: an old report that came back with a restore would be a lie
ONLY = "newest"  # the _id of the one document in it
log = structlog.get_logger()


class Report(BaseModel):
    """The last good backup, and the last one that was proven. Taken from what is kept, whatever runs before it did."""

    model_config = ConfigDict(frozen=True)

    name: str
    taken_at: times.Utc
    size: int  # bytes of the archive
    verified_at: times.Utc | None  # when the last proof was given, of whichever backup


def of(kept: Catalog) -> Report:
    """Look at what is kept.

    Raises:
        Failure: There is no backup, or its manifest can't be read.
    """
    newest = kept.find(None).manifest
    proofs = [backup.verified_at for backup in kept.backups() if backup.verified_at]
    return Report(
        name=newest.name, taken_at=newest.taken_at, size=newest.size, verified_at=max(proofs) if proofs else None
    )


def tell(url: str, kept: Catalog) -> None:
    """Store the report. A backup that nobody hears of is still a good one: what went wrong with that is logged.

    Args:
        url: MongoDB's address with the database's name in it, as a user who may write this one collection.
        kept: Where the backups are.
    """
    try:
        report: dict[str, Any] = of(kept).model_dump()
        with server.connected(url) as client:
            client.get_default_database()[COLLECTION].replace_one({"_id": ONLY}, report, upsert=True)
    except (Failure, PyMongoError) as error:
        log.warning("backup_not_reported", reason=str(error))
