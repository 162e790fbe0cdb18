"""What routes ask for, each under one name. All are coroutines: FastAPI sends plain functions to a thread."""

import re
from typing import Annotated

from fastapi import Depends, Header, Path, Query, Request
from pydantic import Field

from chassis import mongo
from chassis.text import Absent
from posts_service.errors import PostNotFound, VersionRequired
from posts_service.idempotency import Idempotency
from posts_service.posts import Posts
from posts_service.tags import Tags
from posts_service.wanted import Wanted

_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')  # nginx's gzip makes "3" weak: W/"3"


async def stored_posts(request: Request) -> Posts:
    """The posts that the lifespan opened."""
    posts: Posts = request.state.posts
    return posts


async def idempotency(request: Request) -> Idempotency:
    """The answers that were given to keys."""
    answers: Idempotency = request.state.idempotency
    return answers


async def tags(request: Request) -> Tags:
    """The counted tags."""
    counted: Tags = request.state.tags
    return counted


async def post_id(post_id: Annotated[str, Path(examples=["6744f3a0c2a1b2d3e4f5a6b7"])]) -> mongo.ObjectId:
    """Read the id in the path; a malformed one names no post."""
    try:
        return mongo.ObjectId(post_id)
    except mongo.InvalidId as error:
        raise PostNotFound from error


async def if_match(request: Request) -> list[int]:
    """Read the versions that an edit may be of. `*` names none, and a blind edit is what we refuse."""
    sent = request.headers.get("if-match", "*")
    if sent.strip() == "*":
        raise VersionRequired
    return [int(version) for version in _ETAG.findall(sent)]


StoredPosts = Annotated[Posts, Depends(stored_posts)]
Answers = Annotated[Idempotency, Depends(idempotency)]
CountedTags = Annotated[Tags, Depends(tags)]
PostId = Annotated[mongo.ObjectId, Depends(post_id)]
IfMatch = Annotated[list[int], Depends(if_match)]
ListOf = Annotated[Wanted, Query()]
IfNoneMatch = Annotated[str | Absent, Header(description="An ETag that you hold: 304 if it is still right.")]
Key = Annotated[str, Field(min_length=1, max_length=255, pattern="^[!-~]+$")]
IdempotencyKey = Annotated[Key | Absent, Header(description="Made up by you, once for each new post.")]
