"""The textbook's posts service: FastAPI, motor, a response model. No ids, logs, metrics, limits or ETags."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from bson import ObjectId
from fastapi import FastAPI, HTTPException, Request
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic import BaseModel


class Post(BaseModel):
    id: str
    title: str
    body: str
    tags: list[str]
    author: str
    created_at: datetime
    updated_at: datetime
    version: int


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(os.environ["MONGO_URL"])
    yield {"posts": client.get_default_database()["posts"]}
    client.close()


app = FastAPI(lifespan=lifespan)


@app.get("/posts", response_model=list[Post])
async def list_posts(request: Request, limit: int = 20) -> Any:
    found = request.state.posts.find({}, {"words": 0}).sort([("created_at", -1), ("_id", -1)]).limit(limit)
    return [{**post, "id": str(post["_id"])} for post in await found.to_list(limit)]


@app.get("/posts/{post_id}", response_model=Post)
async def read_post(request: Request, post_id: str) -> Any:
    post = await request.state.posts.find_one({"_id": ObjectId(post_id)}, {"words": 0})
    if post is None:
        raise HTTPException(404)
    return {**post, "id": str(post["_id"])}
