"""Encryption by age (age-encryption.org/v1): `age -d FILE | mongorestore --archive --gzip` opens what is made here."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO

import pyrage
from pyrage import x25519

from admin_backup.archive import Readable, Writable
from chassis.failure import Failure


def recipients(text: str) -> list[x25519.Recipient]:
    """Read public keys, `age1…`, divided by blanks.

    Raises:
        Failure: One of them is none.
    """
    try:
        return [x25519.Recipient.from_str(word) for word in text.split()]
    except pyrage.RecipientError as error:
        raise Failure(f"BACKUP_RECIPIENTS: not a public key of age (age1…): {error}") from error


def identities(text: str) -> list[x25519.Identity]:
    """Read secret keys out of what `age-keygen` writes, comments and all.

    Raises:
        Failure: There is none.
    """
    lines = [line.strip() for line in text.splitlines()]
    try:
        found = [x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError as error:  # its words may quote the key
        raise Failure("BACKUP_IDENTITY: not a secret key of age (AGE-SECRET-KEY-1…)") from error
    if not found:
        raise Failure("BACKUP_IDENTITY: no secret key of age in it (AGE-SECRET-KEY-1…)")
    return found


@contextmanager
def encrypting(out: Writable, keys: list[x25519.Recipient]) -> Iterator[Writable]:
    """Encrypt what a block writes; it's complete when the block has ended well.

    Args:
        out: Gets what is encrypted.
        keys: Whose secret keys will open it.

    Yields:
        Takes what is to be encrypted.
    """
    source, sink = _pipe()
    kept = _Kept(out)

    def work() -> None:
        try:
            pyrage.encrypt_io(source, kept, keys)
        except (pyrage.EncryptError, OSError) as error:
            raise kept.failure or error from error

    with _beside(work, source, sink):
        yield sink
        with suppress(BrokenPipeError):  # what broke it is raised instead
            sink.close()


@contextmanager
def decrypting(stream: Readable, keys: list[x25519.Identity]) -> Iterator[Readable]:
    """Decrypt a stream as far as a block reads it.

    Args:
        stream: What is encrypted.
        keys: One of them has to fit.

    Yields:
        What was encrypted.

    Raises:
        Failure: No key fits, or the stream is damaged.
    """
    source, sink = _pipe()
    kept_stream, kept_sink = _Kept(stream), _Kept(sink)

    def work() -> None:
        try:
            pyrage.decrypt_io(kept_stream, kept_sink, keys)
        except (pyrage.DecryptError, OSError) as error:
            if kept_stream.failure:
                raise kept_stream.failure from error
            if not kept_sink.failure:  # otherwise the block has read enough, or failed by itself
                raise Failure(_reason(error)) from error

    with _beside(work, sink, source):
        yield source


def _reason(error: Exception) -> str:
    if "No matching keys" in str(error):
        return "BACKUP_IDENTITY is not the key that it was encrypted for"
    return f"the archive is damaged: {str(error).splitlines()[0]}"


class _Kept:
    """age wraps what a stream raises; here it is kept as it was."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.failure: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        return bytes(self._kept(lambda: self._stream.read(size)))

    def write(self, data: bytes) -> int:
        self._kept(lambda: self._stream.write(data))
        return len(data)

    def flush(self) -> None:
        """Keep nothing back."""
        if hasattr(self._stream, "flush"):
            self._kept(self._stream.flush)

    def _kept(self, step: Callable[[], Any]) -> Any:
        try:
            return step()
        except Exception as error:
            self.failure = self.failure or error
            raise


def _pipe() -> tuple[BinaryIO, BinaryIO]:
    source, sink = os.pipe()
    return os.fdopen(source, "rb"), os.fdopen(sink, "wb")


@contextmanager
def _beside(work: Callable[[], None], its_end: BinaryIO, our_end: BinaryIO) -> Iterator[None]:
    """Run the other end of a pipe in a thread while a block has ours; what failed there comes first."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 (it's raised again, in the other thread)
            failures.append(error)
        finally:
            with suppress(OSError):
                its_end.close()

    thread = threading.Thread(target=run, name="age", daemon=True)
    thread.start()
    try:
        yield
    finally:
        with suppress(OSError):
            our_end.close()
        thread.join()
        if failures:
            raise failures[0]
