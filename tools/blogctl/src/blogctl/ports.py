"""TCP ports of this machine."""

import socket
from contextlib import ExitStack

from blogctl.failure import Failure

LOOPBACK = "127.0.0.1"


def free(count: int, *, besides: frozenset[int] = frozenset()) -> list[int]:
    """Find ports that nobody listens on.

    Args:
        count: How many; all of them differ.
        besides: Ports that are free as well and promised already.

    Returns:
        Port numbers that the system gave.
    """
    with ExitStack() as open_at_once:
        found: list[int] = []
        while len(found) < count:
            one = open_at_once.enter_context(socket.socket())
            one.bind((LOOPBACK, 0))
            if one.getsockname()[1] not in besides:
                found.append(one.getsockname()[1])
        return found


def is_free(port: int) -> bool:
    """Tell whether a program may listen on the port.

    Raises:
        PermissionError: The port is one that only root may take.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as nginx and mongod do
        try:
            probe.bind((LOOPBACK, port))
            probe.listen()
        except PermissionError:
            raise
        except OSError:
            return False
    return True


def demand(port: int) -> None:
    """Make sure that a port which somebody asked for can be had.

    Args:
        port: Its number.

    Raises:
        Failure: Another program has it, or it belongs to root.
    """
    try:
        if is_free(port):
            return
    except PermissionError as error:
        raise Failure(f"port {port} needs root: choose one above 1023 with --port") from error
    raise Failure(f"port {port} is taken by another program: stop that, or choose another with --port {port + 1}")
