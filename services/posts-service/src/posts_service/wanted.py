"""Which posts of the list are asked for: the query of GET /posts, and MongoDB's filter for it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chassis import mongo
from chassis.text import Absent, Text
from posts_service.cursor import Cursor
from posts_service.words import containing


class Wanted(BaseModel):
    """The query of the list. As one model it costs a request less than five parameters."""

    model_config = ConfigDict(frozen=True)

    limit: int = Field(default=20, ge=1, le=100)
    cursor: str | Absent = Field(default=None, description="Where the page before ended: see its `Link`.")
    tag: Text | Absent = Field(default=None, max_length=50)
    author: Text | Absent = Field(default=None, max_length=32)
    q: Annotated[Text | Absent, Field(max_length=200, description="Every word has to begin a word of the post.")] = None

    def filter(self) -> mongo.Document:
        """Make MongoDB's filter.

        Raises:
            BadCursor: The cursor isn't one that a page gave.
        """
        conditions: list[mongo.Document] = []
        if self.tag is not None:
            conditions.append({"tags": self.tag.lower()})
        if self.author is not None:
            conditions.append({"author": self.author})
        if self.q is not None:
            conditions.append(containing(self.q))
        if self.cursor is not None:
            conditions.append(Cursor.parse(self.cursor).older())
        return {"$and": conditions} if conditions else {}
