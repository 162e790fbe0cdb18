"""Times are UTC, to the millisecond: what MongoDB stores."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator


def now() -> datetime:
    """The time, without the microseconds that a stored time would lose."""
    time = datetime.now(UTC)
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def _as_utc(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)


Utc = Annotated[datetime, AfterValidator(_as_utc)]  # MongoDB's driver gives UTC without saying so
