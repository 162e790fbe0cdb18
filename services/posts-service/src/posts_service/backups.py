"""What the admin job says of its backups, as metrics: its pods are gone before Prometheus could ask them."""

import asyncio
import time

import structlog
from fastapi import Request
from prometheus_client import Gauge
from pydantic import BaseModel

from chassis import mongo
from chassis.times import Utc

PATIENCE_SECONDS = 1  # a scrape comes again; it must not wait out an outage
log = structlog.get_logger()

# Labelled, because a gauge without a label is 0 before anybody has set it: a backup of 1970.
_TAKEN = Gauge("blog_backup_taken_timestamp_seconds", "Moment of the last good backup.", ["database"])
_SIZE = Gauge("blog_backup_size_bytes", "Size of the last good backup's archive.", ["database"])
_VERIFIED = Gauge("blog_backup_verified_timestamp_seconds", "When a restore last proved a backup.", ["database"])


class Report(BaseModel):
    """The last good backup, and when one was last proven."""

    taken_at: Utc
    size: int  # bytes
    verified_at: Utc | None


class Backups:
    """Reads the admin job's report, at most once every `fresh_seconds`."""

    def __init__(self, blog: mongo.Database, *, fresh_seconds: float) -> None:
        self._reports = blog["backups"]
        self._database = blog.name
        self._fresh_seconds = fresh_seconds
        self._read_at = float("-inf")

    async def refresh(self) -> None:
        """Bring the gauges up to date. While MongoDB is away they stay as they are, and so does a backup's age."""
        if time.monotonic() - self._read_at < self._fresh_seconds:
            return
        self._read_at = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                report = await self._reports.find_one()
        except (mongo.PyMongoError, TimeoutError) as error:
            log.warning("backup_report_unread", reason=str(error) or type(error).__name__)
            return
        for gauge in (_TAKEN, _SIZE, _VERIFIED):
            gauge.clear()
        if report is not None:
            self._show(Report.model_validate(report))

    def _show(self, report: Report) -> None:
        _TAKEN.labels(self._database).set(report.taken_at.timestamp())
        _SIZE.labels(self._database).set(report.size)
        if report.verified_at is not None:
            _VERIFIED.labels(self._database).set(report.verified_at.timestamp())


async def refreshed(request: Request) -> None:
    """Ask before /metrics answers."""
    backups: Backups = request.state.backups
    await backups.refresh()
