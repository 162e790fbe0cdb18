"""posts-service on PyMongo's async API: what the switch away from motor would gain. List and by-id alone."""

from collections.abc import AsyncIterator, Set
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection

from chassis import logs, settings
from posts_service.app import create_app
from posts_service.posts import NEWEST_FIRST, SHOWN, VERSIONS, Posts
from posts_service.representation import OnePost, Page, one_of, page_etag, page_of
from posts_service.settings import SERVICE, PostsSettings
from posts_service.wanted import Wanted


class AsyncPosts(Posts):
    """The same reads, without a thread."""

    def __init__(self, blog: Any, collection: AsyncCollection[dict[str, Any]]) -> None:
        super().__init__(blog)
        self._collection = collection

    async def _read_page(self, wanted: Wanted) -> Page:
        found = self._collection.find(wanted.filter(), SHOWN, sort=NEWEST_FIRST, limit=wanted.limit + 1)
        return page_of(await found.to_list(), wanted.limit)

    async def _read_page_etag(self, wanted: Wanted) -> str:
        found = self._collection.find(wanted.filter(), VERSIONS, sort=NEWEST_FIRST, limit=wanted.limit + 1)
        return page_etag(await found.to_list(), wanted.limit)

    async def _read_ones(self, post_ids: Set[Any]) -> dict[Any, OnePost]:
        found = self._collection.find({"_id": {"$in": list(post_ids)}}, SHOWN)
        return {post["_id"]: one_of(post) for post in await found.to_list()}


def create() -> FastAPI:
    """Make the app for uvicorn's `--factory`."""
    read = settings.read(PostsSettings)
    logs.configure(SERVICE, read.log_level)
    app = create_app(read)
    on_motor = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        options: dict[str, Any] = {"timeoutMS": int(read.mongo_seconds * 1000), "readPreference": "primaryPreferred"}
        async with (
            on_motor(app) as state,
            AsyncMongoClient[dict[str, Any]](read.mongo_url.get_secret_value(), **options) as client,
        ):
            opened = state or {}
            yield {**opened, "posts": AsyncPosts(opened["blog"], client.get_default_database()["posts"])}

    app.router.lifespan_context = lifespan
    return app
