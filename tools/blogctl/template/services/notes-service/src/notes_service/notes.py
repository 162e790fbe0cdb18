"""The collection: every query to it."""

from chassis import mongo, times
from chassis.mongo import DESCENDING, ObjectId
from notes_service.errors import EntryNotFound
from notes_service.schemas import Draft, Entry

NEWEST_FIRST = [("created_at", DESCENDING), ("_id", DESCENDING)]


class Notes:
    """The collection `notes`."""

    def __init__(self, blog: mongo.Database) -> None:
        self._entries = blog["notes"]

    async def newest(self, limit: int) -> list[Entry]:
        """Read the newest.

        Args:
            limit: How many at most.
        """
        found = self._entries.find({}, sort=NEWEST_FIRST, limit=limit)
        return [_entry(stored) async for stored in found]

    async def read(self, entry_id: ObjectId) -> Entry:
        """Read one.

        Raises:
            EntryNotFound: Nothing has that id.
        """
        stored = await self._entries.find_one({"_id": entry_id})
        if stored is None:
            raise EntryNotFound
        return _entry(stored)

    async def write(self, draft: Draft, author: str) -> Entry:
        """Store a new one.

        Args:
            draft: What the author wrote.
            author: The author's name.
        """
        stored = {"_id": ObjectId(), **draft.model_dump(), "author": author, "created_at": times.now()}
        await self._entries.insert_one(stored)
        return _entry(stored)


def _entry(stored: mongo.Document) -> Entry:
    return Entry(id=str(stored["_id"]), **{name: stored[name] for name in ("text", "author", "created_at")})
