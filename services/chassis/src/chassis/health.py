"""Whether the process lives, whether it can serve, and what it is."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from chassis import migrations
from chassis.problems import Unavailable, refusals


class NotReady(Unavailable):
    """MongoDB answers, but the schema that the code needs isn't there yet."""

    title = "The database is not prepared yet"


class Health(BaseModel):
    """The answer of a probe."""

    status: str = "ok"


class Version(BaseModel):
    """What runs here."""

    service: str
    git_sha: str
    build_date: str


def health(service: str, *, git_sha: str, build_date: str, schema: int) -> APIRouter:
    """Make the routes that probes and people ask.

    Args:
        service: The service's name.
        git_sha: The commit that the image was built from.
        build_date: When it was built, in ISO 8601.
        schema: Number of the migration that the code needs; readiness waits for its record.

    Returns:
        /livez, /readyz and /version.
    """
    router = APIRouter(tags=["operations"])

    @router.get("/livez")
    async def livez() -> Health:
        """The process answers. Never asks MongoDB: restarting us would not bring it back."""
        return Health()

    @router.get("/readyz", responses=refusals(NotReady))
    async def readyz(request: Request) -> Health:
        """MongoDB answers, and its schema is at least the one that this code needs."""
        if not await migrations.is_recorded(request.state.blog, service, schema):
            raise NotReady(f"Run the migrations of {service}: number {schema} is not recorded.")
        return Health()

    @router.get("/version")
    async def version() -> Version:
        """The commit that runs, and when it was built."""
        return Version(service=service, git_sha=git_sha, build_date=build_date)

    return router
