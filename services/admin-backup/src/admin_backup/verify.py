"""Proving a backup: it's restored somewhere else, and compared."""

import time

from pyrage import x25519

from admin_backup import scratch
from admin_backup.catalog import PROOF, Catalog
from admin_backup.load import load
from admin_backup.manifest import Proof
from admin_backup.opened import opened
from admin_backup.progress import Watcher
from chassis import times


def verify(
    kept: Catalog, name: str | None, keys: list[x25519.Identity], watcher: Watcher, *, scratch_url: str | None
) -> Proof:
    """Restore a backup into a scratch database, compare counts, hashes and indexes, and write down that it was well.

    Args:
        kept: Where it is.
        name: Which; the newest without one.
        keys: What an encrypted one is opened with.
        watcher: Is told how far it is.
        scratch_url: A MongoDB that may be written to; without one a mongod is started for it.

    Returns:
        The proof.

    Raises:
        Failure: It can't be restored, or isn't what was backed up.
    """
    began = time.monotonic()
    backup = kept.find(name)
    with scratch.database(scratch_url) as database:
        with opened(kept, backup, keys) as archive:
            load(archive, database, backup.manifest, watcher)
        version = database.client.server_info()["version"]
    proof = Proof(
        name=backup.name,
        verified_at=times.now(),
        took_seconds=round(time.monotonic() - began, 3),
        server_version=version,
    )
    kept.write(backup.name + PROOF, proof)
    return proof
