"""One reader, who works through a page: every command is run once, whatever number of tests look at it."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from docs.checkout import readers_environment
from docs.page import INTERRUPT, Block, Command
from docs.terminal import Stuck, Terminal
from kit.cluster import cluster_answers
from kit.mongodb import docker_answers

Outcome = list[tuple[str, str | None]]  # for each command of a block: what it printed, and what went wrong


def hindrance(block: Block) -> str | None:
    """Say why a block can't be run here, or shouldn't be."""
    if block.marks.skip:
        return block.marks.skip
    if block.marks.cluster and not cluster_answers():
        return "needs a cluster, and none answers to kubectl"
    if block.marks.docker and not docker_answers():
        return "needs Docker, which does not answer"
    if block.marks.program and not shutil.which(block.marks.program):
        return f"needs {block.marks.program} on PATH"
    return None


class Session:
    """The terminals of a page: one to type in, and one more for each command that goes on."""

    def __init__(self, blocks: Sequence[Block], directory: Path) -> None:
        """Begin a page.

        Args:
            blocks: What is to be typed.
            directory: Where.
        """
        self._blocks = blocks
        self._outcomes: list[Outcome] = []
        self._directory = directory
        self._terminal = self._opened()
        self._others: list[Terminal] = []
        self._stopped: str | None = None

    def outcome(self, number: int) -> Outcome:
        """Give what a block printed; those before it are run first, once.

        Args:
            number: Of the block, from 0.
        """
        while len(self._outcomes) <= number:
            block = self._blocks[len(self._outcomes)]
            self._outcomes.append(self._run(block) if not hindrance(block) else [])
        return self._outcomes[number]

    def close(self) -> None:
        """Do what is left to tidy up, and close all windows."""
        for block in self._blocks[len(self._outcomes) :]:
            if block.marks.always and not hindrance(block):
                self._stopped = None
                self._run(block)
        for terminal in [*reversed(self._others), self._terminal]:
            terminal.close()

    def _opened(self) -> Terminal:
        return Terminal(self._directory, readers_environment())

    def _run(self, block: Block) -> Outcome:
        if self._stopped:
            return [("", self._stopped) for _ in block.commands]
        outcome: Outcome = []
        for command in block.commands:
            last = command is block.commands[-1]
            try:
                outcome.append(self._type(command, block, fails=block.marks.fails and last))
            except Stuck as stuck:
                outcome.append(("", str(stuck)))
                if block.marks.until:  # what follows needs it, and would only fail in confusing ways
                    self._stopped = f"not run: what line {command.line} starts did not start"
        return outcome

    def _type(self, command: Command, block: Block, *, fails: bool) -> tuple[str, str | None]:
        if command.typed == INTERRUPT:
            other = self._others.pop()
            text = other.interrupt()
            other.close()
            return text, None
        if block.marks.until:
            self._others.append(self._opened())
            return self._others[-1].start(command.typed, until=block.marks.until, within=block.marks.seconds), None
        printed = self._terminal.run(
            command.typed, within=block.marks.seconds, asks=block.marks.asks, answers=command.answers
        )
        wrong = f"it ended with status {printed.status}" if (printed.status != 0) != fails else None
        return printed.text, wrong and f"{wrong}; printed was:\n{printed.text}"
