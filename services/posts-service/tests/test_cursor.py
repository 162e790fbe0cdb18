from datetime import UTC, datetime

import pytest

from chassis.mongo import ObjectId
from posts_service.cursor import Cursor
from posts_service.errors import BadCursor

POST_ID = ObjectId("6744f3a0c2a1b2d3e4f5a6b7")


@pytest.mark.parametrize(
    "created_at",
    [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2026, 1, 1, 14, 59, 59, 999000, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999000, tzinfo=UTC),
    ],
)
def test_a_cursor_is_read_as_it_was_written(created_at: datetime) -> None:
    cursor = Cursor(created_at, POST_ID)

    assert Cursor.parse(str(cursor)) == cursor


def test_a_cursor_fits_into_an_address() -> None:
    text = str(Cursor.after({"created_at": datetime(2026, 1, 1), "_id": POST_ID}))

    assert text.replace("-", "").replace("_", "").isalnum()
    assert len(text) == 27


@pytest.mark.parametrize("text", ["", "x", "첫 글", "A" * 26, "A" * 28, "A" * 5000, "_" * 27, "!" * 27, "\0" * 27])
def test_text_that_no_page_gave_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        Cursor.parse(text)
