"""Documents as MongoDB stores them: BSON bytes, one after the other, which nobody decodes."""

import hashlib
from collections.abc import Iterable, Iterator

LARGEST = 16 * 1024 * 1024 + 16 * 1024  # bytes of a document; the server adds some of its own
BATCH_BYTES = 2 * 1024 * 1024  # in memory several times over while a batch is received; MongoDB would send 16 MB
MOST_IN_A_BATCH = 1000


def batch_size(size: int, documents: int) -> int:
    """Choose how many documents are read at once.

    Args:
        size: The collection's bytes.
        documents: How many these are.

    Returns:
        A number that makes a batch of about `BATCH_BYTES`, if all are of a size.
    """
    return max(1, min(MOST_IN_A_BATCH, BATCH_BYTES * documents // max(size, 1)))


class Tally:
    """What a collection's documents come to: how many, how large, and a hash over all of them in the order of `_id`."""

    def __init__(self) -> None:
        self.documents = 0
        self.bytes = 0
        self._hash = hashlib.sha256()

    def add(self, batch: bytes) -> int:
        """Count whole documents.

        Args:
            batch: One or more, one after the other.

        Returns:
            How many these were.
        """
        count = sum(1 for _ in boundaries(batch))
        self.documents += count
        self.bytes += len(batch)
        self._hash.update(batch)
        return count

    @property
    def sha256(self) -> str:
        """The hash so far, in hexadecimal digits."""
        return self._hash.hexdigest()


def counted(batches: Iterable[bytes], tally: Tally) -> Iterator[bytes]:
    """Hand batches on, and count them on their way."""
    for batch in batches:
        tally.add(batch)
        yield batch


def boundaries(batch: bytes) -> Iterator[tuple[int, int]]:
    """Tell where each document begins and ends: BSON begins with its own length."""
    start, end = 0, len(batch)
    while start < end:
        following = start + int.from_bytes(batch[start : start + 4], "little")
        yield start, following
        start = following
