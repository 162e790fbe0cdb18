"""Posts as a client sees them."""

import unicodedata
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from chassis.changes import Change
from chassis.text import WrittenText
from chassis.times import Utc

MOST_TAGS = 10


def _tidy_tags(tags: list[str]) -> list[str]:
    """Lower case, no blanks around, each once, in the author's order."""
    return list(dict.fromkeys(unicodedata.normalize("NFC", tag).strip().lower() for tag in tags))


Title = Annotated[WrittenText, Field(min_length=1, max_length=200, examples=["쿠버네티스를 배우며"])]
Body = Annotated[WrittenText, Field(min_length=1, max_length=100_000, examples=["오늘은 파드를 만들었다."])]
Tag = Annotated[WrittenText, Field(min_length=1, max_length=50, examples=["kubernetes"])]
Tags = Annotated[list[Tag], Field(max_length=MOST_TAGS), AfterValidator(_tidy_tags)]


class PostDraft(BaseModel):
    """What an author sends to publish."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    body: Body
    tags: Tags = Field(default_factory=list)


class PostChange(Change):
    """What an author sends to edit; what isn't sent stays as it is."""

    title: Title = ""
    body: Body = ""
    tags: Tags = Field(default_factory=list)


class Post(BaseModel):
    """A published post."""

    id: str
    title: str
    body: str
    tags: list[str]
    author: str
    created_at: Utc
    updated_at: Utc
    version: int = Field(ge=1, description="Goes up by one with each edit; the ETag is made of it.")


class TagCount(BaseModel):
    """A tag, and how many posts carry it."""

    tag: str
    posts: int


class DayCount(BaseModel):
    """A day in Korea, and what was added on it."""

    day: date
    posts: int
    users: int


class AuthorCount(BaseModel):
    """An author, and how many posts are theirs."""

    author: str
    posts: int


class Statistics(BaseModel):
    """What the admin job counted."""

    taken_at: Utc
    posts: int
    users: int
    authors: list[AuthorCount]
    tags: list[TagCount]
    days: list[DayCount]
