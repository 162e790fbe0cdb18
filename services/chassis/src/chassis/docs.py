"""Swagger UI at /docs/ without a CDN and without an inline script, so that a strict CSP holds."""

from collections.abc import Awaitable, Callable
from importlib.resources import files

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

ASSETS = files("fastapi_offline") / "static"
MEDIA_TYPES = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "favicon.png": "image/png"}
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>{title}</title>
<link rel="icon" href="favicon.png">
<link rel="stylesheet" href="swagger-ui.css">
<div id="swagger-ui"></div>
<script src="swagger-ui-bundle.js"></script>
<script src="start.js"></script>
"""
START = 'SwaggerUIBundle({url: "openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null});\n'


def docs(app: FastAPI) -> APIRouter:
    """Make the routes of an app's documentation.

    Args:
        app: Whose OpenAPI document is shown.

    Returns:
        The page, its assets and the document. All links are relative, so the page works behind any prefix.
    """
    router = APIRouter(include_in_schema=False)

    @router.get("/openapi.json")
    @router.get("/docs/openapi.json")
    async def openapi() -> JSONResponse:
        return JSONResponse(app.openapi())

    @router.get("/docs")
    async def redirect(request: Request) -> RedirectResponse:
        return RedirectResponse(f"{request.scope.get('root_path', '')}/docs/", status_code=308)

    @router.get("/docs/")
    async def page() -> HTMLResponse:
        return HTMLResponse(PAGE.format(title=app.title))

    @router.get("/docs/start.js")
    async def start() -> Response:
        return Response(START, media_type="text/javascript")

    for name, media_type in MEDIA_TYPES.items():
        router.add_api_route(f"/docs/{name}", _asset(name, media_type), methods=["GET"])
    return router


def _asset(name: str, media_type: str) -> Callable[[], Awaitable[Response]]:
    async def asset() -> Response:
        return Response((ASSETS / name).read_bytes(), media_type=media_type, headers={"Cache-Control": "max-age=86400"})

    return asset
