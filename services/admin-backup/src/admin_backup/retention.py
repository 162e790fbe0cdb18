"""Which backups are kept: grandfather, father, son."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from admin_backup.catalog import Backup, Catalog

ABANDONED = timedelta(days=1)  # no backup takes that long
KOREA = timezone(timedelta(hours=9))  # a day begins where the readers are; there is no summer time


@dataclass(frozen=True)
class Rules:
    """How many are kept, and from how long ago. The newest of a day, a week or a month stands for it."""

    recent_hours: int = 48  # every one of these, by hand before an upgrade for example
    days: int = 7
    weeks: int = 4
    months: int = 6


def kept(backups: Iterable[Backup], rules: Rules, *, now: datetime) -> set[str]:
    """Choose those that stay.

    Args:
        backups: All that there are.
        rules: How many of which kind.
        now: The time.

    Returns:
        Their names: those that the rules name, and always the newest and the last one that was verified.
    """
    newest_first = sorted(backups, key=lambda backup: backup.manifest.taken_at, reverse=True)
    since = now - timedelta(hours=rules.recent_hours)
    stay = {backup.name for backup in newest_first if backup.manifest.taken_at > since}
    stay |= _first_of_each(newest_first, rules.days, lambda day: day.date().isoformat())
    stay |= _first_of_each(newest_first, rules.weeks, lambda day: str(day.isocalendar()[:2]))
    stay |= _first_of_each(newest_first, rules.months, lambda day: f"{day:%Y-%m}")
    verified = [backup.name for backup in newest_first if backup.proof]
    return stay | {backup.name for backup in newest_first[:1]} | set(verified[:1])


def _first_of_each(newest_first: list[Backup], number: int, period: Callable[[datetime], str]) -> set[str]:
    found: dict[str, str] = {}
    for backup in newest_first:
        found.setdefault(period(backup.manifest.taken_at.astimezone(KOREA)), backup.name)
    return set(list(found.values())[:number])


def prune(place: Catalog, rules: Rules, *, now: datetime, dry_run: bool) -> tuple[list[str], list[str]]:
    """Delete what the rules don't keep, and what killed runs left.

    Args:
        place: Where the backups are.
        rules: How many are kept.
        now: The time.
        dry_run: Whether to say only what would go.

    Returns:
        The names of those that stay, and of those that go.
    """
    backups = place.backups()
    stay = kept(backups, rules, now=now)
    going = [backup for backup in backups if backup.name not in stay]
    if not dry_run:
        present = place.target.files()
        for backup in going:
            for name in backup.files:
                if name in present:
                    place.target.delete(name)
        for name in place.remains(before=now - ABANDONED):
            place.target.delete(name)
        place.target.clear()
    return [each.name for each in backups if each.name in stay], [each.name for each in going]
