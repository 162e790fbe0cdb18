"""notes-service: what is opened at start-up, and what is mounted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import FastAPI

from chassis import mongo
from chassis.service import service
from chassis.tokens import Jwks
from notes_service.migrations import SCHEMA
from notes_service.notes import Notes
from notes_service.routes import router
from notes_service.settings import SERVICE, NotesSettings


def create_app(settings: NotesSettings) -> FastAPI:
    """Make the app.

    Args:
        settings: Where MongoDB and the public keys are, and the limits.

    Returns:
        The app; its lifespan opens the connections.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        url = settings.mongo_url.get_secret_value()
        async with (
            mongo.database(url, service=SERVICE, seconds=settings.mongo_seconds) as blog,
            httpx.AsyncClient(timeout=2) as client,  # seconds; a request that waits for keys waits this long
        ):
            yield {"blog": blog, "collection": Notes(blog), "keys": Jwks(str(settings.jwks_url), client)}

    return service(SERVICE, settings, routes=router, lifespan=lifespan, schema=SCHEMA)
