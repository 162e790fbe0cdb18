"""posts-service: what is opened at start-up, and what is mounted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from fastapi import Depends, FastAPI

from chassis import mongo
from chassis.service import service
from chassis.tokens import Jwks
from posts_service.backups import Backups, refreshed
from posts_service.idempotency import Idempotency
from posts_service.migrations import SCHEMA
from posts_service.posts import Posts
from posts_service.routes import router
from posts_service.settings import SERVICE, PostsSettings
from posts_service.tags import Tags


def create_app(settings: PostsSettings) -> FastAPI:
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
            yield {
                "blog": blog,
                "posts": Posts(blog),
                "idempotency": Idempotency(blog),
                "backups": Backups(blog, fresh_seconds=settings.backups_fresh_seconds),
                "tags": Tags(blog, fresh_seconds=settings.tags_fresh_seconds),
                "keys": Jwks(str(settings.jwks_url), client),
            }

    return service(SERVICE, settings, routes=router, lifespan=lifespan, schema=SCHEMA, scraped=[Depends(refreshed)])
