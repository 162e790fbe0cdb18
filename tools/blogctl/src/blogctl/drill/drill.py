"""`blogctl drill`: set up a failure under traffic, wait until it is healed, and judge what it cost."""

import time
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from blogctl import terminal
from blogctl.drill.failures import DRILLS, Drill, Site
from blogctl.drill.traffic import traffic
from blogctl.drill.verdict import Outcome, kinds, spells, table, unfinished
from blogctl.failure import Failure

STEADY_SECONDS = 5  # of traffic before the failure, and after it is healed
HEAL_SECONDS = 300


def alone() -> dict[str, ModuleType]:
    """Give the drills that judge by themselves, and go alone; a blog that makes no backups has none."""
    modules = {name: f"{__package__}.{name}" for name in ("restore",)}
    return {name: import_module(module) for name, module in modules.items() if find_spec(module)}


def listing() -> str:
    """Give the drills, one a line."""
    drills = {name: drill.summary for name, drill in DRILLS.items()} | {
        name: drill.SUMMARY for name, drill in alone().items()
    }
    return "\n".join(f"{name:14} {summary}" for name, summary in drills.items())


def chosen(names: list[str]) -> list[Drill]:
    """Find drills by their names.

    Raises:
        Failure: There is none of that name.
    """
    if unknown := [name for name in names if name not in DRILLS]:
        there_are = ", ".join([*DRILLS, *(f"{name} (alone)" for name in alone())])
        raise Failure(f"no such drill: {', '.join(unknown)}; there are: {there_are}")
    return [DRILLS[name] for name in names]


def show(drills: list[Drill], site: Site) -> None:
    """Print the lines of drills, and run none."""
    for drill in drills:
        terminal.note(f"# {drill.name}: {drill.summary}")
        drill.strike(site)


def run(drill: Drill, site: Site, url: str) -> Outcome:
    """Run a drill.

    Args:
        drill: The failure.
        site: Where; all of it has to be ready.
        url: The front door.

    Returns:
        What it cost.

    Raises:
        Failure: It could not be run, or nothing healed it.
    """
    terminal.note(f"drill {drill.name}: {drill.summary}", style="bold")
    cluster = site.cluster
    if len(cluster.nodes()) < drill.nodes:
        raise Failure(f"{drill.name} needs {drill.nodes} nodes")
    cluster.settle(within=HEAL_SECONDS)
    restarts = {pod.name: pod.restarts for pod in cluster.pods("posts")}
    with traffic(url) as (author, record):
        time.sleep(STEADY_SECONDS)
        began = time.monotonic()
        drill.strike(site)
        cluster.settle(within=HEAL_SECONDS)
        healed = time.monotonic() - began
        time.sleep(STEADY_SECONDS)
    again = sum(pod.restarts - restarts.get(pod.name, 0) for pod in cluster.pods("posts"))
    outcome = Outcome(drill.name, record, author.compare(record), healed, again)
    author.tidy()
    for what, answers in (("reads", outcome.failed_reads), ("writes", outcome.failed_writes)):
        if answers:
            when = ", ".join(f"{start - began:.0f} to {end - began:.0f} s" for start, end in spells(answers))
            terminal.note(f"{len(answers)} {what} failed, begun {when} after the failure: {kinds(answers)}")
    return outcome


def run_all(drills: list[Drill], site: Site, url: str) -> str:
    """Run drills one after another.

    Args:
        drills: Which.
        site: Where.
        url: The front door; empty to find it.

    Returns:
        The table of what they cost, printed even where the end is bad.

    Raises:
        Failure: A verdict is bad.
    """
    url = url or site.cluster.front_door()
    rows, bad = [], []
    for drill in drills:
        try:
            outcome = run(drill, site, url)
        except Failure as failure:
            rows.append(unfinished(drill.name, str(failure)))
            bad.append(drill.name)
            continue
        rows.append(outcome.row(drill.limits))
        if outcome.broken(drill.limits):
            bad.append(drill.name)
    terminal.answer(table(rows))
    if bad:
        raise Failure(f"the verdict is bad: {', '.join(bad)}")
    return f"{len(rows)} drills, all good"
