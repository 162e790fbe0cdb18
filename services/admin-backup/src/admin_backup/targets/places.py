"""Which place an address means."""

from pathlib import Path

from admin_backup.targets.directory import Directory
from admin_backup.targets.target import Target


def target(address: str) -> Target:
    """Open a place.

    Args:
        address: `BACKUP_DIR`: a directory, or s3://BUCKET/PREFIX.

    Returns:
        The place.
    """
    if address.startswith("s3://"):
        from admin_backup.targets.s3 import Bucket  # noqa: PLC0415 (15 MB that a directory doesn't need)

        return Bucket(address)
    return Directory(Path(address))
