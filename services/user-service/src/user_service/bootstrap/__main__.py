"""`python -m user_service.bootstrap`: fill in what is missing; prepare, switch, rotate-token-key."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from pydantic import Field
from pydantic_settings import BaseSettings

from chassis import logs, settings
from chassis.failure import Failure
from user_service.bootstrap import contents, rotation
from user_service.bootstrap.cluster import Secrets, in_cluster

SERVICE = "bootstrap"
cli = typer.Typer(add_completion=False)


class BootstrapSettings(BaseSettings):
    """What is read from the environment."""

    members: int = Field(ge=0)  # of the replica set; 0 where MongoDB is somebody else's


@cli.callback(invoke_without_command=True)
def complete(context: typer.Context) -> None:
    """Make what is missing in the Secrets of this namespace; what is there is never changed."""
    if context.invoked_subcommand is None:
        members = settings.read(BootstrapSettings).members
        _with_secrets(lambda secrets: contents.complete(secrets, members))


@cli.command()
def prepare(passwords: Annotated[Path, typer.Argument(help="Where a file for each user is left.")]) -> None:
    """Make new passwords, for users that nobody logs in as yet (first step of a rotation)."""
    _with_secrets(lambda secrets: rotation.prepare(secrets, passwords))


@cli.command()
def switch() -> None:
    """Let the addresses name those users, once MongoDB has them (last step of a rotation)."""
    _with_secrets(rotation.switch)


@cli.command()
def rotate_token_key() -> None:
    """Add a key that signs as soon as every pod has read it, and drop those whose tokens have expired."""
    _with_secrets(rotation.rotate_token_key)


def _with_secrets(work: Callable[[Secrets], None]) -> None:
    logs.configure(SERVICE, "INFO")
    try:
        with in_cluster() as secrets:
            work(secrets)
    except Failure as failure:
        sys.stderr.write(f"{SERVICE}: {failure}\n")
        raise SystemExit(1) from failure


if __name__ == "__main__":
    cli()
