"""A mongod of our own that is a replica set: its files, and running it for as long as a block lasts."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from blogctl import mongod_log, mongod_program, ports, replica_set
from blogctl.command import shown
from blogctl.failure import Failure
from blogctl.mongod_program import Program
from blogctl.process_group import process_group

DATABASE = "blog"
STOP_SECONDS = 15  # a last checkpoint of a large blog; then it's killed, and reads its journal at the next start


@dataclass(frozen=True)
class MongodData:
    """What belongs to one mongod: its files, its log, and the port that its replica set knows it by."""

    path: Path

    @property
    def directory(self) -> Path:
        """`--dbpath`."""
        return self.path / "mongo"

    @property
    def log(self) -> Path:
        """The log of the last start."""
        return self.path / "mongod.log"

    @property
    def has_samples(self) -> Path:
        """There once the sample posts were written, beside the data and gone with it: saves a look at each start."""
        return self.directory / "has-sample-posts"

    @property
    def _remembered(self) -> Path:
        return self.path / "mongod.json"

    def stored_port(self) -> int | None:
        """Give the port of the last start."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            return int(json.loads(self._remembered.read_text("utf-8"))["port"])
        return None

    def choose_port(self) -> int:
        """Give the port of the last start, or another one when that is taken."""
        stored = self.stored_port()
        return stored if stored and ports.is_free(stored) else ports.free(1)[0]

    def prepare(self) -> None:
        """Make the directory.

        Raises:
            Failure: It can't be made.
        """
        try:
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Failure(f"{shown(self.directory)} can't hold MongoDB's data: {error.strerror}") from error

    def remember(self, program: Program, port: int) -> None:
        """Write down what runs on the data now; a start that failed leaves the last one's."""
        self._remembered.write_text(json.dumps({"port": port, "version": program.version}) + "\n", "utf-8")

    def refusal(self, program: Program) -> Failure:
        """Say why mongod ended or never became primary."""
        why = mongod_log.reason(self.log.read_text("utf-8", errors="replace").splitlines())
        with suppress(OSError, ValueError, KeyError, TypeError):
            written = json.loads(self._remembered.read_text("utf-8"))["version"]
            if written != program.version:
                why += f" (its data was written by mongod {written}, this is {program.version})"
        return Failure(f"mongod did not start on {shown(self.directory)}: {why} (whole log: {shown(self.log)})")


def url(port: int) -> str:
    """Give the address of the blog's database on a mongod of ours."""
    return f"mongodb://{ports.LOOPBACK}:{port}/{DATABASE}?replicaSet={replica_set.NAME}"


@contextmanager
def running_mongod(path: Path, *, port: int | None = None) -> Iterator[str]:
    """Run a mongod for as long as the block lasts, a test run for example. It ignores `MONGO_URL`: tests delete data.

    Args:
        path: Directory for its data and its log; made when it's missing, and kept.
        port: Where it listens; without it that of the last start, or a free one.

    Yields:
        The address of its database `blog`; it's primary.

    Raises:
        Failure: There is no mongod, or it doesn't start.
    """
    program, data = mongod_program.find(), MongodData(path)
    port = port or data.choose_port()
    data.prepare()
    for preparation in program.preparations(port):
        subprocess.run(preparation.arguments, check=False, capture_output=True)
    with process_group() as group, data.log.open("wb") as log:
        process = subprocess.Popen(
            program.command(data.directory, port).arguments,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            process_group=group.id,
        )
        try:
            _wait_for_primary(process, port, program, data)
            yield url(port)
        finally:
            _stop(process)


def _wait_for_primary(process: subprocess.Popen[bytes], port: int, program: Program, data: MongodData) -> None:
    try:
        replica_set.make_primary(port, alive=lambda: process.poll() is None)
    except replica_set.NoPrimary as error:
        raise data.refusal(program) from error
    data.remember(program, port)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
