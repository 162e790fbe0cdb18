"""One way to make a service: everything that all of them share, around the routes of one."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, FastAPI, params
from fastapi.openapi.utils import get_openapi

from chassis import problems, traces
from chassis.docs import docs
from chassis.head import HeadAsGet
from chassis.health import health
from chassis.limits import Limits
from chassis.metrics import metrics
from chassis.observe import Observe
from chassis.prefix import PREFIX, ApiPrefix
from chassis.problems import ProblemDocument
from chassis.settings import Settings

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[dict[str, Any]]]


def service(
    name: str,
    settings: Settings,
    *,
    routes: APIRouter,
    lifespan: Lifespan,
    schema: int,
    scraped: Sequence[params.Depends] = (),
) -> FastAPI:
    """Make an app with ids, logs, metrics, limits, problems, health and documentation around the given routes.

    Args:
        name: The service's name, such as `posts-service`.
        settings: Its settings.
        routes: The rows of the contract that it serves.
        lifespan: Opens what the routes need; its state has to hold `blog` (mongo) and, for tokens, `keys`.
        schema: Number of the migration that the code needs.
        scraped: What brings its own gauges up to date before each answer of /metrics.

    Returns:
        The app. Nothing is opened until its lifespan runs.
    """
    app = FastAPI(
        title=name,
        version=settings.git_sha,
        lifespan=lifespan,
        redirect_slashes=False,  # an absolute Location would name the host behind the front door
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry=traces.config(settings.otel_exporter_otlp_endpoint, name),
    )
    problems.handle(app)
    app.include_router(routes)
    app.include_router(health(name, git_sha=settings.git_sha, build_date=settings.build_date, schema=schema))
    app.include_router(docs(app))
    app.add_api_route("/metrics", metrics, methods=["GET"], include_in_schema=False, dependencies=list(scraped))
    app.add_middleware(
        Limits,
        max_body_bytes=settings.max_body_bytes,
        request_seconds=settings.request_seconds,
        answer_seconds=settings.answer_seconds,
    )
    app.add_middleware(Observe)
    app.add_middleware(ApiPrefix)
    app.add_middleware(HeadAsGet)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    """FastAPI's document with our problem in place of its own error schema."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            routes=app.routes,
            servers=[{"url": PREFIX, "description": "every path is answered under /api and without it"}, {"url": "/"}],
        )
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs"), Problem=problem)
        app.openapi_schema = document
    return app.openapi_schema
