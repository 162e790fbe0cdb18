"""The keys that tokens are signed with: private, in files that only user-service reads.

A key's id is the time at which it was made, so every pod picks the same signer without asking another: the
newest key that is old enough for all of them to have read it. Rotation is adding a file; once the tokens of
the key before have expired, its file can go.
"""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from chassis.failure import Failure

CURVE = "P-256"  # of ES256
ID_FORMAT = "%Y%m%dT%H%M%SZ"
REREAD_SECONDS = 5  # a mounted Secret changes while we run
log = structlog.get_logger()


class NoKeys(Failure):
    """The directory holds no key that can be read."""


class SigningKeys:
    """A directory of private keys, read again every few seconds."""

    def __init__(self, directory: Path, *, settle: timedelta) -> None:
        """Read the keys.

        Args:
            directory: Holds `KEYID.pem` files.
            settle: Age from which a key signs.

        Raises:
            NoKeys: There is none.
        """
        self._directory = directory
        self._settle = settle
        self._keys = _read(directory)
        self._read_at = time.monotonic()

    async def find(self, key_id: str) -> ECKey | None:
        """Give the key of that id, to verify by."""
        return self._current().get(key_id)

    def signer(self) -> ECKey:
        """Give the newest key that every pod has read by now, or the oldest where all are new."""
        by_age = sorted(self._current().items())
        settled = [key for key_id, key in by_age if _made_at(key_id) + self._settle <= datetime.now(UTC)]
        return settled[-1] if settled else by_age[0][1]

    def published(self) -> dict[str, object]:
        """The public halves of all keys, as a JWKS (RFC 7517, 5)."""
        return dict(KeySet(list(self._current().values())).as_dict(private=False))

    def _current(self) -> dict[str, ECKey]:
        if time.monotonic() - self._read_at > REREAD_SECONDS:
            self._read_at = time.monotonic()
            try:
                self._keys = _read(self._directory)
            except NoKeys as error:
                log.warning("keys_unreadable", reason=str(error))
        return self._keys


def make(directory: Path) -> Path:
    """Write a new private key that only its owner may read.

    Args:
        directory: Where the keys are; made if it isn't there.

    Returns:
        The file.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / f"{datetime.now(UTC).strftime(ID_FORMAT)}.pem"
    path.touch(mode=0o600)
    path.write_bytes(ECKey.generate_key(CURVE).as_pem(private=True))
    return path


def _read(directory: Path) -> dict[str, ECKey]:
    keys = {}
    for path in sorted(directory.glob("*.pem")):
        try:
            keys[path.stem] = _private_key(path)
        except (JoseError, ValueError, OSError) as error:
            log.warning("key_ignored", file=str(path), reason=str(error))
    if not keys:
        raise NoKeys(f"{directory} holds no key (KEYID.pem, with a KEYID such as 20260101T000000Z)")
    return keys


def _private_key(path: Path) -> ECKey:
    _made_at(path.stem)
    key = ECKey.import_key(path.read_bytes(), {"kid": path.stem, "use": "sig", "alg": "ES256"})
    if not key.is_private or key.curve_name != CURVE:
        raise ValueError(f"not a private key on {CURVE}")
    return key


def _made_at(key_id: str) -> datetime:
    return datetime.strptime(key_id, ID_FORMAT).replace(tzinfo=UTC)
