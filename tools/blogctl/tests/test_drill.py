"""`blogctl drill`, without a cluster: what it says, and how it judges."""

import dataclasses
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

from blogctl.drill.drill import alone
from blogctl.drill.failures import DRILLS
from blogctl.drill.traffic import Answer, Record, Stored
from blogctl.drill.verdict import Limits, Outcome, spells, table

Blogctl = Callable[..., CompletedProcess[str]]
NOTHING = Stored(lost=[], duplicates=[])


def outcome(**changes: object) -> Outcome:
    """Ten seconds of traffic in which everything went well, but for the changes."""
    good = [Answer(at, ok=True, said="200") for at in range(1, 10)]
    record = Record(began=0, ended=10, reads=good, writes=good, acknowledged={"첫 글": "1"})
    return dataclasses.replace(Outcome("a-drill", record, NOTHING, heal_seconds=4, restarts=0), **changes)  # type: ignore[arg-type]


def record(*, reads: list[Answer] | None = None, writes: list[Answer] | None = None) -> Record:
    good = outcome().record
    return dataclasses.replace(good, reads=reads or good.reads, writes=writes or good.writes)


def test_the_list_names_every_drill(blogctl: Blogctl) -> None:
    answer = blogctl("drill", "--list")

    assert answer.returncode == 0
    assert [line.split()[0] for line in answer.stdout.splitlines()] == [*DRILLS, *alone()]


def test_no_name_is_wrong_usage(blogctl: Blogctl) -> None:
    assert blogctl("drill").returncode == 2


def test_an_unknown_name_hears_which_there_are(blogctl: Blogctl) -> None:
    answer = blogctl("drill", "earthquake")

    assert (answer.returncode, answer.stdout) == (1, "")
    assert "earthquake" in answer.stderr
    assert "posts-pods" in answer.stderr


def test_a_drill_that_cost_nothing_is_good() -> None:
    assert outcome().broken(Limits()) == []
    assert outcome().row(Limits())[-1] == "good"


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (outcome(stored=Stored(["첫 글"], [])), "1 acknowledged writes lost"),
        (outcome(stored=Stored([], ["첫 글"])), "1 posts there twice"),
        (outcome(record=record(reads=[Answer(at, at != 5, "502") for at in range(10)])), "1 reads failed (502: 1)"),
        (outcome(restarts=1), "1 restarts of posts-service"),
        (outcome(heal_seconds=121), "121.0 s to heal, 120 allowed"),
        (
            outcome(record=record(reads=[Answer(at, at < 10, "503", seconds=1) for at in range(100)])),
            "89.0 s with errors, 15 allowed",
        ),
    ],
)
def test_each_loss_is_said(bad: Outcome, said: str) -> None:
    assert said in bad.broken(Limits())


def test_a_write_that_is_told_to_wait_has_not_failed() -> None:
    told = [Answer(2.0, ok=False, said="503, Retry-After"), Answer(3.0, ok=True, said="201")]
    waited = outcome(record=record(writes=told))

    assert (waited.told_to_wait, waited.failed_writes) == (1, [])


def test_requests_that_fail_now_and_then_fail_in_spells() -> None:
    failed = [Answer(at, ok=False, said="503", seconds=1) for at in (21, 3, 4, 7, 23)]

    assert spells(failed) == [(2, 6), (20, 22)]


@pytest.mark.parametrize(("times", "gap"), [([1, 2, 3, 9], 6), ([8, 9], 8), ([1, 2], 8), ([], 10)])
def test_the_longest_gap_counts_from_the_beginning_to_the_end(times: list[float], gap: float) -> None:
    seen = Record(began=0, ended=10)

    assert seen.longest_gap([Answer(at, ok=True, said="200") for at in times]) == gap


def test_the_table_is_markdown() -> None:
    heading, rule, row = table([outcome().row(Limits())]).splitlines()

    assert heading.startswith("| drill ")
    assert set(rule) == set("| -")
    assert len(heading) == len(rule) == len(row)
