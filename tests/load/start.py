"""How long a newcomer waits: from `make run` in a fresh clone to the first answer, and from then on."""

import os
import signal
import subprocess
import time
from pathlib import Path

import httpx

from blogctl import ports

REPOSITORY = Path(__file__).parents[2]
PATIENCE_SECONDS = 300


def seconds(scratch: Path) -> tuple[float, float]:
    """Start the blog twice in a clone of its own; package caches are as they are.

    Args:
        scratch: Where the clone is made.

    Returns:
        Seconds to the first answer: the first time, with everything to set up, and the second.
    """
    clone = scratch / "clone"
    subprocess.run(["git", "clone", "--quiet", str(REPOSITORY), str(clone)], check=True)
    return _first_answer(clone), _first_answer(clone)


def _first_answer(clone: Path) -> float:
    port = ports.free(1)[0]
    began = time.monotonic()
    environment = {
        name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL", "VIRTUAL_ENV"}
    }
    with subprocess.Popen(
        ["make", "run", f"UP=--port {port}"],
        cwd=clone,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C goes to make and to what it runs, as from a terminal
    ) as running:
        try:
            while True:
                try:
                    httpx.get(f"http://127.0.0.1:{port}/api/posts").raise_for_status()
                    return time.monotonic() - began
                except httpx.HTTPError:
                    if running.poll() is not None or time.monotonic() - began > PATIENCE_SECONDS:
                        raise
                    time.sleep(0.05)
        finally:
            os.killpg(running.pid, signal.SIGINT)
            running.wait(30)
