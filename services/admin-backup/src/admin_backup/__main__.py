"""`python -m admin_backup`: stats."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from admin_backup import statistics
from admin_backup.statistics import Statistics
from chassis.command import with_database

SERVICE = "admin-backup"
cli = typer.Typer(help="Backup and statistics of the blog platform.", no_args_is_help=True, add_completion=False)


@cli.callback()
def admin_backup() -> None:
    """Backup and statistics of the blog platform."""


@cli.command()
def stats(*, json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False) -> None:
    """Count the blog, store the result for GET /stats, and print it."""
    taken = with_database(SERVICE, statistics.take)
    if json:
        sys.stdout.write(f"{taken.model_dump_json()}\n")
    else:
        _print(taken)


def _print(taken: Statistics) -> None:
    console = Console()
    console.print(f"posts: {taken.posts}, users: {taken.users}, at {taken.taken_at:%Y-%m-%d %H:%M} UTC")
    authors, tags = Table("author", "posts"), Table("tag", "posts")
    for author in taken.authors:
        authors.add_row(author.author, str(author.posts))
    for tag in taken.tags:
        tags.add_row(tag.tag, str(tag.posts))
    days = Table("day", "posts", "users")
    for day in taken.days:
        days.add_row(day.day, str(day.posts), str(day.users))
    for table in (authors, tags, days):
        console.print(table)


if __name__ == "__main__":
    cli()
