"""A terminal with bash in it: programs that look for a terminal find one, and print what a person sees."""

import codecs
import fcntl
import os
import pty
import re
import signal
import subprocess
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

BASH = ("bash", "--noprofile", "--norc", "--noediting", "+H")  # +H: `!` is a character like any other
PROMPT = re.compile(
    "\x1e(\\d+)\x1f"
)  # what PS1 below prints: the last command's status, between two control characters
SIZE = (50, 140)
PAUSE_SECONDS = 1  # between two answers: a line editor that has drawn its prompt reads a moment later
STOP_SECONDS = 60  # what Ctrl-C may take: a mongod's last checkpoint, containers that stop
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")


class Stuck(Exception):
    """What was waited for did not come; carries what was printed instead."""


@dataclass(frozen=True)
class Printed:
    """What a command wrote, and its exit status."""

    text: str
    status: int


class Terminal:
    """One terminal window."""

    def __init__(self, directory: Path, environment: Mapping[str, str]) -> None:
        """Open it.

        Args:
            directory: Where bash starts.
            environment: All of its environment.
        """
        self._end, bash_end = pty.openpty()
        termios.tcsetwinsize(bash_end, SIZE)
        attributes = termios.tcgetattr(bash_end)
        attributes[3] &= ~termios.ECHO  # what is typed stands in the page already
        termios.tcsetattr(bash_end, termios.TCSANOW, attributes)
        self._bash = subprocess.Popen(
            BASH,
            cwd=directory,
            env={**environment, "PS1": r"\036$?\037", "PS2": ""},
            stdin=bash_end,
            stdout=bash_end,
            stderr=bash_end,
            start_new_session=True,
            preexec_fn=_as_in_a_window,  # noqa: PLW1509 (Ctrl-C needs it; no other way)
        )
        os.close(bash_end)
        self._printed = ""
        self._more = threading.Condition()
        # Read all the time: a program whose terminal is full would stand still.
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._until(PROMPT, within=30)

    def run(self, typed: str, *, within: float, asks: str | None = None, answers: Sequence[str] = ()) -> Printed:
        """Type a command, and wait for its end.

        Args:
            typed: The command.
            within: Seconds that it, or one of its answers, may take.
            asks: What it prints when it wants to be answered.
            answers: What is typed then, each in its turn.

        Raises:
            Stuck: It goes on; it has been interrupted.
        """
        self._type(f"{typed}\n")
        said = ""
        try:
            for answer in answers:
                text, found = self._until(re.compile(re.escape(asks or "")), within=within)
                said += text + found[0]
                time.sleep(PAUSE_SECONDS)
                self._type(f"{answer}\n")
            text, prompt = self._until(PROMPT, within=within)
        except Stuck:
            self.interrupt()
            raise
        return Printed(clean(said + text), int(prompt[1]))

    def start(self, typed: str, *, until: str, within: float) -> str:
        """Type a command that goes on, and wait for a line with a text in it.

        Returns:
            What it wrote, that line included.

        Raises:
            Stuck: It wrote no such line, or has ended.
        """
        self._type(f"{typed}\n")
        line = re.compile(f"{re.escape(until)}[^\n]*\n|{PROMPT.pattern}")
        text, found = self._until(line, within=within)
        if found[1]:
            raise Stuck(f"{typed} has ended (status {found[1]}) before {until!r} was printed:\n{clean(text)}")
        return clean(text + found[0])

    def interrupt(self) -> str:
        """Press Ctrl-C, and wait for the end of what runs.

        Returns:
            What it wrote since then.

        Raises:
            Stuck: It goes on.
        """
        with self._more:
            self._printed = ""
        self._type("\x03")
        return clean(self._until(PROMPT, within=STOP_SECONDS)[0])

    def close(self) -> None:
        """Interrupt what runs, and close the window."""
        with suppress(Stuck):
            self.interrupt()
            self._type("exit\n")
        with suppress(subprocess.TimeoutExpired):
            self._bash.wait(STOP_SECONDS)
        self._bash.kill()
        self._bash.wait()
        self._reader.join(1)
        os.close(self._end)

    def _type(self, text: str) -> None:
        os.write(self._end, text.encode())

    def _until(self, wanted: re.Pattern[str], *, within: float) -> tuple[str, re.Match[str]]:
        """Take what is printed up to and with a match."""
        with self._more:
            found = self._more.wait_for(lambda: wanted.search(self._printed), within)
            if found is None:
                raise Stuck(f"still not there after {within:.0f} s; printed was:\n{clean(self._printed)}")
            text, self._printed = self._printed[: found.start()], self._printed[found.end() :]
        return text, found

    def _read(self) -> None:
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        with suppress(OSError):  # Linux says EIO, macOS an empty read, when bash has ended
            while piece := os.read(self._end, 65536):
                with self._more:
                    self._printed += decode(piece).replace("\r\n", "\n")
                    self._more.notify_all()


def _as_in_a_window() -> None:
    """Own the terminal, and hear Ctrl-C even if whoever started us ignores it, as a shell's `&` does."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    for ignored in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(ignored, signal.SIG_DFL)


def clean(text: str) -> str:
    """Give what stands on the screen in the end: without colours, and of a line that was redrawn the last state."""
    lines = [line.rstrip("\r").rpartition("\r")[2].rstrip() for line in _ESCAPES.sub("", text).split("\n")]
    return "\n".join(lines).rstrip("\n")
