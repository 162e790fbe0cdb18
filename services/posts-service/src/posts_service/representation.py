"""Stored posts as they are sent: JSON and its ETag, made once where the read happens (RFC 9110, 8.8.3)."""

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson

from chassis import mongo
from posts_service.cursor import Cursor
from posts_service.schemas import Post


@dataclass(frozen=True)
class Page:
    """A part of the list."""

    etag: str
    next: Cursor | None = None
    json: bytes | None = None  # nothing when the page that the client holds is still right


@dataclass(frozen=True)
class OnePost:
    """One post."""

    etag: str
    json: bytes


def page_of(found: list[mongo.Document], limit: int) -> Page:
    """Make a page out of what the list's query found.

    Args:
        found: Up to `limit` posts, and one more when another page follows.
        limit: How many posts the page shows.
    """
    shown = found[:limit]
    following = Cursor.after(shown[-1]) if len(found) > limit else None
    return Page(page_etag(found, limit), following, to_json([_to_client(post) for post in shown]))


def page_etag(found: list[mongo.Document], limit: int) -> str:
    """Hash a page's (id, version) pairs, and whether another page follows; the posts may lack all else."""
    pairs = b"".join([post["_id"].binary + post["version"].to_bytes(4, "big") for post in found[:limit]])
    more = b"more" if len(found) > limit else b"end"
    return f'"{hashlib.blake2b(pairs + more, digest_size=12).hexdigest()}"'


def one_of(stored: mongo.Document) -> OnePost:
    """Make the answer out of one stored post."""
    return OnePost(etag(stored["version"]), to_json(_to_client(stored)))


def to_post(stored: mongo.Document) -> Post:
    """Make a model out of a stored post."""
    return Post.model_validate(_to_client(stored))


def etag(version: int) -> str:
    """A post's ETag is its version."""
    return f'"{version}"'


def to_json(answer: Any) -> bytes:
    """Write JSON; times are UTC and say so."""
    return orjson.dumps(answer, option=orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z)


def _to_client(post: mongo.Document) -> mongo.Document:
    return {
        "id": str(post["_id"]),
        "title": post["title"],
        "body": post["body"],
        "tags": post["tags"],
        "author": post["author"],
        "created_at": post["created_at"],
        "updated_at": post["updated_at"],
        "version": post["version"],
    }
