import os
import pty
import subprocess
import sys
from contextlib import suppress

import pytest

from .command import Admin


def typed(admin: Admin, *arguments: str) -> str:
    """Run the command at a terminal, and give all that it shows there."""
    ours, its = pty.openpty()
    command = [sys.executable, "-m", "admin_backup", *arguments]
    environment = {**admin.environment, "COLUMNS": "120", "TERM": "xterm"}
    with subprocess.Popen(command, env=environment, stdin=its, stdout=its, stderr=its):
        os.close(its)
        shown = b""
        with suppress(OSError):  # Linux's way to say that the other end is closed
            while chunk := os.read(ours, 4096):
                shown += chunk
    os.close(ours)
    return shown.decode()


@pytest.mark.parametrize(
    ("command", "bar", "line"),
    [
        (["verify"], "posts compared", ": restored into MongoDB "),
        (["restore", "--replace"], "posts restored", ": 4 documents are back, in "),
        (["prune"], "", "deleted: nothing; kept: 1"),
    ],
)
def test_a_person_sees_bars_and_one_line(admin: Admin, command: list[str], bar: str, line: str) -> None:
    first = typed(admin, "backup")
    assert "posts read" in first
    assert ".archive.gz: 4 documents, 0.0 MB, in " in first

    shown = typed(admin, *command)

    assert bar in shown
    assert line in shown
    assert '{"' not in shown
