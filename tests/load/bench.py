"""`make bench`: what a request costs, as a ratio to the textbook's version of the same endpoint in the same run.

Every row is measured several times, all rows in turn, so that a machine that gets slower meanwhile is slower for
all of them; the table shows medians. It judges nothing: a figure is compared with its baseline, never with a clock.
"""

import argparse
import json
import statistics
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import start
import wrk
from contenders import FRONT_DOOR, Server, running
from rich.console import Console
from rich.progress import track
from rich.table import Table
from wrk import Load

MEASURED = 3  # seconds a run
MEMORY_RUNS = 10
progress = Console(stderr=True)


@dataclass
class Row:
    """One question to one contender, the row that it is compared with, and every run's figures."""

    name: str
    contender: str
    paths: list[str]
    baseline: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    loads: list[Load] = field(default_factory=list)

    def median(self, figure: str) -> float:
        """Give the median of one figure over all runs."""
        return float(statistics.median(getattr(load, figure) for load in self.loads))


def rows(servers: dict[str, Server]) -> list[Row]:
    """Choose what is asked, by what the database holds."""
    ours = servers["posts-service"].base
    first = httpx.get(f"{ours}/posts")
    pages: list[str] = []
    page = first
    while len(pages) < 500:
        pages.append(page.links["next"]["url"])
        page = httpx.get(ours + pages[-1])
    ones = [f"/posts/{post['id']}" for post in httpx.get(f"{ours}/posts", params={"limit": 100}).json()]
    held = {"If-None-Match": first.headers["ETag"]}
    textbook_list, textbook_one, our_list = "list, textbook", "one by id, textbook", "list, posts-service"
    return [
        Row(textbook_list, "textbook", ["/posts"]),
        Row(our_list, "posts-service", ["/posts"], textbook_list),
        Row("list, PyMongo async", "PyMongo async", ["/posts"], textbook_list),
        Row("unchanged list (304), posts-service", "posts-service", ["/posts"], textbook_list, held),
        Row("empty route", "empty route", ["/posts"], textbook_list),
        Row(textbook_one, "textbook", ones),
        Row("one by id, posts-service", "posts-service", ones, textbook_one),
        Row("one by id, PyMongo async", "PyMongo async", ones, textbook_one),
        Row("500 pages in turn, posts-service", "posts-service", pages, textbook_list),
        Row("page 500, posts-service", "posts-service", pages[-1:], our_list),
        Row("list of 1,000 posts, posts-service", "posts-service, 1,000 posts", ["/posts"], our_list),
        Row("list through nginx's micro-cache", FRONT_DOOR, ["/posts"], our_list),
    ]


def measure(all_rows: list[Row], servers: dict[str, Server], *, rounds: int, scratch: Path) -> None:
    """Run every row once a round; one more round before, to warm up, doesn't count."""
    turns = [(turn, row) for turn in range(rounds + 1) for row in all_rows]
    for turn, row in track(turns, "measuring", console=progress):
        server = servers[row.contender]
        seconds = MEASURED if turn else 1
        load = wrk.run(server.base, row.paths, pid=server.pid, seconds=seconds, headers=row.headers, scratch=scratch)
        if turn:
            row.loads.append(load)


def memory(server: Server, *, scratch: Path) -> list[float]:
    """Give the worker's memory in MiB after each of ten runs."""
    after = []
    for _ in track(range(MEMORY_RUNS), "watching memory", console=progress):
        wrk.run(server.base, ["/posts"], pid=server.pid, seconds=MEASURED, headers={}, scratch=scratch)
        after.append(round(server.resident_mib(), 1))
    return after


def figures(row: Row, baseline: Row | None) -> dict[str, Any]:
    """Give a row's medians and its ratio to its baseline."""
    return {
        "what": row.name,
        "per_second": round(row.median("per_second")),
        "ratio": round(row.median("per_second") / baseline.median("per_second"), 2) if baseline else None,
        "compared_with": row.baseline,
        "p99_ms": round(row.median("p99_ms"), 1),
        "cpu_us": round(row.median("cpu_us")),
    }


def show(report: dict[str, Any]) -> None:
    """Print the table."""
    table = Table(title="{rounds} runs, medians; {connections} connections, one worker, 100,000 posts".format(**report))
    table.add_column("what")
    for column in ("requests/s", "ratio", "p99 ms", "CPU µs a request"):
        table.add_column(column, justify="right")
    table.add_column("compared with")
    for row in report["rows"]:
        table.add_row(*("" if value is None else str(value) for value in _in_order(row)))
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(table)
    resident = report["memory_mib"]
    console.print(f"memory of one worker: {resident[1]} MiB after 2 runs, {resident[-1]} MiB after {len(resident)}")
    first, again = report["start_seconds"]
    console.print(f"make run in a fresh clone: first answer after {first:.1f} s; started again: {again:.1f} s")


def _in_order(row: dict[str, Any]) -> list[Any]:
    return [row[key] for key in ("what", "per_second", "ratio", "p99_ms", "cpu_us", "compared_with")]


def main() -> int:
    """Measure, print, and say nothing about whether it's good."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each row (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    arguments = parser.parse_args()
    if not wrk.available():
        sys.stderr.write("bench: wrk is not on PATH; install it (apt install wrk, brew install wrk)\n")
        return 1
    with tempfile.TemporaryDirectory() as directory, ExitStack() as stack:
        scratch = Path(directory)
        with progress.status("starting the blog in a fresh clone"):
            start_seconds = start.seconds(scratch)
        with progress.status("loading 100,000 posts"):
            servers = stack.enter_context(running(scratch))
        all_rows = rows(servers)
        measure(all_rows, servers, rounds=arguments.rounds, scratch=scratch)
        memory_mib = memory(servers["posts-service"], scratch=scratch)
    by_name = {row.name: row for row in all_rows}
    report = {
        "rounds": arguments.rounds,
        "connections": wrk.CONNECTIONS,
        "rows": [figures(row, by_name.get(row.baseline or "")) for row in all_rows],
        "memory_mib": memory_mib,
        "start_seconds": start_seconds,
    }
    if arguments.json:
        sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    else:
        show(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
