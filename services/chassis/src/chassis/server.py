"""Serving: uvicorn, one process, as PID 1."""

import gc
import signal
import socket
import sys
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from chassis.failure import Failure
from chassis.settings import Settings

# Longer than nginx keeps an idle connection to us (60 s), so that nginx never writes into one that we just closed.
KEEP_ALIVE_SECONDS = 75


def serve(app: FastAPI, settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; requests in flight then get `drain_seconds` to finish.

    Args:
        app: What is served.
        settings: Address, port and how long a drain may take.

    Raises:
        Failure: The address can't be had.
    """
    gc.freeze()  # what is loaded by now stays: the collector need not walk through it again and again
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=settings.drain_seconds,
    )
    # When all is finished uvicorn raises once more the signal that it was sent. That is no reason to die of it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with _listening(settings.host, settings.port) as listener, suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise Failure(f"can't listen: {error.strerror}") from error
