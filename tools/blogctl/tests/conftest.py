"""`python -m blogctl` as a person runs it, and the programs that it leaves behind or doesn't."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from blogctl import ports

START_SECONDS = 90  # a busy CI runner compiles every import at the first start
Answer = subprocess.CompletedProcess[str]


@pytest.fixture(autouse=True, scope="session")
def own_mongodb() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MONGO_URL", raising=False)
        yield


@pytest.fixture(autouse=True, scope="session")
def plain_text() -> Iterator[None]:
    """On GitHub typer colours what no terminal reads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("_TYPER_FORCE_DISABLE_TERMINAL", "1")
        yield


@pytest.fixture(scope="session")
def blogctl() -> Callable[..., Answer]:
    def run(*arguments: str, **environment: str) -> Answer:
        command = [sys.executable, "-m", "blogctl", *arguments]
        env = {**os.environ, **environment}
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=START_SECONDS, check=False)

    return run


class RunningUp:
    """A `blogctl up` in the background."""

    def __init__(self, data: Path, output: Path) -> None:
        self.data, self.port = data, ports.free(1)[0]
        self.url = f"http://localhost:{self.port}"
        self._out, self._err = output / "stdout", output / "stderr"
        command = [sys.executable, "-m", "blogctl", "up", "--port", str(self.port), "--data", str(data)]
        with self._out.open("w") as out, self._err.open("w") as err:
            self.process = subprocess.Popen(command, stdout=out, stderr=err, start_new_session=True)
        self._group = ""

    @property
    def stdout(self) -> str:
        return self._out.read_text("utf-8")

    @property
    def stderr(self) -> str:
        return self._err.read_text("utf-8")

    def says(self, pattern: str) -> re.Match[str]:
        """Wait until stderr holds the pattern."""
        end = time.monotonic() + START_SECONDS
        while (found := re.search(pattern, self.stderr, re.MULTILINE)) is None:
            assert self.process.poll() is None, self.stderr
            assert time.monotonic() < end, self.stderr
            time.sleep(0.05)
        return found

    def started(self) -> "RunningUp":
        """Wait until there are programs."""
        self.says(" -m posts_service serve$")
        while len(groups := {row[2] for row in _processes() if row[1] == str(self.process.pid)}) != 1:
            time.sleep(0.05)  # one has been forked, and has not joined the others yet
        (self._group,) = groups
        return self

    def ready(self) -> "RunningUp":
        """Wait until a person can use it."""
        self.started().says(rf"^ready: {self.url}$")
        return self

    def pid_of(self, name: str) -> int:
        """Read a process id out of the status table."""
        return int(self.says(rf"^ {name} +\S+ +(\d+) ")[1])

    def is_gone(self, *, within: float = 20) -> bool:
        """Wait until none of its programs runs."""
        end = time.monotonic() + within
        while any(row[2] == self._group for row in _processes()):
            if time.monotonic() > end:
                return False
            time.sleep(0.05)
        return True

    def stop(self, by: signal.Signals = signal.SIGINT) -> int:
        """Send a signal, and give the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(by)
        return self.process.wait(60)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], RunningUp]]:
    @contextmanager
    def running(data: Path) -> Iterator[RunningUp]:
        platform = RunningUp(data, tmp_path_factory.mktemp("output"))
        try:
            yield platform
        finally:
            platform.stop()

    with ExitStack() as stack:
        yield lambda data: stack.enter_context(running(data))


def _processes() -> list[list[str]]:
    """List pid, parent and group of all that live."""
    columns = ["ps", "-axo", "pid=,ppid=,pgid=,stat="]
    rows = subprocess.run(columns, capture_output=True, text=True, check=True).stdout.splitlines()
    return [row for line in rows if not (row := line.split())[3].startswith("Z")]
