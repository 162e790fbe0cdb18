"""`python -m user_service`: serve, migrate, new-key, grant-admin."""

import sys
from pathlib import Path

from chassis.command import commands, with_database
from user_service.migrations import MIGRATIONS
from user_service.settings import SERVICE, UserSettings

cli = commands(SERVICE, UserSettings, "user_service.app", MIGRATIONS)


@cli.command()
def new_key(directory: Path) -> None:
    """Write a new key that tokens are signed with, named after this moment."""
    from user_service import keys  # noqa: PLC0415 (a command imports what it needs, so that all start fast)

    sys.stdout.write(f"{keys.make(directory)}\n")


@cli.command()
def grant_admin(name: str) -> None:
    """Make a user an admin, from their next login on."""
    from user_service.errors import UserNotFound  # noqa: PLC0415
    from user_service.users import Users  # noqa: PLC0415

    try:
        with_database(SERVICE, lambda blog: Users(blog).grant_admin(name))
    except UserNotFound as error:
        sys.stderr.write(f"{error}: {name}\n")
        raise SystemExit(1) from error


if __name__ == "__main__":
    cli()
