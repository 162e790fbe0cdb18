"""The backups that a place holds."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from admin_backup.manifest import Manifest, Proof, moment_of
from admin_backup.targets.target import Target
from chassis.failure import Failure

ARCHIVE, ENCRYPTED, MANIFEST, PROOF = ".archive.gz", ".archive.gz.age", ".json", ".verified.json"
LARGEST_RECORD = 64 * 1024 * 1024  # bytes of a manifest
Record = TypeVar("Record", bound=BaseModel)


@dataclass(frozen=True)
class Backup:
    """One of them: its manifest and its archive are there, and whether it was proven."""

    manifest: Manifest
    proof: Proof | None

    @property
    def name(self) -> str:
        """Such as blog-20260101T160000Z."""
        return self.manifest.name

    @property
    def verified_at(self) -> datetime | None:
        """When it was proven."""
        return self.proof.verified_at if self.proof else None

    @property
    def files(self) -> list[str]:
        """Its files, the archive first: without it nothing looks like a backup any more."""
        return [self.manifest.archive, self.name + PROOF, self.name + MANIFEST]


@dataclass(frozen=True)
class Catalog:
    """All of them. A backup is whole when both its files are there, of which the archive comes last."""

    target: Target

    def backups(self) -> list[Backup]:
        """List them, the oldest first.

        Raises:
            Failure: A manifest can't be read.
        """
        files = self.target.files()
        names = [name.removesuffix(MANIFEST) for name in files if name.endswith(MANIFEST) and not name.endswith(PROOF)]
        whole = [name for name in names if name + ARCHIVE in files or name + ENCRYPTED in files]
        found = [Backup(self._read(name + MANIFEST, Manifest), self._proof(name, files)) for name in whole]
        return sorted(found, key=lambda backup: backup.manifest.taken_at)

    def find(self, name: str | None) -> Backup:
        """Find one by its name, or the newest.

        Raises:
            Failure: It isn't there.
        """
        backups = self.backups()
        if not backups:
            raise Failure("there is no backup yet")
        if name is None:
            return backups[-1]
        wanted = name.removesuffix(".age").removesuffix(ARCHIVE).removesuffix(MANIFEST)
        for backup in backups:
            if backup.name == wanted:
                return backup
        raise Failure(f"there is no backup {wanted}; the newest is {backups[-1].name}")

    def remains(self, *, before: datetime) -> list[str]:
        """Name the records of old backups whose archive never came, or has gone already."""
        files = self.target.files()
        records = {name: name.removesuffix(PROOF).removesuffix(MANIFEST) for name in files if name.endswith(MANIFEST)}
        alone = {file: name for file, name in records.items() if not {name + ARCHIVE, name + ENCRYPTED} & files.keys()}
        return [file for file, name in alone.items() if (moment := moment_of(name)) and moment < before]

    def write(self, name: str, record: BaseModel) -> None:
        """Write a manifest or a proof."""
        with self.target.writing(name) as file:
            file.write(record.model_dump_json(indent=2).encode() + b"\n")

    def _proof(self, name: str, files: dict[str, int]) -> Proof | None:
        return self._read(name + PROOF, Proof) if name + PROOF in files else None

    def _read(self, name: str, record: type[Record]) -> Record:
        with self.target.reading(name) as file:
            text = file.read(LARGEST_RECORD)
        try:
            return record.model_validate_json(text)
        except ValidationError as error:
            raise Failure(f"{name} is damaged: {error.errors()[0]['msg']}") from error
