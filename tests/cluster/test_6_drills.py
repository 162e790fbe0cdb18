"""Failures under fifty requests a second: those of `make drills` that take less than a minute."""

import pytest

from blogctl import terminal
from blogctl.drill.drill import run
from blogctl.drill.failures import DRILLS, Site
from blogctl.drill.verdict import table
from cluster.applied import Platform


@pytest.mark.parametrize("name", ["posts-pods", "mongo-primary", "scale", "out-of-memory"])
def test_it_costs_no_more_than_is_promised(site: Site, platform: Platform, name: str) -> None:
    drill = DRILLS[name]

    outcome = run(drill, site, platform.url)

    terminal.answer(table([outcome.row(drill.limits)]))
    assert outcome.broken(drill.limits) == []
