"""`python -m admin_backup`, as a person or a pod runs it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEPT = {name: value for name, value in os.environ.items() if not name.startswith(("MONGO_", "BACKUP_", "SCRATCH_"))}


@dataclass(frozen=True)
class Ended:
    """A run that has ended."""

    status: int
    stdout: str
    stderr: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """What it logged."""
        return [json.loads(line) for line in self.stdout.splitlines()]

    @property
    def answer(self) -> dict[str, Any]:
        """Its last event; it went well."""
        assert (self.status, self.stderr) == (0, "")
        return self.events[-1]

    @property
    def failure(self) -> str:
        """What it said of its failure, in one line, after its own name."""
        assert (self.status, self.stderr.count("\n")) == (1, 1), self.stderr
        return self.stderr.strip().removeprefix("admin-backup: ")


@dataclass(frozen=True)
class Admin:
    """The command, with its environment."""

    mongo_url: str
    backups: Path
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        """What it's run with; where it verifies is the same MongoDB, under another database's name."""
        own = {"MONGO_URL": self.mongo_url, "BACKUP_DIR": str(self.backups), "SCRATCH_MONGO_URL": self.mongo_url}
        return {**KEPT, **own, **dict(self.settings)}

    def given(self, **settings: str) -> "Admin":
        """The same, with other settings."""
        return Admin(self.mongo_url, self.backups, (*self.settings, *settings.items()))

    def run(self, *arguments: str, **options: Any) -> Ended:
        """Run it to its end."""
        command = [sys.executable, "-m", "admin_backup", *arguments]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False, timeout=120, **options
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def files(self) -> list[str]:
        """What is in the directory, hidden files too."""
        return sorted(path.name for path in self.backups.iterdir())

    def archive(self) -> Path:
        """The only archive that there is."""
        (found,) = self.backups.glob("*.archive.gz*")
        return found
