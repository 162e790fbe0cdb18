import re
import shutil
import subprocess
from pathlib import Path

import pytest

from blogctl import checkout

DECLARED = ("Makefile", "pyproject.toml", "services/*/pyproject.toml", "tools/*/pyproject.toml")
LOCKS = ("requirements-dev.txt", "services/*/requirements.txt", "tools/*/requirements.txt")
NO_INDEX = re.compile("Failed to fetch|network was disabled")  # in uv's words


def locks(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text("utf-8") for pattern in LOCKS for path in root.glob(pattern)}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what the locks are made from."""
    (tmp_path / ".venv").symlink_to(checkout.ROOT / ".venv")
    for pattern in DECLARED + LOCKS:
        for path in checkout.ROOT.glob(pattern):
            target = tmp_path / path.relative_to(checkout.ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return tmp_path


def test_the_locks_are_what_make_lock_writes(copy: Path) -> None:
    made = subprocess.run(["make", "lock"], cwd=copy, capture_output=True, text=True, check=False)
    if made.returncode != 0 and NO_INDEX.search(made.stderr):
        pytest.skip("no package index answers here")

    assert made.returncode == 0, made.stderr
    assert locks(copy) == locks(checkout.ROOT), "a lock is stale: make lock"
