"""The commands of `blogctl deploy`."""

from typing import Annotated

import typer

from blogctl import terminal
from blogctl.options import DryRun

Push = Annotated[bool, typer.Option("--push/--no-push", help="Push the commit to origin's main.")]
Verify = Annotated[
    str,
    typer.Option(
        metavar="OPTIONS",
        envvar="COSIGN_VERIFY_OPTIONS",
        help="Further options of cosign verify: where no transparency log can be reached, "
        "'--insecure-ignore-tlog --private-infrastructure'.",
    ),
]
Env = Annotated[str, typer.Option("--env", metavar="NAME", help="The environment.")]

cli = typer.Typer(help="What runs where: one commit a change.", no_args_is_help=True)


@cli.command()
def bump(
    images: Annotated[list[str], typer.Argument(metavar="SERVICE=sha256:…", help="What each service shall run.")],
    *,
    env: Env = "dev",
    source: Annotated[str, typer.Option(metavar="COMMIT", help="What the images were built from.")] = "HEAD",
    push: Push = True,
    dry_run: DryRun = False,
) -> None:
    """Write digests into an environment's images: one commit, pushed."""
    from blogctl.deploy import bump as work  # noqa: PLC0415

    if commit := work.bump(images, env=env, source=source, push=push, dry_run=dry_run):
        terminal.answer(commit)


@cli.command()
def promote(
    origin: Annotated[str, typer.Argument(metavar="FROM", help="Where the images run.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="What comes next: dev, staging, prod.")],
    services: Annotated[list[str] | None, typer.Argument(metavar="SERVICE...", help="Which; else all.")] = None,
    *,
    push: Annotated[bool, typer.Option("--push", help="One commit on main, in place of a pull request.")] = False,
    verify: Verify = "",
    dry_run: DryRun = False,
) -> None:
    """Let what runs in one environment, and is signed, run in the next: a branch and, by gh, its pull request."""
    from blogctl.deploy import promote as work  # noqa: PLC0415

    if made := work.promote(origin, target, services or [], push=push, verify=verify, dry_run=dry_run):
        terminal.answer(made)


@cli.command()
def check(*, verify: Verify = "", dry_run: DryRun = False) -> None:
    """Check that every image came by a bump, went through every environment before, and is signed."""
    from blogctl.deploy import check as work  # noqa: PLC0415

    wrong = work.check(verify=verify, dry_run=dry_run)
    for line in wrong:
        terminal.note(f"blogctl: {line}", style="red")
    if wrong:
        raise typer.Exit(1)
    if not dry_run:
        terminal.note("every image came its way, and what was promoted is signed")


@cli.command()
def rollback(
    *,
    env: Env = "dev",
    commit: Annotated[str, typer.Option(metavar="BUMP", help="Which bump; else the newest.")] = "",
    push: Push = True,
    dry_run: DryRun = False,
) -> None:
    """Take a bump back: git revert, pushed."""
    from blogctl.deploy import rollback as work  # noqa: PLC0415

    if made := work.rollback(env=env, commit=commit, push=push, dry_run=dry_run):
        terminal.answer(made)


@cli.command()
def status(
    commit: Annotated[str, typer.Argument(metavar="[COMMIT]", help="Where is it? Else the newest deploys.")] = "",
    *,
    env: Annotated[str, typer.Option(metavar="NAME", help="One environment; else all, and dev for --watch.")] = "",
    watch: Annotated[bool, typer.Option("--watch", help="Follow it until it is live, or has stopped.")] = False,
    within: Annotated[float, typer.Option(metavar="SECONDS", help="How long to follow it.")] = 900,
    as_json: Annotated[bool, typer.Option("--json", help="For other programs.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Say where a commit is: image, bump, Argo CD, pods."""
    from blogctl.deploy import status as work  # noqa: PLC0415

    if watch and not dry_run:
        found: work.Status | None = work.watch(commit=commit, env=env or "dev", within=within)
    else:
        found = work.status(commit=commit, env=env, dry_run=dry_run)
    if found and as_json:
        terminal.answer(found.json())
    elif found:
        terminal.stdout.print(*found.lines(), sep="\n")
        if (table := found.table()).row_count:
            terminal.stdout.print(table, width=max(terminal.stdout.width, work.WIDTH))
