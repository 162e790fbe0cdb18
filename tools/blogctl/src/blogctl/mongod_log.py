"""What mongod's log says of why it ended."""

import json
from collections.abc import Iterable
from typing import Any

FATAL_ASSERTION = {23091, 23092, 23093, 23094, 23095}  # ids of lines that only say that another line was fatal


def reason(lines: Iterable[str]) -> str:
    """Find the sentence that a person needs in what mongod wrote.

    Args:
        lines: Its log, JSON lines; others are what came before the log was open.

    Returns:
        One line, without a full stop.
    """
    serious, plain = [], ""
    for line in lines:
        entry = _entry(line)
        if entry is None:
            plain = line.strip() or plain
        elif entry.get("s") in {"E", "F"} and entry.get("id") not in FATAL_ASSERTION:
            serious.append(entry)
    sentences = [f"{entry['msg']}: {detail}" for entry in serious if (detail := _detail(entry.get("attr") or {}))]
    found = sentences[-1] if sentences else serious[-1]["msg"] if serious else plain
    return " ".join(str(found or "it says nothing of why").split()).rstrip(".")


def _entry(line: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _detail(attributes: dict[str, Any]) -> str:
    """Three shapes were seen: a sentence, a status with its message, and WiredTiger's own."""
    error, message = attributes.get("error"), attributes.get("message")
    if isinstance(error, str):
        return error
    if isinstance(error, dict) and isinstance(error.get("errmsg"), str):
        return str(error["errmsg"])
    if isinstance(message, dict) and isinstance(message.get("msg"), str):
        return str(message["msg"])
    return ""
