"""The notebook as a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from blogctl import ports

NOTEBOOK = Path(__file__).with_name("notebook.py")
START_SECONDS = 90  # a busy CI runner compiles every import at the first start


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one of its commands to its end."""
    command, env = [sys.executable, str(NOTEBOOK), *arguments], os.environ | environment
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=START_SECONDS, check=False)


@dataclass(frozen=True)
class Running:
    """A `serve` in the background."""

    process: subprocess.Popen[bytes]
    url: str
    port: int
    output: Path

    @property
    def stderr(self) -> str:
        """What it has said to a person."""
        return (self.output / "stderr").read_text("utf-8")

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Every line of its log."""
        return [json.loads(line) for line in (self.output / "stdout").read_bytes().splitlines(keepends=False)]

    def logged(self, event: str, **fields: Any) -> list[dict[str, Any]]:
        """Wait for lines of an event: they are written after the answer."""
        end = time.monotonic() + 5
        while True:
            wanted = {"event": event, **fields}.items()
            found = [line for line in self.lines if wanted <= line.items()]
            if found or time.monotonic() > end:
                return found
            time.sleep(0.02)

    def stop(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, and give the exit status."""
        self.process.send_signal(by)
        return self.process.wait(30)


@contextmanager
def running(output: Path, **environment: str) -> Iterator[Running]:
    """Serve for as long as a block lasts.

    Args:
        output: Where what it prints is kept.
        environment: Its settings; `MONGO_URL` at least.

    Yields:
        It answers.
    """
    port = ports.free(1)[0]
    env = os.environ | {"HOST": ports.LOOPBACK, "PORT": str(port)} | environment
    with (output / "stdout").open("wb") as stdout, (output / "stderr").open("wb") as stderr:
        process = subprocess.Popen([sys.executable, str(NOTEBOOK), "serve"], env=env, stdout=stdout, stderr=stderr)
    host = f"[{env['HOST']}]" if ":" in env["HOST"] else env["HOST"]
    notebook = Running(process, f"http://{host}:{port}", port, output)
    try:
        _wait(notebook)
        yield notebook
    finally:
        if process.poll() is None:
            notebook.stop()


def _wait(notebook: Running) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        assert notebook.process.poll() is None, notebook.stderr
        assert time.monotonic() < end, notebook.stderr
        try:
            httpx.get(f"{notebook.url}/livez")
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return
