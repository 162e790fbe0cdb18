"""The commands `blogctl new` and `blogctl remove`."""

from typing import Annotated

import typer

from blogctl import terminal
from blogctl.options import DryRun

new = typer.Typer(help="Grow: a further service.", no_args_is_help=True)

remove = typer.Typer(help="Shrink: a service less.", no_args_is_help=True)


@new.callback()
def grow() -> None:
    """Make typer keep the name of the only command."""


@remove.callback()
def shrink() -> None:
    """Make typer keep the name of the only command."""


@new.command("service")
def new_service(
    name: Annotated[str, typer.Argument(help="What it is about, in one word: comments.")], *, dry_run: DryRun = False
) -> None:
    """Make a service that lists, reads and writes, from code to manifests, in every list where it must stand."""
    from blogctl.service import new as work  # noqa: PLC0415

    terminal.answer(work.new(name, dry_run=dry_run))


@remove.command("service")
def remove_service(
    name: Annotated[str, typer.Argument(help="Its name: comments.")], *, dry_run: DryRun = False
) -> None:
    """Take a service away with everything that is about it, but for docs/ and CHANGELOG.md."""
    from blogctl.service import remove as work  # noqa: PLC0415

    terminal.answer(work.remove(name, dry_run=dry_run))
