"""Programs of the platform, run by tests as a person or a container runs them."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from blogctl import checkout, ports

START_SECONDS = 90  # a busy CI runner compiles every import at the first start
STOP_SECONDS = 45  # services finish requests in flight for 20, mongod writes a last checkpoint for 15
SERVICES = ("posts_service", "user_service")


@dataclass(frozen=True)
class Tree:
    """A checkout: the one that these tests belong to, or an earlier version of it elsewhere."""

    root: Path = checkout.ROOT

    def environment(self, **settings: str) -> dict[str, str]:
        """The environment in which Python finds this tree's packages, whatever is installed editable."""
        # What chooses a database or a platform for a person must not choose one for a test: tests delete and write.
        kept = {name: value for name, value in os.environ.items() if name not in {"MONGO_URL", "BLOG_URL"}}
        if self.root == checkout.ROOT:
            return {**kept, **settings}
        # Coverage is this tree's; an earlier version would be counted as files of its own.
        kept = {name: value for name, value in kept.items() if not name.startswith("COV")}
        sources = [*self.root.glob("services/*/src"), *self.root.glob("tools/*/src")]
        return {**kept, "PYTHONPATH": os.pathsep.join(map(str, sorted(sources))), **settings}

    def run(self, *arguments: str, within: float = START_SECONDS, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a Python module of this tree to its end."""
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=self.root,
            env=self.environment(**settings),
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )

    def test(self, *paths: str, within: float, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run tests of this tree, without the plugins that take seconds to load and that they don't use."""
        bare = ("-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:hypothesispytest", "--no-cov")
        return self.run("pytest", "-q", *bare, *paths, within=within, PYTEST_ADDOPTS="", **settings)

    def migrate(self, mongo_url: str) -> None:
        """Bring a database to the schema of this tree."""
        for package in SERVICES:
            done = self.run(package, "migrate", MONGO_URL=mongo_url)
            assert done.returncode == 0, done.stderr


@contextmanager
def running_platform(data: Path, *, tree: Tree | None = None, **settings: str) -> Iterator[str]:
    """Run the whole platform, as `make run` does, for as long as a block lasts.

    Args:
        data: Where it keeps everything.
        tree: Whose platform.
        settings: What is set in its environment, `MONGO_URL` for example.

    Yields:
        The address of its front door.
    """
    port = ports.free(1)[0]
    url = f"http://localhost:{port}"
    arguments = ("blogctl", "up", "--port", str(port), "--data", str(data))
    with _running(arguments, data, tree or Tree(), settings, stop_by=signal.SIGINT) as program:
        program.wait_until(lambda: bool(re.search(rf"^ready: {url}$", program.stderr, re.MULTILINE)))
        yield url


@contextmanager
def running_service(package: str, output: Path, **settings: str) -> Iterator[str]:
    """Run one service by itself for as long as a block lasts.

    Args:
        package: Such as `posts_service`.
        output: Where what it prints is kept.
        settings: What is set in its environment; `MONGO_URL` at least.

    Yields:
        Its address; it is ready.
    """
    port = ports.free(1)[0]
    url = f"http://{ports.LOOPBACK}:{port}"
    settings = {"HOST": ports.LOOPBACK, "PORT": str(port), **settings}
    with _running((package, "serve"), output, Tree(), settings, stop_by=signal.SIGTERM) as program:
        program.wait_until(lambda: is_ready(url))
        yield url


def is_ready(url: str) -> bool:
    """Tell whether a service can serve."""
    try:
        return httpx.get(f"{url}/readyz", timeout=5).is_success
    except httpx.TransportError:
        return False


@dataclass(frozen=True)
class _Program:
    process: subprocess.Popen[bytes]
    output: Path

    @property
    def stderr(self) -> str:
        return (self.output / "stderr").read_text("utf-8", errors="replace")

    @property
    def last_words(self) -> str:
        printed = (self.output / "stdout").read_text("utf-8", errors="replace")
        return "\n".join(line[-1000:] for line in [*printed.splitlines()[-3:], *self.stderr.splitlines()[-10:]])

    def wait_until(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + START_SECONDS
        while not done():
            if self.process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"{self.process.args!r} did not start:\n{self.last_words}")
            time.sleep(0.05)


@contextmanager
def _running(
    arguments: tuple[str, ...], output: Path, tree: Tree, settings: Mapping[str, str], *, stop_by: signal.Signals
) -> Iterator[_Program]:
    """Run a module, and fail if it doesn't end well when it is asked to."""
    output.mkdir(parents=True, exist_ok=True)
    with (output / "stdout").open("wb") as stdout, (output / "stderr").open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=tree.root,
            env=tree.environment(**settings),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,  # Ctrl-C at the terminal is pytest's; it then asks this one
        )
        program = _Program(process, output)
        try:
            yield program
        finally:
            process.send_signal(stop_by)
            try:
                status = process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                status = process.wait()
        # A service that has finished its requests ends by the very signal that it was sent.
        assert status in {0, -stop_by}, f"{process.args!r} ended with {status}:\n{program.last_words}"
