from datetime import UTC, datetime, timedelta, timezone

from pydantic import TypeAdapter

from chassis import times

utc = TypeAdapter[datetime](times.Utc)


def test_now_is_what_mongodb_would_give_back() -> None:
    now = times.now()

    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
    assert timedelta() <= datetime.now(UTC) - now < timedelta(seconds=5)


def test_a_time_without_a_zone_is_utc() -> None:
    assert utc.validate_python(datetime(2026, 1, 1)) == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_time_with_a_zone_keeps_it() -> None:
    in_korea = datetime(2026, 1, 1, 9, tzinfo=timezone(timedelta(hours=9)))

    assert utc.validate_python(in_korea) == datetime(2026, 1, 1, tzinfo=UTC)
