"""New passwords and a new signing key, without a request that fails.

A user has one password, so a rotation goes to a second user with the same rights and back the next time: `posts`,
`posts-2`, `posts`. Pods that still use the old address go on; the next rotation gives its user another password.
"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from chassis.failure import Failure
from user_service.bootstrap.address import Address
from user_service.bootstrap.cluster import Secrets, Values
from user_service.bootstrap.contents import ADDRESSES, LOGINS, READER, TOKEN_KEYS, USERS, address, password, token_key
from user_service.keys import ID_FORMAT

# A new key signs after three minutes, and a token holds for fifteen; both are settings, hence the rest of the hour.
SPENT = timedelta(hours=1)


def prepare(secrets: Secrets, directory: Path) -> None:
    """Give a new password to each user that no address names; a second run before `switch` only does so again.

    Args:
        secrets: Where they are.
        directory: Gets a file for every user, so that the next step needn't wait until a mounted Secret has changed.

    Raises:
        Failure: There is nothing to rotate.
    """
    users = [_other(login.user) for login in _logins(secrets).values()]
    passwords = secrets.update(USERS, lambda _: {user: password() for user in [*users, READER]})
    for user, text in passwords.items():
        path = directory / user
        path.touch(mode=0o640)
        path.write_text(text, "utf-8")


def switch(secrets: Secrets) -> None:
    """Let every address name the user that `prepare` made a password for.

    Args:
        secrets: Where they are.

    Raises:
        Failure: There is nothing to rotate.
    """
    passwords = secrets.values(USERS)
    changes = {}
    for key, login in _logins(secrets).items():
        user = _other(login.user)
        if user not in passwords:
            raise Failure(f"Secret {USERS} has no password for {user}: prepare comes first")
        changes[key] = str(login.log_in(user, passwords[user]))
    secrets.update(ADDRESSES, lambda _: changes)


def rotate_token_key(secrets: Secrets) -> None:
    """Add a signing key, and drop the keys that were followed by another one long enough ago.

    Args:
        secrets: Where they are.
    """
    secrets.update(TOKEN_KEYS, lambda held: token_key() | dict.fromkeys(_spent(held)))


def _logins(secrets: Secrets) -> dict[str, Address]:
    held = secrets.values(ADDRESSES)
    logins = {key: address(key, held[key]) for key in LOGINS if key in held}
    ours = {key: login for key, login in logins.items() if (login.user or "").removesuffix("-2") == LOGINS[key]}
    if not ours:
        raise Failure(f"Secret {ADDRESSES} names no user that was made here")
    return ours


def _other(user: str | None) -> str:
    name = user or ""
    return name.removesuffix("-2") if name.endswith("-2") else f"{name}-2"


def _spent(held: Values) -> list[str]:
    """Keys whose successor has been signing for so long that none of their tokens is left."""
    ids = sorted(key.removesuffix(".pem") for key in held if key.endswith(".pem"))
    made_at = {key: datetime.strptime(key, ID_FORMAT).replace(tzinfo=UTC) for key in ids}
    return [f"{key}.pem" for key, next_key in pairwise(ids) if made_at[next_key] + SPENT < datetime.now(UTC)]
