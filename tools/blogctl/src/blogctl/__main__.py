"""The command line: parse, call one function, print its answer."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from blogctl import terminal
from blogctl.failure import Failure

Port = Annotated[int, typer.Option(min=1, max=65535, help="Where the front door listens, on this machine alone.")]
Data = Annotated[Path, typer.Option(metavar="DIR", help="Where everything is kept.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the lines that would be run, and do nothing.")]

cli = typer.Typer(
    help="What no other tool does for the blog platform.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@cli.callback()
def blogctl() -> None:
    """Make typer keep the names of commands while there is only one."""


@cli.command()
def up(
    *,
    port: Port = 8080,
    data: Data = Path(".data"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Delete what is kept there, and start anew.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Run the whole platform on this machine, until Ctrl-C."""
    from blogctl.up import up as work  # noqa: PLC0415 (--help answers at once)

    if dry_run:
        work.show(port=port, data=data)
    else:
        work.up(port=port, data=data, fresh=fresh)


@cli.command()
def seed(
    *,
    posts: Annotated[int, typer.Option(min=1, help="How many posts to add.")],
    url: Annotated[str | None, typer.Option(help="Address of another MongoDB.", envvar="MONGO_URL")] = None,
    data: Data = Path(".data"),
) -> None:
    """Make the blog large: add posts in Korean and English to the running platform's database."""
    from blogctl import seed as work  # noqa: PLC0415

    terminal.answer(work.seed(posts, url or work.running_url(data)))


def main() -> None:
    """Run a command; what failed is one line on stderr and status 1."""
    try:
        cli()
    except Failure as failure:
        terminal.note(f"blogctl: {failure}", style="red")
        sys.exit(1)


if __name__ == "__main__":
    main()
