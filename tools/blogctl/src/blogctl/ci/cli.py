"""The commands of `blogctl ci`."""

import json
from typing import Annotated

import typer

from blogctl import terminal
from blogctl.options import DryRun

cli = typer.Typer(help="What a pipeline asks.", no_args_is_help=True)


@cli.callback()
def ci() -> None:
    """Make typer keep the names of commands while there is only one."""


@cli.command()
def changed(
    *,
    base: Annotated[str, typer.Option(metavar="REF", help="What to compare with; else each one's last bump.")] = "",
    head: Annotated[str, typer.Option(metavar="REF", help="The commit to build.")] = "HEAD",
    as_json: Annotated[bool, typer.Option("--json", help="A JSON array in one line.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Name the services whose image the commits change: the arguments of `docker buildx bake`."""
    from blogctl.ci import changed as work  # noqa: PLC0415

    services = work.changed(base=base, head=head, dry_run=dry_run)
    if as_json:
        terminal.answer(json.dumps(services))
    elif services:
        terminal.answer("\n".join(services))
