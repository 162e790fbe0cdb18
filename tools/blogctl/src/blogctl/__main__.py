"""The command line: parse, call one function, print its answer."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from blogctl import terminal
from blogctl.ci.cli import cli as ci
from blogctl.deploy.cli import cli as deploy
from blogctl.failure import Failure
from blogctl.fork.cli import cli as fork
from blogctl.options import DryRun
from blogctl.service.cli import new, remove

Port = Annotated[int, typer.Option(min=1, max=65535, help="Where the front door listens, on this machine alone.")]
Data = Annotated[Path, typer.Option(metavar="DIR", help="Where everything is kept.")]

cli = typer.Typer(
    help="What no other tool does for the blog platform.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.add_typer(ci, name="ci")
cli.add_typer(deploy, name="deploy")
cli.add_typer(fork, name="fork")
cli.add_typer(new, name="new")
cli.add_typer(remove, name="remove")


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


@cli.command()
def drill(  # noqa: PLR0913 (an argument an option)
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME...", help="Which; --list names them.")] = None,
    *,
    listed: Annotated[bool, typer.Option("--list", help="Say which drills there are.")] = False,
    namespace: Annotated[str, typer.Option("--namespace", "-n", help="Where the platform runs.")] = "blog-platform",
    url: Annotated[str, typer.Option(help="The front door; found by its NodePort if it's not given.")] = "",
    fail_with: Annotated[str, typer.Option(help="Takes a node's power: COMMAND {node}. kind needs none.")] = "",
    heal_with: Annotated[str, typer.Option(help="Gives it back: COMMAND {node}.")] = "",
    spare: Annotated[list[str] | None, typer.Option(metavar="NODE", help="Neither drained nor lost.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Let something fail on the cluster in KUBECONFIG while people read and write, and judge what it cost."""
    from blogctl.drill import drill as work  # noqa: PLC0415
    from blogctl.drill.cluster import Cluster  # noqa: PLC0415
    from blogctl.drill.failures import Site  # noqa: PLC0415

    if listed:
        terminal.answer(work.listing())
        return
    if not names:
        raise typer.BadParameter("name a drill; --list says which there are")
    site = Site(Cluster(namespace, dry_run=dry_run), fail_with, heal_with, tuple(spare or ()))
    if len(names) == 1 and (alone := work.alone().get(names[0])):  # not one failure of many
        if dry_run:
            alone.show(site.cluster)
        else:
            terminal.answer(alone.judged(alone.run(site.cluster, url or site.cluster.front_door())))
    elif dry_run:
        work.show(work.chosen(names), site)
    else:
        terminal.answer(work.run_all(work.chosen(names), site, url))


def main() -> None:
    """Run a command; what failed is one line on stderr and status 1."""
    try:
        cli()
    except Failure as failure:
        terminal.note(f"blogctl: {failure}", style="red")
        sys.exit(1)


if __name__ == "__main__":
    main()
