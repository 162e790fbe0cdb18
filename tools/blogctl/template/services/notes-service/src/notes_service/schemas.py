"""What a client sends and sees."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from chassis.text import WrittenText
from chassis.times import Utc

Words = Annotated[WrittenText, Field(min_length=1, max_length=2000, examples=["잘 읽었습니다."])]


class Draft(BaseModel):
    """What an author sends."""

    model_config = ConfigDict(extra="forbid")

    text: Words


class Entry(BaseModel):
    """What is stored, as a client sees it."""

    id: str
    text: str
    author: str
    created_at: Utc
