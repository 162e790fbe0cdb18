"""What each Secret holds, and how a missing key is made."""

import secrets as random
from base64 import b64encode
from datetime import UTC, datetime

import structlog
from joserfc.jwk import ECKey

from chassis.failure import Failure
from user_service.bootstrap.address import Address
from user_service.bootstrap.cluster import Secrets, Values
from user_service.keys import CURVE, ID_FORMAT

ADDRESSES, KEYFILE, USERS, TOKEN_KEYS = "blog-secrets", "mongo-keyfile", "mongo-users", "token-keys"
LOGINS = {  # an address, and who logs in by it
    "mongo_url": "posts",
    "user_mongo_url": "user",
    "migrations_mongo_url": "migrations",
    "backup_mongo_url": "backup",
}
READER = "reader"  # mongosh in a member's pod
KEYFILE_BYTES = 756  # 1008 characters of base64; MongoDB takes 1024
log = structlog.get_logger()


def complete(secrets: Secrets, members: int) -> None:
    """Make every key that is missing. Safe to run twice, side by side, and to kill.

    Args:
        secrets: Where they are.
        members: How many the replica set has; 0 where MongoDB is somebody else's.

    Raises:
        Failure: An address that is there can't work, or one that only its owner knows is missing.
    """
    given = secrets.values(ADDRESSES)
    if members:
        logins = {key: _login(secrets, key, given[key]) for key in LOGINS if key in given}
        secrets.update(KEYFILE, lambda held: {} if "keyfile" in held else {"keyfile": _keyfile()})
        passwords = secrets.update(USERS, lambda held: _passwords(logins, held))
        secrets.update(ADDRESSES, lambda held: _addresses(held, passwords, members))
    elif missing := sorted(LOGINS.keys() - given.keys()):
        raise Failure(
            f"Secret {ADDRESSES} lacks {', '.join(missing)}, and only the database's owner knows them; all in one: "
            f"kubectl -n {secrets.namespace} create secret generic {ADDRESSES} --from-literal=KEY=mongodb://…"
        )
    secrets.update(TOKEN_KEYS, lambda held: {} if any(key.endswith(".pem") for key in held) else token_key())


def token_key() -> dict[str, str]:
    """Make a private key that tokens are signed with, named after this moment (as `new-key` does it)."""
    made_at = datetime.now(UTC).strftime(ID_FORMAT)
    return {f"{made_at}.pem": ECKey.generate_key(CURVE).as_pem(private=True).decode()}


def password() -> str:
    """Make a password of 192 bits."""
    return random.token_urlsafe(24)


def address(key: str, text: str) -> Address:
    """Read an address out of the Secret.

    Args:
        key: Its key there.
        text: What is there.

    Returns:
        The address.

    Raises:
        Failure: It is none.
    """
    try:
        return Address.parse(text)
    except ValueError as error:
        raise Failure(f"Secret {ADDRESSES}: {key}: {error}") from error


def _login(secrets: Secrets, key: str, text: str) -> Address:
    given = address(key, text)
    if not given.user:
        remove = f'[{{"op": "remove", "path": "/data/{key}"}}]'
        raise Failure(
            f"Secret {ADDRESSES}: {key} names no user, and this MongoDB lets nobody in without; to have it made anew: "
            f"kubectl -n {secrets.namespace} patch secret {ADDRESSES} --type=json -p='{remove}'"
        )
    if given.user.removesuffix("-2") != LOGINS[key]:
        log.warning("user_unknown", secret=ADDRESSES, key=key, user=given.user, made_here=LOGINS[key])
    return given


def _passwords(logins: dict[str, Address], held: Values) -> dict[str, str]:
    """A password for each user that has none: the one that an address names already, or a new one."""
    ours = {key: login for key, login in logins.items() if (login.user or "").removesuffix("-2") == LOGINS[key]}
    known = {login.user: login.password or "" for login in ours.values() if login.user}
    users = [*LOGINS.values(), READER, *known]
    return {user: known.get(user) or password() for user in users if user not in held}


def _addresses(held: Values, passwords: Values, members: int) -> dict[str, str]:
    return {
        key: str(Address.of_members(members, user=user, password=passwords[user]))
        for key, user in LOGINS.items()
        if key not in held
    }


def _keyfile() -> str:
    return b64encode(random.token_bytes(KEYFILE_BYTES)).decode()
