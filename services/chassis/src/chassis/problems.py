"""Every refusal is a class, and every error leaves as application/problem+json (RFC 9457)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match

from chassis import mongo

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One thing that is wrong with what was sent."""

    field: str
    reason: str


class ProblemDocument(BaseModel):
    """A problem as a client sees it (RFC 9457, 3)."""

    type: str
    title: str
    status: int
    detail: str | None = None
    instance: str
    request_id: str | None = None
    errors: list[FieldError] = Field(default_factory=list)


class Problem(Exception):
    """A refusal that a client hears of. Subclasses live in the `errors.py` of the service whose rule it is."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong on our side"
    headers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, detail: str | None = None, *, errors: list[FieldError] | None = None, **headers: str) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = errors or []
        self.sent_headers = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}

    @classmethod
    def slug(cls) -> str:
        """The class's name in kebab case: what `type` ends with."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", cls.__name__).lower()


class InvalidJson(Problem):
    """The body can't be parsed."""

    status, title = 400, "The body is not valid JSON"


class MalformedBody(Problem):
    """The body isn't what its media type says."""

    status, title = 400, "The body can't be read"


class Unauthorized(Problem):
    """No token, or one that doesn't hold (RFC 6750, 3)."""

    status, title = 401, "Log in first"
    headers: ClassVar = {"WWW-Authenticate": "Bearer"}


class NotFound(Problem):
    """No route has this path."""

    status, title = 404, "There is nothing at this address"


class MethodNotAllowed(Problem):
    """The path exists, the method doesn't (RFC 9110, 15.5.6)."""

    status, title = 405, "This address does not know that method"


class BodyTooLarge(Problem):
    """More bytes than the service takes."""

    status, title = 413, "The body is too large"


class UnsupportedMediaType(Problem):
    """The body is of a kind that the route doesn't read."""

    status, title = 415, "Send this as another media type"


class Invalid(Problem):
    """A value breaks a rule; `errors` says which."""

    status, title = 422, "Some values are not valid"


class Unavailable(Problem):
    """The database doesn't answer, or the answer took too long. Trying again is right."""

    status, title = 503, "The service can't answer right now"
    headers: ClassVar = {"Retry-After": "2"}


def refusals(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """Document what a route may refuse, for its `responses`.

    Args:
        problems: The classes that it raises; 503 is added, since MongoDB can be away from any of them.

    Returns:
        A response object for each status; problems of one status share it.
    """
    documented: dict[int | str, dict[str, Any]] = {}
    raised: tuple[type[Problem], ...] = (*problems, Unavailable)
    for problem in raised:
        said = documented.get(problem.status)
        documented[problem.status] = {
            "description": f"{said['description']} · {problem.title}" if said else problem.title,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            "headers": {name: {"required": True, "schema": {"type": "string"}} for name in problem.headers},
        }
    return documented


def response(problem: Problem, path: str) -> Response:
    """Write a problem as an HTTP answer.

    Args:
        problem: What is refused.
        path: The path that was asked for; becomes `instance`.

    Returns:
        The answer, with the id of the request that is being served.
    """
    document = ProblemDocument(
        type=f"urn:blog-platform:{problem.slug()}",
        title=problem.title,
        status=problem.status,
        detail=problem.detail,
        instance=path,
        request_id=structlog.contextvars.get_contextvars().get("request_id"),
        errors=problem.errors,
    )
    body = orjson.dumps(document.model_dump(exclude_defaults=True))
    return Response(body, problem.status, dict(problem.sent_headers), MEDIA_TYPE)


def handle(app: FastAPI) -> None:
    """Give an app the only handlers of errors that it has."""
    app.add_exception_handler(Problem, _ours)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _unknown_route)
    app.add_exception_handler(mongo.PyMongoError, _mongo)


async def _ours(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101 (starlette's signature is wider than its promise)
    return response(problem, request.url.path)


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    found = error.errors()
    if any(e["type"] == "json_invalid" for e in found):
        return response(InvalidJson(str(found[0].get("ctx", {}).get("error", ""))), request.url.path)
    # That a parameter could also be absent (`| Absent`) explains nothing to somebody who sent it.
    wrong = [FieldError(field=_field(e["loc"]), reason=_reason(e)) for e in found if e["type"] != "none_required"]
    return response(Invalid(errors=wrong), request.url.path)


def _field(location: Sequence[str | int]) -> str:
    place, *path = location
    if place != "body":
        path = path[:1]  # parameters are flat; what follows the name is a validator's
    return ".".join(map(str, path)) or str(place)


def _reason(error: Mapping[str, Any]) -> str:
    # pydantic speaks of items where a text is composed (NFC) before it is measured.
    if error["type"] == "too_long" and isinstance(error["input"], str):
        return f"String should have at most {error['ctx']['max_length']} characters"
    return str(error["msg"])


async def _unknown_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    unread = InvalidJson if "json" in request.headers.get("content-type", "") else MalformedBody
    known = {400: unread, 404: NotFound, 405: MethodNotAllowed, 413: BodyTooLarge}
    if error.status_code not in known:
        raise error
    answer = response(known[error.status_code](), request.url.path)
    if error.status_code == 405:
        answer.headers["Allow"] = _methods(request)
    return answer


def _methods(request: Request) -> str:
    """What a path allows. Starlette names the methods of one route; a path has a route for each method."""
    every = (route.original_route for route in iter_route_contexts(request.app.routes))
    here = (route for route in every if route.matches(request.scope)[0] is not Match.NONE)
    methods = {method for route in here for method in getattr(route, "methods", None) or ()}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))  # head.py


async def _mongo(request: Request, error: Exception) -> Response:
    if not mongo.is_away(error):
        raise error
    structlog.get_logger().warning("mongodb_away", reason=type(error).__name__, detail=str(error)[:200])
    return response(Unavailable("The database does not answer."), request.url.path)
