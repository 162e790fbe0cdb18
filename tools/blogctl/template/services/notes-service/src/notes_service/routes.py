"""What notes-service answers. Routes translate: HTTP in, one call, HTTP out."""

from fastapi import APIRouter, Request, Response

from chassis.problems import BodyTooLarge, Invalid, InvalidJson, Unauthorized, UnsupportedMediaType, refusals
from chassis.requests import JsonBody
from chassis.tokens import LoggedIn
from notes_service.dependencies import EntryId, Limit, Stored
from notes_service.errors import EntryNotFound
from notes_service.schemas import Draft, Entry

LOCATION = {"Location": {"description": "Its address.", "required": True, "schema": {"type": "string"}}}
BODY = (InvalidJson, BodyTooLarge, UnsupportedMediaType, Invalid)
router = APIRouter(tags=["notes"])


@router.get("/notes", responses=refusals(Invalid))
async def list_newest(stored: Stored, limit: Limit = 20) -> list[Entry]:
    """List the newest."""
    return await stored.newest(limit)


@router.post(
    "/notes",
    status_code=201,
    dependencies=[JsonBody],
    responses={201: {"headers": LOCATION}, **refusals(*BODY, Unauthorized)},
)
async def write(request: Request, draft: Draft, caller: LoggedIn, stored: Stored, response: Response) -> Entry:
    """Write one, in the name of whoever is logged in."""
    entry = await stored.write(draft, caller.name)
    response.headers["Location"] = f"{request.scope.get('root_path', '')}/notes/{entry.id}"
    return entry


@router.get("/notes/{entry_id}", responses=refusals(EntryNotFound))
async def read(entry_id: EntryId, stored: Stored) -> Entry:
    """Read one."""
    return await stored.read(entry_id)
