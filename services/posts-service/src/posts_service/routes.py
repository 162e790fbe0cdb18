"""posts-service's rows of the contract, in its order. Routes translate: HTTP in, one call, HTTP out."""

import time
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from chassis.problems import BodyTooLarge, Invalid, InvalidJson, Unauthorized, UnsupportedMediaType, refusals
from chassis.requests import JsonBody
from chassis.tokens import KeysUnavailable, LoggedIn
from posts_service.cursor import Cursor
from posts_service.dependencies import (
    Answers,
    CountedTags,
    IdempotencyKey,
    IfMatch,
    IfNoneMatch,
    ListOf,
    PostId,
    StoredPosts,
)
from posts_service.errors import (
    BadCursor,
    EditConflict,
    KeyUsedForAnotherPost,
    NoStatistics,
    NotTheAuthor,
    PostNotFound,
    VersionRequired,
)
from posts_service.representation import etag, to_json
from posts_service.schemas import Post, PostChange, PostDraft, Statistics, TagCount

JSON = "application/json"
# nginx keeps an anonymous list until the second ends, and during the next one readers get it while one of them fetches
# anew: it is 2 s old at most. nginx counts whole seconds; with `s-maxage=1` a list could grow 3 s old.
STALE = "max-age=0, stale-while-revalidate=1"
ETAG = {"ETag": {"description": "Changes when the answer does.", "required": True, "schema": {"type": "string"}}}
LINK = {"Link": {"description": 'Where the older posts are: `rel="next"`.', "schema": {"type": "string"}}}
LOCATION = {"Location": {"description": "The post's address.", "required": True, "schema": {"type": "string"}}}
UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "What you hold is still right", "headers": ETAG}}
IF_MATCH = {  # by hand: a required header of FastAPI's would answer 422 where it is missing, not 428
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag that you read.",
    "schema": {"type": "string", "pattern": '^(W/)?"[0-9]{1,9}"$'},
}
WRITES = (InvalidJson, Unauthorized, BodyTooLarge, UnsupportedMediaType, Invalid, KeysUnavailable)
router = APIRouter(tags=["posts"])


@router.get(
    "/posts",
    response_model=list[Post],
    responses={200: {"headers": ETAG | LINK}, **UNCHANGED, **refusals(BadCursor, Invalid)},
)
async def list_posts(
    request: Request, posts: StoredPosts, wanted: ListOf, if_none_match: IfNoneMatch = None
) -> Response:
    """List posts, newest first; `Link` leads to older ones."""
    page = await posts.newest(wanted, known=if_none_match)
    # In this order: an X-Accel-Expires that comes later would make nginx forget the rest.
    headers = {"ETag": page.etag, "X-Accel-Expires": f"@{int(time.time())}", "Cache-Control": STALE}
    if page.json is None:
        return Response(status_code=304, headers=headers)
    if page.next:
        headers["Link"] = f'<{_older(request, page.next)}>; rel="next"'
    return Response(page.json, headers=headers, media_type=JSON)


@router.post(
    "/posts",
    status_code=201,
    response_model=Post,
    dependencies=[JsonBody],
    responses={201: {"headers": ETAG | LOCATION}, **refusals(*WRITES, KeyUsedForAnotherPost)},
)
async def publish_post(
    request: Request,
    draft: PostDraft,
    author: LoggedIn,
    posts: StoredPosts,
    answers: Answers,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Publish a post. With an `Idempotency-Key` it can be sent again without a second post."""
    if idempotency_key is None:
        post = await posts.publish(draft, author.name)
    else:
        post = await answers.publish_once(posts, draft, author.name, idempotency_key)
    location = f"{request.scope.get('root_path', '')}/posts/{post.id}"
    return _post(post, status_code=201, Location=location)


@router.get(
    "/posts/{post_id}", response_model=Post, responses={200: {"headers": ETAG}, **UNCHANGED, **refusals(PostNotFound)}
)
async def read_post(post_id: PostId, posts: StoredPosts, if_none_match: IfNoneMatch = None) -> Response:
    """Read one post."""
    post = await posts.read(post_id)
    headers = {"ETag": post.etag}
    if if_none_match is not None and post.etag in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(post.json, headers=headers, media_type=JSON)


@router.patch(
    "/posts/{post_id}",
    response_model=Post,
    dependencies=[JsonBody],
    responses={
        200: {"headers": ETAG},
        **refusals(*WRITES, NotTheAuthor, PostNotFound, EditConflict, VersionRequired),
    },
    openapi_extra={"parameters": [IF_MATCH]},
)
async def edit_post(
    post_id: PostId, change: PostChange, caller: LoggedIn, posts: StoredPosts, versions: IfMatch
) -> Response:
    """Change a post that nobody else has changed since it was read."""
    return _post(await posts.edit(post_id, change, caller, versions=versions))


@router.delete(
    "/posts/{post_id}",
    status_code=204,
    responses=refusals(Unauthorized, NotTheAuthor, PostNotFound, KeysUnavailable),
)
async def delete_post(post_id: PostId, caller: LoggedIn, posts: StoredPosts) -> None:
    """Remove a post for good."""
    await posts.delete(post_id, caller)


@router.get("/tags", responses=refusals())
async def list_tags(tags: CountedTags) -> list[TagCount]:
    """List the tags in use, most used first."""
    return await tags.most_used()


@router.get("/stats", responses=refusals(NoStatistics))
async def read_statistics(request: Request) -> Statistics:
    """Read the newest statistics that the admin job has written."""
    newest = await request.state.blog["stats"].find_one(sort=[("taken_at", -1)])
    if newest is None:
        raise NoStatistics
    return Statistics.model_validate(newest)


def _post(post: Post, *, status_code: int = 200, **headers: str) -> Response:
    body = to_json(post.model_dump())
    return Response(body, status_code, {"ETag": etag(post.version), **headers}, JSON)


def _older(request: Request, cursor: Cursor) -> str:
    """The same question, from where this page ended; path-absolute, so that it works behind any host."""
    asked = {**request.query_params, "cursor": str(cursor)}
    return f"{request.url.path}?{urlencode(asked)}"
