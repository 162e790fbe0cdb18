"""Where text goes: answers to stdout, everything else to stderr."""

from rich.console import Console
from rich.text import Text

# rich folds at 80 columns where there is no terminal; a line that a program reads must stay one line.
stdout = Console(soft_wrap=True, highlight=False, markup=False)
stderr = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)


def answer(text: str) -> None:
    """Print what the command was asked for."""
    stdout.print(text)


def note(text: str, *, style: str = "") -> None:
    """Print what a person likes to know on the way.

    Args:
        text: One line.
        style: rich's name of a colour or weight, seen at a terminal alone.
    """
    stderr.print(Text(text, style))
