"""notebook: the smallest service that the chassis carries. Tests drive it in their process and as one of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from urllib.parse import quote

import httpx
from fastapi import APIRouter, FastAPI, Form, HTTPException, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from chassis import migrations, mongo
from chassis.command import commands
from chassis.migrations import Migration
from chassis.problems import Problem, refusals
from chassis.requests import FormBody, JsonBody
from chassis.service import service
from chassis.settings import Settings
from chassis.text import WrittenText
from chassis.tokens import Jwks, LoggedIn

SERVICE = "notebook"


class NotebookSettings(Settings):
    """Settings of the notebook."""

    jwks_url: str = "http://127.0.0.1:9/.well-known/jwks.json"


class NoteNotFound(Problem):
    """No note has that name."""

    status, title = 404, "There is no such note"


class Note(BaseModel):
    """What a reader writes."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[WrittenText, Field(max_length=100)]
    pages: int = 1


router = APIRouter()


@router.get("/notes/{name}", responses=refusals(NoteNotFound))
async def read_note(name: str, request: Request) -> Note:
    """Read a note."""
    stored = await request.state.blog["notes"].find_one({"_id": name}, {"_id": False})
    if stored is None:
        raise NoteNotFound
    return Note.model_validate(stored)


@router.put("/notes/{name}", status_code=201, dependencies=[JsonBody])
async def write_note(name: str, note: Note, request: Request, response: Response) -> Note:
    """Write a note."""
    await request.state.blog["notes"].replace_one({"_id": name}, note.model_dump(), upsert=True)
    response.headers["Location"] = f"{request.scope.get('root_path', '')}/notes/{quote(name)}"
    return note


@router.post("/letters", dependencies=[FormBody])
async def send_letter(text: Annotated[str, Form()]) -> str:
    """Send a form."""
    return text


@router.get("/me")
async def read_name(caller: LoggedIn) -> dict[str, Any]:
    """Say who asks."""
    return {"name": caller.name, "is_admin": caller.is_admin}


@router.get("/slow")
async def wait(seconds: float) -> str:
    """Answer late."""
    await asyncio.sleep(seconds)
    return "late"


@router.get("/broken")
async def fail() -> None:
    """Fail in a way that nobody thought of."""
    raise RuntimeError("the password is hunter2")


@router.get("/teapot")
async def brew() -> None:
    """Raise what only the framework should, with a status that it never uses."""
    raise HTTPException(418)


@router.get("/torn")
async def tear() -> StreamingResponse:
    """Fail when the answer is half sent."""

    async def half() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError("the password is hunter2")

    return StreamingResponse(half())


@router.get("/endless")
async def stream() -> StreamingResponse:
    """Begin to answer in time and go on for too long."""

    async def words() -> AsyncIterator[bytes]:
        yield b"half"
        await asyncio.sleep(30)

    return StreamingResponse(words())


@router.get("/query")
async def query(request: Request, where: str) -> bool:
    """Let MongoDB run what was asked."""
    return await request.state.blog["notes"].find_one({"$where": where}) is not None


async def notes(blog: mongo.Database) -> None:
    """The notes, none of which is empty."""
    await migrations.collection(blog, "notes", {"bsonType": "object", "required": ["text"]})


MIGRATIONS = [Migration(1, "notes", notes)]


def create_app(settings: NotebookSettings) -> FastAPI:
    """Make the app."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        url = settings.mongo_url.get_secret_value()
        async with (
            mongo.database(url, service=SERVICE, seconds=settings.mongo_seconds) as blog,
            httpx.AsyncClient(timeout=10) as client,
        ):
            yield {"blog": blog, "keys": Jwks(settings.jwks_url, client)}

    return service(SERVICE, settings, routes=router, lifespan=lifespan, schema=1)


if __name__ == "__main__":
    commands(SERVICE, NotebookSettings, "notebook", MIGRATIONS)()
