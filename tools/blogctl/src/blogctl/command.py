"""A program that is run, as a line that does the same when it's typed by hand."""

import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from blogctl import terminal


@dataclass(frozen=True)
class Command:
    """A program, its arguments, and what is set in its environment beside what is there already."""

    arguments: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Give the line for a POSIX shell."""
        settings = [f"{name}={shlex.quote(value)}" for name, value in self.settings.items()]
        return " ".join([*settings, shlex.join(self.arguments)])

    def environment(self) -> dict[str, str]:
        """Give the whole environment that the program gets."""
        return {**os.environ, **self.settings}

    def show(self) -> None:
        """Print the line, just before it's run."""
        terminal.note(str(self), style="dim")

    def output(self, *, within: float) -> str:
        """Run a program that only looks, and give what it prints on stdout.

        Args:
            within: Seconds that it may take.

        Returns:
            The text, stripped.

        Raises:
            OSError: It isn't there, or can't run here.
            subprocess.SubprocessError: It failed or took too long.
        """
        done = subprocess.run(
            self.arguments, env=self.environment(), capture_output=True, text=True, timeout=within, check=True
        )
        return done.stdout.strip()


def shown(path: Path) -> str:
    """Give a path as short as it can be typed in this directory."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path)
