"""What holds for the whole tree."""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from blogctl import checkout

OTHER_LOCKS = {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "package-lock.json", "yarn.lock"}
PACKAGE_INDEXES = {"files.pythonhosted.org", "pypi.org/simple", "test.pypi.org", "registry.npmjs.org"}


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """The files that git knows, or would add."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=checkout.ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a checkout of git")
    files = (checkout.ROOT / name for name in listed.stdout.split("\0") if name)
    return [file for file in files if file.is_file()]


def test_locks_are_requirement_files_alone(tracked: list[Path]) -> None:
    assert not OTHER_LOCKS & {file.name for file in tracked}


def test_no_file_says_where_packages_come_from(tracked: list[Path]) -> None:
    """It differs from machine to machine, and a lock that names it is wrong on the next one."""
    here = {urlsplit(word).hostname for name, value in os.environ.items() if "INDEX" in name for word in value.split()}
    named = re.compile("|".join(map(re.escape, PACKAGE_INDEXES | {host for host in here if host} - {"pypi.org"})))

    others = (file for file in tracked if file != Path(__file__))
    assert [str(file) for file in others if named.search(file.read_text("utf-8", errors="ignore"))] == []


def test_make_lists_every_target() -> None:
    makefile = (checkout.ROOT / "Makefile").read_text("utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    declared = re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)

    listed = subprocess.run(["make"], cwd=checkout.ROOT, capture_output=True, text=True, check=True).stdout

    assert re.findall(r"^  make ([a-z-]+) +\S", listed, re.MULTILINE) == declared
    assert sorted(phony.split()) == sorted(declared)


@pytest.mark.parametrize("path", [".venv", ".data", "services/posts-service/src/posts_service/__pycache__"])
def test_what_a_run_leaves_is_ignored(tracked: list[Path], path: str) -> None:
    assert (
        subprocess.run(["git", "check-ignore", "--quiet", f"{path}/x"], cwd=checkout.ROOT, check=False).returncode == 0
    )
