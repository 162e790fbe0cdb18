"""Load by wrk: how many answers a second, and how long the slowest in a hundred took."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 64
LUA = Path(__file__).with_name("paths.lua")
_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Load:
    """What one run of wrk measured."""

    per_second: float
    p99_ms: float
    cpu_us: float  # that the server's process spent on one request


def available() -> bool:
    """Tell whether wrk is on PATH."""
    return shutil.which("wrk") is not None


def run(base: str, paths: list[str], *, pid: int, seconds: int, headers: dict[str, str], scratch: Path) -> Load:
    """Ask one server for some paths, from one thread over 64 connections.

    Args:
        base: The server's address.
        paths: Asked for in turn.
        pid: The server's process, whose processor time is counted.
        seconds: How long.
        headers: Sent along.
        scratch: A directory for the list of paths.

    Returns:
        What was measured.

    Raises:
        RuntimeError: An answer was neither 2xx nor 3xx, or none came.
    """
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    if len(paths) > 1:
        listed = scratch / "paths"
        listed.write_text("\n".join(paths) + "\n")
        command += ["-s", str(LUA), base, "--", str(listed)]
    else:
        command.append(base + paths[0])
    before = _cpu_seconds(pid)
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    spent = _cpu_seconds(pid) - before
    requests, rate, p99 = (
        re.search(pattern, said)
        for pattern in (r"(\d+) requests in", r"Requests/sec: +([\d.]+)", r"99% +([\d.]+)(\w+)")
    )
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors", said)
    if refused or not (requests and rate and p99) or int(requests[1]) == 0:
        raise RuntimeError(f"wrk against {base}{paths[0]}:\n{said}")
    return Load(float(rate[1]), float(p99[1]) * _MILLISECONDS[p99[2]], spent * 1e6 / int(requests[1]))


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100  # clock ticks
