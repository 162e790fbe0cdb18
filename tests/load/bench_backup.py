"""`make bench-backup`: what a backup and a restore cost, as a ratio to MongoDB's own tools in the same run.

100,000 posts of 600 bytes on the embedded mongod. Every row is measured several times, all rows in turn; the table
shows medians. Where mongodump and mongorestore are not on PATH, a backup is compared with reading the collection by
the driver and compressing it. It judges nothing.
"""

import argparse
import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pymongo
from rich.console import Console
from rich.progress import track
from rich.table import Table

from blogctl.mongod import running_mongod

POSTS, POST_BYTES = 100_000, 600
WRITERS, PAUSE_SECONDS = 4, 0.01  # what a busy blog sees: some hundred writes a second
README = Path(__file__).parents[2] / "README.md"
progress = Console(stderr=True)


@dataclass
class Row:
    """A way to do it, the one that it is compared with, and the seconds of every run."""

    name: str
    run: Callable[[], None]
    baseline: str | None = None
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Seconds in the middle of all runs."""
        return statistics.median(self.seconds)


class Bench:
    """A blog, and the commands that back it up and bring it back."""

    def __init__(self, url: str, scratch: Path) -> None:
        self.url = url
        self.backups = scratch / "backups"
        self.dump = scratch / "dump.archive.gz"
        self.backups.mkdir()
        self.peak_mib = 0.0

    def fill(self) -> None:
        """Write the posts: words of the README, so that they shrink as text does."""
        random, words = Random(1), README.read_text("utf-8").split()
        with pymongo.MongoClient[dict[str, Any]](self.url) as client:
            posts = client.get_default_database()["posts"]
            for start in range(0, POSTS, 1000):
                posts.insert_many([_post(start + number, random, words) for number in range(1000)])
            posts.create_index([("created_at", -1), ("_id", -1)])
            posts.create_index("tags")

    def back_up(self) -> None:
        """Ours."""
        for path in self.backups.iterdir():
            path.unlink()
        self._admin("backup")

    def restore(self) -> None:
        """Ours: it loads, compares, and switches."""
        self._admin("restore", "--replace")

    def mongodump(self) -> None:
        """MongoDB's own."""
        _run(["mongodump", "--quiet", "--uri", self.url, f"--archive={self.dump}", "--gzip"])

    def mongorestore(self) -> None:
        """MongoDB's own, of its own archive."""
        server = self.url.replace("/blog?", "/?")
        _run(["mongorestore", "--quiet", "--drop", "--uri", server, f"--archive={self.dump}", "--gzip"])

    def read_and_compress(self) -> None:
        """What nobody can be faster than who reads by the driver."""
        with pymongo.MongoClient[dict[str, Any]](self.url) as client, gzip.open(self.dump, "wb", 6) as out:
            for batch in client.get_default_database()["posts"].find_raw_batches(batch_size=1000):
                out.write(bytes(batch))  # type: ignore[arg-type] # its stubs say documents

    def _admin(self, *arguments: str) -> None:
        environment = {**os.environ, "MONGO_URL": self.url, "BACKUP_DIR": str(self.backups)}
        command = [sys.executable, "-m", "admin_backup", *arguments]
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"bench-backup: {' '.join(arguments)} failed")
        self.peak_mib = max(self.peak_mib, usage.ru_maxrss / 1024)


def _post(number: int, random: Random, words: list[str]) -> dict[str, Any]:
    body = " ".join(random.choices(words, k=120))[: POST_BYTES - 140]
    when = datetime.fromtimestamp(1_700_000_000 + number, UTC)
    return {
        "title": f"글 {number}",
        "body": body,
        "tags": ["쿠버네티스"],
        "author": "minji",
        "created_at": when,
        "version": 1,
    }


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True)


def rows(bench: Bench) -> list[Row]:
    """Choose what is measured by which tools are there."""
    if shutil.which("mongodump") and shutil.which("mongorestore"):
        return [
            Row("mongodump", bench.mongodump),
            Row("admin-backup backup", bench.back_up, "mongodump"),
            Row("mongorestore", bench.mongorestore),
            Row("admin-backup restore", bench.restore, "mongorestore"),
        ]
    return [
        Row("read by the driver, and compress", bench.read_and_compress),
        Row("admin-backup backup", bench.back_up, "read by the driver, and compress"),
        Row("admin-backup restore", bench.restore),
    ]


def measure(all_rows: list[Row], *, rounds: int) -> None:
    """Run every row once a round; one more round before, to warm up, doesn't count."""
    for turn, row in track(
        [(turn, row) for turn in range(rounds + 1) for row in all_rows], "measuring", console=progress
    ):
        began = time.monotonic()
        row.run()
        if turn:
            row.seconds.append(time.monotonic() - began)


@contextmanager
def writers(url: str) -> Iterator[list[int]]:
    """Let people write for as long as a block lasts; gives the number of writes of each."""
    stop, counts = threading.Event(), [0] * WRITERS

    def write(writer: int) -> None:
        with pymongo.MongoClient[dict[str, Any]](url, w="majority") as client:
            while not stop.is_set():
                client.get_default_database()["letters"].insert_one({"text": "편지"})
                counts[writer] += 1
                time.sleep(PAUSE_SECONDS)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    yield counts
    stop.set()
    for thread in threads:
        thread.join()


def writes_a_second(bench: Bench, *, rounds: int) -> tuple[float, float]:
    """Count writes while nothing else goes on, and while backups are made."""
    alone: list[float] = []
    meanwhile: list[float] = []
    with writers(bench.url) as counts:
        for _ in track(range(rounds), "counting writes", console=progress):
            for rates, work in ((meanwhile, bench.back_up), (alone, lambda: time.sleep(3))):
                before, began = sum(counts), time.monotonic()
                work()
                rates.append((sum(counts) - before) / (time.monotonic() - began))
    return statistics.median(alone), statistics.median(meanwhile)


def show(report: dict[str, Any]) -> None:
    """Print the table."""
    table = Table(title=f"{report['rounds']} runs, medians; {POSTS:,} posts of {POST_BYTES} bytes")
    table.add_column("what")
    for column in ("seconds", "speed, as a ratio"):
        table.add_column(column, justify="right")
    table.add_column("compared with")
    for row in report["rows"]:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(table)
    alone, meanwhile = report["writes_a_second"]
    console.print(
        f"writes: {alone} a second, {meanwhile} while a backup is made: {report['writes_lost_percent']} % fewer"
    )
    console.print(f"memory of admin-backup: at most {report['peak_mib']} MiB")


def main() -> int:
    """Measure, print, and say nothing about whether it's good."""
    parser = argparse.ArgumentParser(prog="make bench-backup", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each row (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, running_mongod(Path(directory) / "mongod") as url:
        bench = Bench(url, Path(directory))
        with progress.status(f"writing {POSTS:,} posts"):
            bench.fill()
        all_rows = rows(bench)
        measure(all_rows, rounds=arguments.rounds)
        alone, meanwhile = writes_a_second(bench, rounds=arguments.rounds)
    medians = {row.name: row.median for row in all_rows}
    report = {
        "rounds": arguments.rounds,
        "rows": [
            {
                "what": row.name,
                "seconds": round(row.median, 2),
                "ratio": round(medians[row.baseline] / row.median, 2) if row.baseline else None,
                "compared_with": row.baseline,
            }
            for row in all_rows
        ],
        "writes_a_second": [round(alone), round(meanwhile)],
        "writes_lost_percent": round(100 * (1 - meanwhile / alone), 1),
        "peak_mib": round(bench.peak_mib),
    }
    if arguments.json:
        sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
    else:
        show(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
