"""What routes ask for, each under one name."""

import re
from typing import Annotated

from fastapi import Depends, Header, Path, Query, Request

from chassis import mongo
from chassis.text import Text
from posts_service.cursor import Cursor
from posts_service.errors import PostNotFound, VersionRequired
from posts_service.idempotency import Idempotency
from posts_service.posts import Posts, Wanted
from posts_service.tags import Tags

_ETAG = re.compile(r'(?:W/)?"(\d+)"')  # nginx's gzip makes "3" weak: W/"3"


def stored_posts(request: Request) -> Posts:
    """The posts that the lifespan opened."""
    posts: Posts = request.state.posts
    return posts


def idempotency(request: Request) -> Idempotency:
    """The answers that were given to keys."""
    answers: Idempotency = request.state.idempotency
    return answers


def tags(request: Request) -> Tags:
    """The counted tags."""
    counted: Tags = request.state.tags
    return counted


def post_id(post_id: Annotated[str, Path(examples=["6744f3a0c2a1b2d3e4f5a6b7"])]) -> mongo.ObjectId:
    """Read the id in the path; a malformed one names no post."""
    try:
        return mongo.ObjectId(post_id)
    except mongo.InvalidId as error:
        raise PostNotFound from error


def if_match(if_match: Annotated[str | None, Header(description="The ETag that you read.")] = None) -> list[int]:
    """Read the versions that an edit may be of. `*` names none, and a blind edit is what we refuse."""
    if if_match is None or if_match.strip() == "*":
        raise VersionRequired
    return [int(version) for version in _ETAG.findall(if_match)]


def wanted(
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(description="Where the page before ended: see its `Link`.")] = None,
    tag: Annotated[Text | None, Query(max_length=50)] = None,
    author: Annotated[Text | None, Query(max_length=32)] = None,
    q: Annotated[Text | None, Query(max_length=200, description="Every word has to begin a word of the post.")] = None,
) -> Wanted:
    """Read which posts of the list are asked for."""
    return Wanted(limit, Cursor.parse(cursor) if cursor is not None else None, tag.lower() if tag else tag, author, q)


StoredPosts = Annotated[Posts, Depends(stored_posts)]
Answers = Annotated[Idempotency, Depends(idempotency)]
CountedTags = Annotated[Tags, Depends(tags)]
PostId = Annotated[mongo.ObjectId, Depends(post_id)]
IfMatch = Annotated[list[int], Depends(if_match)]
ListOf = Annotated[Wanted, Depends(wanted)]
IfNoneMatch = Annotated[str | None, Header(description="An ETag that you hold: 304 if it is still right.")]
IdempotencyKey = Annotated[
    str | None,
    Header(min_length=1, max_length=255, pattern="^[!-~]+$", description="Made up by you, once for each new post."),
]
