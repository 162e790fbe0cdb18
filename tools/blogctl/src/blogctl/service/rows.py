"""Rows: wherever every service stands beside the others, in a list of a file or of a sentence."""

import re
from collections.abc import Callable, Iterable

Change = Callable[[list[str]], list[str]]


def changed(text: str, names: Iterable[str], change: Change) -> str:
    """Rewrite every row of a text.

    Args:
        text: A file's.
        names: All that a row holds, in any order; one that lacks a name is no row.
        change: Gets a row's names in its order, and gives those that it will hold.
    """
    every = sorted(names)
    for pattern in (_row(every), _column(every)):
        text = pattern.sub(lambda row: _rewritten(row, every, change), text)
    return text


def _row(names: list[str]) -> re.Pattern[str]:
    """Find names that look alike, such as `"a", "b"` or `services/a/src:services/b/src`."""
    name = f"(?:{'|'.join(map(re.escape, names))})"
    before, after = r"""(?P<before>services/|["'`]|)""", r"""(?P<after>/src|/|["'`]|=sha256:…|)"""
    return re.compile(
        rf"(?<![\w-]){before}{name}{after}(?P<between>,\s+|:| +)(?P=before){name}(?P=after)"
        rf"(?:(?P=between)(?P=before){name}(?P=after))*(?![A-Za-z0-9_-])"
    )


def _column(names: list[str]) -> re.Pattern[str]:
    """Find lines that differ in the name alone, such as a YAML list's."""
    name = f"(?:{'|'.join(map(re.escape, names))})"
    return re.compile(
        rf"^(?P<before> *- ){name}(?P<after>.*)(?P<between>\n)(?P=before){name}(?P=after)"
        rf"(?:(?P=between)(?P=before){name}(?P=after))*$",
        re.MULTILINE,
    )


def _rewritten(row: re.Match[str], names: list[str], change: Change) -> str:
    before, after, between = row["before"], row["after"], row["between"]
    found = [item.removeprefix(before).removesuffix(after) for item in re.split(re.escape(between), row[0])]
    if sorted(found) != names:
        return row[0]
    return between.join(f"{before}{name}{after}" for name in change(found))
