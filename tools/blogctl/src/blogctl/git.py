"""git in a checkout: what changes something is printed before it runs, what only looks isn't."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from blogctl.command import Command, shown
from blogctl.failure import Failure

ASK_SECONDS = 60
REMOTE_SECONDS = 120  # a push or fetch; a person may be asked for a password


class GitFailure(Failure):
    """git said no; the message is the line of its answer that says why."""


@dataclass(frozen=True)
class Git:
    """A checkout."""

    root: Path
    dry_run: bool = False

    @classmethod
    def here(cls, *, dry_run: bool = False) -> "Git":
        """Find the checkout that the working directory is in.

        Args:
            dry_run: Print what would change something, and don't run it.

        Raises:
            GitFailure: There is none, or no git.
        """
        top = cls(Path.cwd()).ask("rev-parse", "--show-toplevel")
        return cls(Path(top), dry_run)

    def run(self, *arguments: str) -> str:
        """Print a line and run it; with `dry_run` only print it.

        Args:
            arguments: What follows `git`.

        Returns:
            What it printed on stdout.

        Raises:
            GitFailure: It failed or took too long.
        """
        self.command(*arguments).show()
        return "" if self.dry_run else self.ask(*arguments, within=REMOTE_SECONDS)

    def ask(self, *arguments: str, within: float = ASK_SECONDS) -> str:
        """Run a line without printing it.

        Args:
            arguments: What follows `git`.
            within: Seconds that it may take.

        Returns:
            What it printed on stdout, stripped.

        Raises:
            GitFailure: It failed or took too long.
        """
        done = self._done(arguments, within)
        if done.returncode != 0:
            raise GitFailure(f"git {arguments[0]}: {reason(done.stderr)}")
        return done.stdout.strip()

    def holds(self, *arguments: str) -> bool:
        """Ask something that git answers by its exit status."""
        return self._done(arguments, ASK_SECONDS).returncode == 0

    def commit(self, name: str) -> str:
        """Give a commit's full name; empty where there is no such commit here."""
        done = self._done(("rev-parse", "--quiet", "--verify", "--end-of-options", f"{name}^{{commit}}"), ASK_SECONDS)
        return done.stdout.strip() if done.returncode == 0 else ""

    def is_ancestor(self, old: str, new: str) -> bool:
        """Tell whether one commit is in another's history, or the same; never of one that isn't here."""
        return self.holds("merge-base", "--is-ancestor", old, new)

    def is_shallow(self) -> bool:
        """Tell whether older history is missing here."""
        return self.ask("rev-parse", "--is-shallow-repository") == "true"

    def command(self, *arguments: str) -> Command:
        """Give the line as it's typed in the working directory."""
        where = () if self.root.resolve() == Path.cwd().resolve() else ("-C", shown(self.root))
        return Command(("git", *where, *arguments))

    def _done(self, arguments: tuple[str, ...], within: float) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                ("git", *arguments),
                cwd=self.root,
                env={**os.environ, "LC_ALL": "C"},
                capture_output=True,
                text=True,
                timeout=within,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise GitFailure(f"git {arguments[0]}: no answer within {within:.0f} s") from error
        except OSError as error:
            raise GitFailure(f"git can't be run: {error.strerror}") from error


def reason(said: str) -> str:
    """Find the line that says why git failed, without the password that an address may hold.

    Args:
        said: Its stderr.
    """
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    for mark in ("! [", "fatal: ", "error: "):
        if found := next((line for line in lines if line.startswith(mark)), ""):
            break
    else:
        found = lines[-1] if lines else "it failed and didn't say why"
    return re.sub(r"//[^/@\s]+@", "//", found.removeprefix("fatal: ").removeprefix("error: "))


def short(commit: str) -> str:
    """Give a commit as people read it, in seven digits."""
    return commit[:7]
