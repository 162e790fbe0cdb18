"""The version of the services before this one, out of git."""

import subprocess
import tarfile
from pathlib import Path

from blogctl import checkout

SOURCES = ":(glob)services/*/src/**"
NEEDED = ("services", "tools", "tests", "conftest.py", "pyproject.toml")


class NoPreviousVersion(Exception):
    """There is none in this checkout: no git, or not enough of its history."""


def revision() -> str:
    """Name the newest commit whose services differ from the ones in this tree.

    Raises:
        NoPreviousVersion: There is none.
    """
    if _git("status", "--porcelain", "--", SOURCES):
        return _git("rev-parse", "HEAD")
    last = _git("log", "-1", "--format=%H", "--", SOURCES)
    if not last:
        raise NoPreviousVersion("no commit has changed a service")
    return _git("rev-parse", "--verify", f"{last}^")


def extract(revision: str, directory: Path) -> None:
    """Write a commit's services, and the tests that it came with, into a directory."""
    there = _git("ls-tree", "--name-only", revision, "--", *NEEDED).split()
    archive = directory / "archive.tar"
    _git("archive", "--output", str(archive), revision, "--", *there)
    with tarfile.open(archive) as tar:
        tar.extractall(directory, filter="data")


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(checkout.ROOT), *arguments]
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        raise NoPreviousVersion(said.strip()) from error
