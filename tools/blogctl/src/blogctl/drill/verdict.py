"""What a drill is held to, and whether it was kept."""

from collections import Counter
from dataclasses import dataclass

from blogctl.drill.traffic import Answer, Record, Stored

CALM_SECONDS = 5
HEADINGS = (
    "drill",
    "reads (failed)",
    "writes (failed, told to wait)",
    "errors over",
    "lost",
    "duplicates",
    "longest gap of reads",
    "longest gap of writes",
    "restarts of posts-service",
    "healed after",
    "verdict",
)


@dataclass(frozen=True)
class Limits:
    """What a failure may cost; a write that was acknowledged is never lost, and none is there twice."""

    failed_reads: int | None = 0  # None: the failure is one that readers see
    failed_writes: int | None = 0
    error_seconds: float = 15  # how long there were requests that would fail
    read_gap_seconds: float = 15
    write_gap_seconds: float = 15  # for MongoDB to elect a primary (contract.md, step 5)
    restarts: int | None = 0
    heal_seconds: float = 120


@dataclass(frozen=True)
class Outcome:
    """What a drill has cost."""

    drill: str
    record: Record
    stored: Stored
    heal_seconds: float
    restarts: int

    @property
    def failed_reads(self) -> list[Answer]:
        """Reads that got no list."""
        return [answer for answer in self.record.reads if not answer.ok]

    @property
    def told_to_wait(self) -> int:
        """Writes that got 503 with Retry-After, and were sent again."""
        return sum(answer.waits for answer in self.record.writes)

    @property
    def failed_writes(self) -> list[Answer]:
        """Writes that got something worse, or that nobody acknowledged in a minute."""
        return [answer for answer in self.record.writes if not answer.ok and not answer.waits]

    @property
    def error_seconds(self) -> float:
        """Seconds in which requests began that failed, all spells of it together."""
        return sum(end - start for start, end in spells([*self.failed_reads, *self.failed_writes]))

    @property
    def read_gap(self) -> float:
        """Seconds without a single good read."""
        return self.record.longest_gap(self.record.reads)

    @property
    def write_gap(self) -> float:
        """Seconds without a single acknowledged write."""
        return self.record.longest_gap(self.record.writes)

    def broken(self, limits: Limits) -> list[str]:
        """Say which limits were not kept; none is the good end."""
        record = self.record
        counted = {
            "acknowledged writes lost": (len(self.stored.lost), 0),
            "posts there twice": (len(self.stored.duplicates), 0),
            "writes given up": (len(record.given_up), 0),
            f"reads failed ({kinds(self.failed_reads)})": (len(self.failed_reads), limits.failed_reads),
            f"writes failed ({kinds(self.failed_writes)})": (len(self.failed_writes), limits.failed_writes),
            "restarts of posts-service": (self.restarts, limits.restarts),
        }
        timed = {
            "with errors": (self.error_seconds, limits.error_seconds),
            "without a read": (self.read_gap, limits.read_gap_seconds),
            "without a write": (self.write_gap, limits.write_gap_seconds),
            "to heal": (self.heal_seconds, limits.heal_seconds),
        }
        return [
            *(f"{n} {what}" for what, (n, most) in counted.items() if most is not None and n > most),
            *(f"{s:.1f} s {what}, {most:.0f} allowed" for what, (s, most) in timed.items() if s > most),
        ]

    def row(self, limits: Limits) -> tuple[str, ...]:
        """Give the line of the table."""
        record = self.record
        return (
            self.drill,
            f"{len(record.reads)} ({len(self.failed_reads)})",
            f"{len(record.acknowledged)} ({len(self.failed_writes)}, {self.told_to_wait})",
            f"{self.error_seconds:.1f} s",
            str(len(self.stored.lost)),
            str(len(self.stored.duplicates)),
            f"{self.read_gap:.1f} s",
            f"{self.write_gap:.1f} s",
            str(self.restarts),
            f"{self.heal_seconds:.0f} s",
            "; ".join(self.broken(limits)) or "good",
        )


def unfinished(drill: str, why: str) -> tuple[str, ...]:
    """Give the line of a drill that came to no end."""
    return (drill, *[""] * (len(HEADINGS) - 2), why)


def spells(failed: list[Answer]) -> list[tuple[float, float]]:
    """Give from when to when requests began that failed; five seconds without one end a spell."""
    found: list[tuple[float, float]] = []
    for began in sorted(answer.began for answer in failed):
        if found and began - found[-1][1] < CALM_SECONDS:
            found[-1] = (found[-1][0], began)
        else:
            found.append((began, began))
    return found


def kinds(answers: list[Answer]) -> str:
    """Give what went wrong, most frequent first."""
    return ", ".join(f"{said}: {n}" for said, n in Counter(answer.said for answer in answers).most_common())


def table(rows: list[tuple[str, ...]]) -> str:
    """Give the rows as a table for a page (Markdown)."""
    lines = [HEADINGS, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    rule = tuple("-" * width for width in widths)
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in (HEADINGS, rule, *rows)
    )
