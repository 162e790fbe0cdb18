"""`python -m admin_backup`: backup, verify, restore, list, prune, stats."""

import os
import signal
import sys
from typing import Annotated, Any

import orjson
import structlog
import typer
from pymongo.errors import PyMongoError

from admin_backup import statistics, tables
from admin_backup.catalog import Catalog
from admin_backup.manifest import Manifest
from admin_backup.storage import StorageSettings
from chassis import logs, settings, times
from chassis.command import with_database
from chassis.failure import Failure
from chassis.settings import Settings

SERVICE = "admin-backup"
NICENESS = 10  # whoever reads and writes the blog meanwhile comes first
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
Name = Annotated[str | None, typer.Argument(help="Which backup; the newest without a name.", show_default=False)]
Kept = Annotated[int, typer.Option(min=0, help="How many to keep; the newest of each stands for it.")]

cli = typer.Typer(
    help="Backup and statistics of the blog platform.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@cli.command()
def backup() -> None:
    """Write the blog as it is now into BACKUP_DIR, while it is in use."""
    from admin_backup import backup as work  # noqa: PLC0415 (so it is with all: --help and stats need none of it)
    from admin_backup import report  # noqa: PLC0415
    from admin_backup.encryption import recipients  # noqa: PLC0415
    from admin_backup.progress import watcher  # noqa: PLC0415

    storage = _storage()
    os.nice(NICENESS)
    with watcher() as watching:
        kept, keys = _catalog(storage), recipients(storage.backup_recipients)
        written = work.back_up(_mongo_url(), kept, keys, watching)
    report.tell(_mongo_url(), kept)
    _answer("backup_written", tables.written(written), **_facts(written))


@cli.command()
def verify(name: Name = None) -> None:
    """Restore a backup into a scratch MongoDB, and compare it with its manifest."""
    from admin_backup import verify as work  # noqa: PLC0415
    from admin_backup.progress import watcher  # noqa: PLC0415

    storage = _storage()
    scratch_url = storage.scratch_mongo_url.get_secret_value() if storage.scratch_mongo_url else None
    with watcher() as watching:
        proof = work.verify(_catalog(storage), name, _identities(storage), watching, scratch_url=scratch_url)
    _answer("backup_verified", tables.verified(proof), **proof.model_dump(mode="json"))


@cli.command()
def restore(
    name: Name = None,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Give up what the database holds.")] = False,
) -> None:
    """Bring a backup back into the database that MONGO_URL names."""
    from admin_backup import report  # noqa: PLC0415
    from admin_backup import restore as work  # noqa: PLC0415
    from admin_backup.progress import watcher  # noqa: PLC0415

    storage = _storage()
    with watcher() as watching:
        kept, keys = _catalog(storage), _identities(storage)
        done = work.restore(_mongo_url(), kept, name, keys, watching, replace=replace)
    report.tell(_mongo_url(), kept)
    facts: dict[str, Any] = {"took_seconds": done.took_seconds, "replaced": done.replaced, "left": done.left}
    _answer("backup_restored", tables.restored(done.manifest, **facts), **(_facts(done.manifest) | facts))


@cli.command(name="list")
def list_backups(*, json: Json = False) -> None:
    """List the backups, the oldest first."""
    backups = _catalog(_storage()).backups()
    if json:
        listed = [{**_facts(each.manifest), "verified_at": each.verified_at} for each in backups]
        sys.stdout.write(f"{orjson.dumps(listed).decode()}\n")
    else:
        tables.show_backups(backups)


@cli.command()
def prune(
    *,
    recent: Annotated[int, typer.Option(min=0, metavar="HOURS", help="Keep every one that is younger.")] = 48,
    days: Kept = 7,
    weeks: Kept = 4,
    months: Kept = 6,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Delete old backups; never the newest, nor the last one that was verified."""
    from admin_backup import retention  # noqa: PLC0415

    rules = retention.Rules(recent_hours=recent, days=days, weeks=weeks, months=months)
    stay, gone = retention.prune(_catalog(_storage()), rules, now=times.now(), dry_run=dry_run)
    line = f"{'would delete' if dry_run else 'deleted'}: {', '.join(gone) or 'nothing'}; kept: {len(stay)}"
    _answer("backups_pruned", line, deleted=gone, kept=stay, dry_run=dry_run)


@cli.command()
def stats(*, json: Json = False) -> None:
    """Count the blog, store the result for GET /stats, and print it."""
    taken = with_database(SERVICE, statistics.take)
    if json:
        sys.stdout.write(f"{taken.model_dump_json()}\n")
    else:
        tables.show_statistics(taken)


def _storage() -> StorageSettings:
    read = settings.read(StorageSettings)
    logs.configure(SERVICE, read.log_level)
    return read


def _mongo_url() -> str:
    return settings.read(Settings).mongo_url.get_secret_value()


def _catalog(storage: StorageSettings) -> Catalog:
    from admin_backup.targets.places import target  # noqa: PLC0415

    return Catalog(target(storage.backup_dir))


def _identities(storage: StorageSettings) -> list[Any]:
    from admin_backup.encryption import identities  # noqa: PLC0415

    return identities(storage.backup_identity.get_secret_value()) if storage.backup_identity else []


def _facts(manifest: Manifest) -> dict[str, Any]:
    """What a line says of a backup."""
    facts = {"name", "archive", "size", "taken_at", "took_seconds", "encrypted"}
    return {**manifest.model_dump(mode="json", include=facts), "documents": manifest.documents}


def _answer(event: str, line: str, **facts: Any) -> None:
    """Say what was done: to a person in a line, to whoever else as one more event of the log."""
    if sys.stdout.isatty():
        tables.console.print(line)
    else:
        structlog.get_logger().info(event, **facts)


def main() -> None:
    """Run a command, and say a failure in one line.

    Raises:
        SystemExit: It failed; status 1.
    """
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM)
    )  # so that what is unfinished is cleared away
    try:
        cli()
    except Failure as failure:
        sys.stderr.write(f"{SERVICE}: {failure}\n")
        raise SystemExit(1) from failure
    except PyMongoError as error:
        sys.stderr.write(f"{SERVICE}: MongoDB: {error}\n".replace("\n", " ").rstrip() + "\n")
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
