"""A program that is run, as a line that does the same when it's typed by hand."""

import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from blogctl import terminal
from blogctl.failure import Failure

LINE = 400  # characters of an error; a patch that kubectl refuses is told with the whole object


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

    def answer(self, *, within: float) -> str:
        """Run a program, give what it prints on stdout, and tell a failure in one line.

        Args:
            within: Seconds that it may take.

        Returns:
            The text, stripped.

        Raises:
            Failure: It isn't there, failed or took too long; carries the last line that it said.
        """
        try:
            return self.output(within=within)
        except OSError as error:
            raise Failure(f"{self.arguments[0]} can't be run: {error.strerror}") from error
        except subprocess.TimeoutExpired as error:
            raise Failure(f"{self} did not end within {within:.0f} s") from error
        except subprocess.CalledProcessError as error:
            said = (error.stderr or error.stdout or f"exit status {error.returncode}").strip().splitlines()
            raise Failure(f"{self}: {said[-1][:LINE] if said else 'it said nothing'}") from error


def shown(path: Path) -> str:
    """Give a path as short as it can be typed in this directory."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path)
