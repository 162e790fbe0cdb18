"""Where a page ends: opaque text that says which post came last.

A page starts after a post, not after a number of posts, so it stays right while posts are being added.
"""

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from chassis import mongo
from posts_service.errors import BadCursor

_FORMAT = struct.Struct(">Q12s")  # milliseconds since 1970, ObjectId
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Cursor:
    """The last post of a page."""

    created_at: datetime
    post_id: mongo.ObjectId

    @classmethod
    def after(cls, post: mongo.Document) -> Self:
        """Make the cursor of the page that follows a post."""
        return cls(post["created_at"].replace(tzinfo=UTC), post["_id"])

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a cursor.

        Raises:
            BadCursor: The text isn't one that `str()` of a cursor gave.
        """
        try:
            milliseconds, post_id = _FORMAT.unpack(base64.b64decode(text + "=", altchars=b"-_", validate=True))
            return cls(_EPOCH + timedelta(milliseconds=milliseconds), mongo.ObjectId(post_id))
        except (binascii.Error, struct.error, OverflowError, ValueError) as error:
            raise BadCursor from error

    def older(self) -> mongo.Document:
        """Make the filter for the posts after this one, newest first."""
        return {
            "$or": [
                {"created_at": {"$lt": self.created_at}},
                {"created_at": self.created_at, "_id": {"$lt": self.post_id}},
            ]
        }

    def __str__(self) -> str:
        milliseconds = (self.created_at - _EPOCH) // timedelta(milliseconds=1)
        return base64.urlsafe_b64encode(_FORMAT.pack(milliseconds, self.post_id.binary)).decode().rstrip("=")
