"""What is in a backup, written beside it."""

import json
from datetime import UTC, datetime
from typing import Any

from bson import json_util
from pydantic import BaseModel, ConfigDict

from chassis import times

MOMENT = "%Y%m%dT%H%M%SZ"


class CollectionRecord(BaseModel):
    """A collection as it was at the backup's moment."""

    model_config = ConfigDict(frozen=True)

    documents: int
    bytes: int
    sha256: str  # over all documents in the order of _id
    indexes: list[dict[str, Any]]


class OplogPosition(BaseModel):
    """A moment in the oplog: everything up to it is in the backup, and nothing after it."""

    model_config = ConfigDict(frozen=True)

    seconds: int
    increment: int


class Manifest(BaseModel):
    """Everything that has to be true of a backup."""

    model_config = ConfigDict(frozen=True)

    name: str
    database: str
    taken_at: times.Utc
    oplog: OplogPosition
    took_seconds: float
    archive: str  # the file's name
    size: int  # bytes of that file
    sha256: str  # of that file
    encrypted: bool
    server_version: str
    tool_version: str
    collections: dict[str, CollectionRecord]

    @property
    def documents(self) -> int:
        """How many there are in all."""
        return sum(each.documents for each in self.collections.values())


class Proof(BaseModel):
    """That a backup was restored somewhere else, and was then what the manifest says."""

    model_config = ConfigDict(frozen=True)

    name: str
    verified_at: times.Utc
    took_seconds: float
    server_version: str


def described(index: dict[str, Any]) -> dict[str, Any]:
    """Give an index as JSON that two servers agree on: the order of its key kept, that of the rest sorted."""
    found = json.loads(json_util.dumps(index, json_options=json_util.RELAXED_JSON_OPTIONS))
    return {name: found[name] for name in sorted(found) if name != "ns"}


def same_indexes(some: list[dict[str, Any]], others: list[dict[str, Any]]) -> bool:
    """Compare descriptions; keys of the same fields in another order are not the same."""
    return [json.dumps(each) for each in some] == [json.dumps(each) for each in others]


def name_of(database: str, moment: datetime) -> str:
    """Name a backup after its moment, to the second."""
    return f"{database}-{moment.astimezone(UTC).strftime(MOMENT)}"


def moment_of(name: str) -> datetime | None:
    """Tell the moment of a backup by its name, if it's the name of one."""
    try:
        return datetime.strptime(name.rpartition("-")[2], MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None
