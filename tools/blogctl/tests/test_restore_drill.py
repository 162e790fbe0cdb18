"""`blogctl drill restore`, without a cluster: how it judges."""

import pytest

from blogctl.drill.restore import Restored, judged
from blogctl.failure import Failure

MOMENT = 1_770_000_000


def post(second: int, number: int = 0) -> str:
    """The id of a post that was made so many seconds after the backup's moment."""
    return f"{MOMENT + second:08x}{number:016x}"


def restored(*, back: list[str], lost: list[str]) -> Restored:
    return Restored("blog-20260202T022640Z", MOMENT, frozenset([*back, *lost]), frozenset(lost), rto_seconds=21.4)


def test_what_came_after_the_backup_may_be_lost() -> None:
    good = restored(back=[post(-9), post(-1), post(0)], lost=[post(0, 1), post(1), post(12)])

    assert good.broken() == []
    assert judged(good).splitlines() == [
        "backup   blog-20260202T022640Z",
        "writes   6 acknowledged, 3 of them are back, 3 lost",
        "RPO      12 s, from the backup's moment to the last write",
        "RTO      21 s, from the drop until the blog could be read and written again",
        "verdict  good: lost is what came after the backup, and nothing else",
    ]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (restored(back=[post(-9)], lost=[post(-2), post(5)]), "1 writes are lost that came before the backup's moment"),
        (restored(back=[post(-9), post(3)], lost=[post(5)]), "1 writes are there that came after it"),
        (restored(back=[], lost=[post(5)]), "nobody wrote before the backup"),
        (restored(back=[post(-9)], lost=[]), "nobody wrote after the backup"),
    ],
)
def test_each_thing_that_is_wrong_is_said(bad: Restored, said: str) -> None:
    with pytest.raises(Failure, match=f"the verdict is bad: {said}"):
        judged(bad)


def test_who_wrote_nothing_lost_nothing() -> None:
    assert restored(back=[], lost=[]).rpo_seconds == 0
