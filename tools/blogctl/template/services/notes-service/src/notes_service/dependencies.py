"""What routes ask for, each under one name. All are coroutines: FastAPI sends plain functions to a thread."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request

from chassis import mongo
from notes_service.errors import EntryNotFound
from notes_service.notes import Notes


async def stored(request: Request) -> Notes:
    """The collection that the lifespan opened."""
    collection: Notes = request.state.collection
    return collection


async def entry_id(entry_id: Annotated[str, Path(examples=["6744f3a0c2a1b2d3e4f5a6b7"])]) -> mongo.ObjectId:
    """Read the id in the path; a malformed one names nothing."""
    try:
        return mongo.ObjectId(entry_id)
    except mongo.InvalidId as error:
        raise EntryNotFound from error


Stored = Annotated[Notes, Depends(stored)]
EntryId = Annotated[mongo.ObjectId, Depends(entry_id)]
Limit = Annotated[int, Query(ge=1, le=100)]
