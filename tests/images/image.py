"""An image, and containers of it that have no rights beyond running."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from kit import docker

COMMIT = "0123456789abcdef0123456789abcdef01234567"
BUILT_AT = "2026-01-02T03:04:05Z"
BASE = "python:3.13-slim-trixie"
START_SECONDS = 90  # two busy cores
HARDENED = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--tmpfs=/tmp")


@dataclass(frozen=True)
class Image:
    """An image of this machine."""

    name: str

    def inspect(self) -> dict[str, Any]:
        """Everything that Docker knows of it."""
        found: list[dict[str, Any]] = json.loads(docker.output("image", "inspect", self.name))
        return found[0]

    def python(self, program: str) -> str:
        """Run a program by the image's Python and give what it prints."""
        return docker.output("run", "--rm", "--interactive", *HARDENED, self.name, "python", "-", stdin=program)

    @contextmanager
    def running(self, *options: str) -> Iterator["Container"]:
        """Run its own command for as long as a block lasts, its port published on this machine."""
        name = docker.output("run", "--detach", "--publish=127.0.0.1::3000", *HARDENED, *options, self.name)
        try:
            yield Container(name)
        finally:
            docker.output("rm", "--force", "--volumes", name)


@dataclass(frozen=True)
class Container:
    """A container that was started."""

    name: str

    def get(self, path: str) -> httpx.Response:
        """Ask it by HTTP, as soon as it answers."""
        address = docker.output("port", self.name, "3000")
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                return httpx.get(f"http://{address}{path}")
            except httpx.TransportError:
                assert time.monotonic() < end, docker.run("logs", self.name)
                time.sleep(0.1)
