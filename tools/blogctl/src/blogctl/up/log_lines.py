"""How the lines of all programs become one stream: named by program, short for a person, as they are for a program."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

COLOURS = ("cyan", "green", "magenta", "yellow", "blue")
LEVEL_STYLES = {"warning": "yellow", "error": "red", "critical": "bold red"}
STATUS_STYLES = {"4": "yellow", "5": "red"}
SAID_ELSEWHERE = {"timestamp", "level", "event", "service", "exception", "trace_id"}
MONGOD_SHOWN = {"E", "F"}  # of its severities; all of its log is in the data directory


class LogStream:
    """Writes lines to stdout, each with the name of its program in front."""

    def __init__(self, names: Sequence[str], out: TextIO = sys.stdout) -> None:
        """Give each name its colour.

        Args:
            names: Of all programs that will write.
            out: Where lines go; a terminal gets colours and the short form.
        """
        self._out = out
        self._console = Console(file=out, soft_wrap=True, highlight=False, markup=False) if out.isatty() else None
        self._width = max(map(len, names))
        self._colours = {name: COLOURS[at % len(COLOURS)] for at, name in enumerate(names)}

    def show(self, name: str, line: str) -> None:
        """Write one line, unless it's one that mongod writes on a good day.

        Args:
            name: The program's.
            line: What it wrote, without the line break.
        """
        entry = _entry(line)
        if "c" in entry and entry.get("s", "E") not in MONGOD_SHOWN:
            return
        if self._console is None:
            self._out.write(f"{name:{self._width}} | {line}\n")
            self._out.flush()
        else:
            head = (f"{name:{self._width}} | ", self._colours[name])
            self._console.print(Text.assemble(head, short(entry) if entry else line))


def short(entry: dict[str, Any]) -> Text:
    """Give a JSON line as a person reads it: time, what happened, and the values that matter.

    Args:
        entry: The line's object, in the services' form, nginx's or mongod's.
    """
    if "c" in entry:
        return Text(f"{entry.get('msg')} {json.dumps(entry.get('attr', {}), ensure_ascii=False)}", "red")
    style = LEVEL_STYLES.get(str(entry.get("level")), "")
    if entry.get("event") == "request":
        status = str(entry.get("status"))
        style = style or STATUS_STYLES.get(status[:1], "")
        what, values = (
            f"{entry.get('method')} {entry.get('path')} {status} {_took(entry)}",
            [str(entry.get("request_id"))],
        )
    else:
        what = str(entry.get("event"))
        values = [f"{key}={value}" for key, value in entry.items() if key not in SAID_ELSEWHERE]
    trace = f"\n{entry['exception']}" if entry.get("exception") else ""
    clock = (f"{_clock(entry.get('timestamp'))} ", "dim")
    return Text.assemble(clock, (what, style), (f"  {' '.join(values)}" if values else "", "dim"), (trace, "red"))


def _entry(line: str) -> dict[str, Any]:
    """Read a JSON object; any other text is an empty one."""
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def _took(entry: dict[str, Any]) -> str:
    return f"{entry['took_ms']} ms" if "took_ms" in entry else f"{entry.get('took_s')} s"


def _clock(timestamp: object) -> str:
    try:
        return datetime.fromisoformat(str(timestamp)).astimezone().strftime("%H:%M:%S")
    except ValueError:
        return "--:--:--"
