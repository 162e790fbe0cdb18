"""`python -m SERVICE serve` and `migrate`: the commands that every service has."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from typing import TypeVar

import typer

from chassis import logs, migrations, mongo, settings
from chassis.failure import Failure
from chassis.settings import Settings

PATIENCE_SECONDS = 120  # for MongoDB to come up, and for an index over many documents
Answer = TypeVar("Answer")
ServiceSettings = TypeVar("ServiceSettings", bound=Settings)


def commands(
    service: str,
    settings_class: type[ServiceSettings],
    app_module: str,
    steps: Sequence[migrations.Migration],
) -> typer.Typer:
    """Make the command line of a service.

    Args:
        service: Its name.
        settings_class: What `serve` reads from the environment.
        app_module: Where `create_app(settings)` is. Only `serve` imports it: a migration needs no web framework.
        steps: The migrations of its collections.

    Returns:
        A typer app with `serve` and `migrate`, to which a service may add commands.
    """
    cli = typer.Typer(help=f"{service} of the blog platform.", no_args_is_help=True, add_completion=False)

    @cli.command()
    def serve() -> None:
        """Serve HTTP until SIGTERM."""
        read = settings.read(settings_class)
        logs.configure(service, read.log_level)
        from chassis import server  # noqa: PLC0415

        try:
            server.serve(import_module(app_module).create_app(read), read)
        except Failure as failure:
            sys.stderr.write(f"{service}: {failure}\n")
            raise SystemExit(1) from failure

    @cli.command()
    def migrate() -> None:
        """Bring the database to the schema that this version needs. Safe to run twice and side by side."""
        with_database(service, lambda blog: migrations.migrate(blog, service, steps))

    return cli


def with_database(service: str, work: Callable[[mongo.Database], Awaitable[Answer]]) -> Answer:
    """Do one thing to the database that `MONGO_URL` names, and end the process with one line if it is away.

    Args:
        service: Who does it; shown in the logs here and in MongoDB's.
        work: What is done.

    Returns:
        What `work` returns.

    Raises:
        SystemExit: MongoDB refused or did not answer; status 1.
    """
    read = settings.read(Settings)
    logs.configure(service, read.log_level)

    async def connected() -> Answer:
        url = read.mongo_url.get_secret_value()
        async with mongo.database(url, service=service, seconds=PATIENCE_SECONDS) as blog:
            return await work(blog)

    try:
        return asyncio.run(connected())
    except mongo.PyMongoError as error:
        sys.stderr.write(f"{service}: MongoDB: {error}\n")
        raise SystemExit(1) from error
