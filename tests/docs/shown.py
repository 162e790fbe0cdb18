"""Comparing what a page shows with what was printed."""

import re
from collections.abc import Sequence

from docs.page import ANYTHING

_GAP = re.compile(" {2,}")


def difference(shown: Sequence[str], printed: str) -> str | None:
    """Find where a page and a program differ.

    Args:
        shown: The page's lines. `…` stands for anything within a line, and alone for any number of lines; two spaces
            and more are a gap of any width.
        printed: What the program wrote.

    Returns:
        A sentence, or nothing when they agree.
    """
    lines = printed.splitlines()
    if _pattern(shown).fullmatch(_joined(lines)):
        return None
    agree = max(
        count for count in range(len(shown) + 1) if _pattern([*shown[:count], ANYTHING]).fullmatch(_joined(lines))
    )
    missing = f"this line was not printed: {shown[agree]}" if agree < len(shown) else "more was printed"
    return f"{missing}\nprinted was:\n{printed}"


def _pattern(shown: Sequence[str]) -> re.Pattern[str]:
    return re.compile("".join("(?:.*\n)*?" if line == ANYTHING else f"{_line(line)}\n" for line in shown))


def _line(shown: str) -> str:
    return ".*".join(" {2,}".join(map(re.escape, _GAP.split(part))) for part in shown.split(ANYTHING))


def _joined(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
