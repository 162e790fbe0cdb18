"""Serving: uvicorn, one process, as PID 1."""

import gc

import uvicorn
from fastapi import FastAPI

from chassis.settings import Settings

# Longer than nginx keeps an idle connection to us (60 s), so that nginx never writes into one that we just closed.
KEEP_ALIVE_SECONDS = 75


def serve(app: FastAPI, settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; requests in flight then get `drain_seconds` to finish.

    Args:
        app: What is served.
        settings: Address, port and how long a drain may take.
    """
    gc.freeze()  # what is loaded by now stays: the collector need not walk through it again and again
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
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
