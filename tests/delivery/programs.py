"""A PATH with git, and beside it only what a test puts there: cosign and gh where neither a registry nor GitHub is."""

import shutil
from pathlib import Path

from delivery.checkouts import digest

COSIGN = """#!/bin/sh
for last; do :; done
while read -r unsigned; do
  case $last in *@"$unsigned") echo 'Error: no signatures found' >&2; exit 10 ;; esac
done < '{folder}/unsigned'
"""
GH = """#!/bin/sh
{answer}
"""
PULL_REQUEST = "https://github.com/blog-platform/blog-platform/pull/7"
UNSIGNED = digest("e")


class Programs:
    """A folder of programs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        git = shutil.which("git")
        assert git is not None
        (folder / "git").symlink_to(git)
        self.cosign()

    @property
    def path(self) -> dict[str, str]:
        return {"PATH": str(self.folder)}

    def cosign(self, *unsigned: str) -> None:
        """Let every digest be signed but these."""
        (self.folder / "unsigned").write_text("".join(f"{each}\n" for each in (UNSIGNED, *unsigned)), "utf-8")
        self._program("cosign", COSIGN.format(folder=self.folder))

    def gh(self, answer: str = f"echo {PULL_REQUEST}") -> None:
        """Let pull requests be opened."""
        self._program("gh", GH.format(answer=answer))

    def remove(self, name: str) -> None:
        (self.folder / name).unlink()

    def _program(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")
        (self.folder / name).chmod(0o755)
