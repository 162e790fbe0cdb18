"""A copy of the tree, as somebody gets it who clones it, so that pages change nothing here."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "en").glob("*.md"))
PROJECT = "blog-docs-test"  # of Docker Compose: a page that deletes volumes must not delete somebody's own
# Set by whoever runs these tests, and unknown to a reader in their own terminal.
NOT_A_READERS = ("COMPOSE_", "COV", "GIT_", "GNUMAKE", "MAKE", "MFLAGS", "MONGO_", "PYTEST", "VIRTUAL_ENV")


def clone(directory: Path) -> Path:
    """Clone this repository, with what is not committed yet on top, and give the clone an environment that is ready.

    Args:
        directory: Where to; it's not there yet.

    Returns:
        The directory.
    """
    _git("clone", "--quiet", "--no-hardlinks", str(ROOT), str(directory))
    for name in _git("-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        source, target = ROOT / name, directory / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            shutil.copymode(source, target)
        elif name:
            target.unlink(missing_ok=True)
    _git("-C", str(directory), "add", "--intent-to-add", ".")  # for a page that does `git commit --all`
    _environment(directory / ".venv")
    return directory


def readers_environment() -> dict[str, str]:
    """Give what a reader's terminal has, with English messages, without colours and pagers."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(NOT_A_READERS)}
    plain = {"TERM": "dumb", "PAGER": "cat", "LC_ALL": "C.UTF-8", "LANGUAGE": "en"}
    return {**kept, **plain, "COMPOSE_PROJECT_NAME": PROJECT}


def _environment(venv: Path) -> None:
    """Link to ours, which `make` then takes for one that it made: setting up a new one has tests of its own."""
    venv.mkdir()
    for part in (ROOT / ".venv").iterdir():
        if part.name != ".ready":
            (venv / part.name).symlink_to(part)
    (venv / ".ready").touch()


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout
