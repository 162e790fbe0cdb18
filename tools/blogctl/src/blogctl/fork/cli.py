"""The commands of `blogctl fork`."""

from typing import Annotated

import typer

from blogctl import terminal
from blogctl.fork.address import GITHUB
from blogctl.options import DryRun

cli = typer.Typer(help="Make this repository your own.", no_args_is_help=True)


@cli.callback()
def fork() -> None:
    """Make typer keep the name of the only command."""


@cli.command()
def init(
    *,
    owner: Annotated[str, typer.Option(metavar="NAME", help="Whose it is: a user or an organization.")],
    repo: Annotated[str, typer.Option(metavar="NAME", help="The repository, if you gave it another name.")] = "",
    git_base: Annotated[str, typer.Option(metavar="URL", help="Where OWNER/REPO.git is, if not on GitHub.")] = GITHUB,
    dry_run: DryRun = False,
) -> None:
    """Write whose repository and images these are into the files that say so, and name what is left to do."""
    from blogctl.fork import init as work  # noqa: PLC0415

    terminal.answer(work.init(owner, repo, git_base, dry_run=dry_run))
