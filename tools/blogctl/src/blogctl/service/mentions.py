"""Places that name something which goes: an entry of a list, a block of YAML, a test, a comment, a row of a table."""

import ast
import re
from collections.abc import Sequence

CLOSING = {"]": "[", ")": "(", "}": "{"}


def without(path: str, text: str, names: Sequence[str]) -> str:
    """Give a file's text without what is about something that goes; what has to be judged by a person stays.

    Args:
        path: Says what kind of file it is.
        text: What is there now.
        names: What it is called.
    """
    name = named(names)
    if not name.search(text):
        return text
    text = _without_entries(text, names)
    text = _without_comments(text, name)
    if path.endswith((".yaml", ".yml")):
        return _without_blocks(text, name)
    if path.endswith(".py"):
        return _without_tests(_without_lines(text, name), name)
    if path.endswith(".md"):
        return re.sub(rf"^\|[^|\n]*{name.pattern}[^|\n]*\|.*\n", "", text, flags=re.MULTILINE)
    return text


def named(names: Sequence[str]) -> re.Pattern[str]:
    """Find any of the names as a whole word."""
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?![A-Za-z0-9_-])")


def _without_entries(text: str, names: Sequence[str]) -> str:
    """Take entries out of lists that stand in brackets, but leave the arguments of calls."""
    name = f"(?:{'|'.join(map(re.escape, names))})"
    entry = rf"""(?P<quote>["'`]?){name}(?:\.[\w.]+)?(?P=quote)(?:: (?:[\w."'`-]+|\{{[^{{}}\n]*\}}))?"""
    last = re.compile(rf",\s*{entry}(?=\s*,?\s*[\])}}])|,\s*{entry.replace('quote', 'other')}(?=,)")
    first = re.compile(rf"(?<=[\[({{]){entry},\s*")
    alone = re.compile(rf"(?<=\[){entry}(?=\])")
    for pattern in (last, first, alone):
        while found := next((each for each in pattern.finditer(text) if _is_list(text, each.start())), None):
            text = text[: found.start()] + text[found.end() :]
            text = _still_a_tuple(text, _opening(text, found.start() - 1))
    return text


def _still_a_tuple(text: str, opening: int) -> str:
    """Give what is left in parentheses the comma that makes one value a tuple."""
    inside = re.match(r"""\((["'])[^"'\n]*\1(?=\))""", text[opening:])
    return f"{text[: opening + inside.end()]},{text[opening + inside.end() :]}" if inside else text


def _is_list(text: str, at: int) -> bool:
    """Tell whether the bracket around a place holds a list: after a name it begins a call or an index."""
    opening = _opening(text, at)
    return opening >= 0 and (text[opening] == "{" or not re.search(r"[\w\])]$", text[max(0, opening - 1) : opening]))


def _opening(text: str, at: int) -> int:
    closed: list[str] = []
    for place in range(at - (text[at] == ","), -1, -1):
        if text[place] in CLOSING:
            closed.append(CLOSING[text[place]])
        elif text[place] in CLOSING.values():
            if not closed:
                return place
            closed.pop()
    return -1


def _without_comments(text: str, name: re.Pattern[str]) -> str:
    """Take comments away, with their line where nothing else is on it."""
    text = re.sub(rf"^[ \t]*(?:#|//) [^\n]*{name.pattern}[^\n]*\n", "", text, flags=re.MULTILINE)
    return re.sub(rf" +(?:#|//) [^\n]*{name.pattern}[^\n]*$", "", text, flags=re.MULTILINE)


def _without_blocks(text: str, name: re.Pattern[str]) -> str:
    """Take a line of YAML away with all that is indented below it, and its parent where nothing else was below that."""
    lines = text.splitlines(keepends=True)
    while (at := next((number for number, line in enumerate(lines) if name.search(line)), -1)) >= 0:
        begin, end = _block(lines, at)
        above, below = lines[begin - 1] if begin else "", lines[end] if end < len(lines) else ""
        if above.rstrip().endswith(":") and _indent(below) < _indent(lines[begin]):
            begin -= 1
        while (
            begin and lines[begin - 1].lstrip().startswith("#") and _indent(lines[begin - 1]) == _indent(lines[begin])
        ):
            begin -= 1
        if not lines[begin - 1].strip():
            while end < len(lines) and not lines[end].strip():
                end += 1
        del lines[begin:end]
    return "".join(lines)


def _block(lines: list[str], at: int) -> tuple[int, int]:
    end = at + 1
    while end < len(lines) and lines[end].strip() and _indent(lines[end]) > _indent(lines[at]):
        end += 1
    return at, end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _without_lines(text: str, name: re.Pattern[str]) -> str:
    """Take lines away that are an entry of a longer list each."""
    kept, at = [], 0
    for line in text.splitlines(keepends=True):
        code = line.split("  #")[0].strip()
        balanced = all(code.count(closing) == code.count(opening) for closing, opening in CLOSING.items())
        whole = code.endswith(",") and code[0] in "\"'([{" and balanced
        if not (whole and name.search(line) and _opening(text, at) >= 0):
            kept.append(line)
        at += len(line)
    return "".join(kept)


def _without_tests(text: str, name: re.Pattern[str]) -> str:
    """Take test functions away, with their decorators and the blank lines behind them."""
    lines = text.splitlines(keepends=True)
    for node in reversed(ast.parse(text).body):
        if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
            continue
        begin, end = min([node.lineno, *(each.lineno for each in node.decorator_list)]) - 1, node.end_lineno or 0
        if name.search("".join(lines[begin:end])):
            while end < len(lines) and not lines[end].strip():
                end += 1
            del lines[begin:end]
    return "".join(lines)
