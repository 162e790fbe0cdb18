"""Every path is answered under /api as well: an Ingress can't rewrite paths."""

from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/api"


class ApiPrefix:
    """Move a leading /api into `root_path`; routes never see it, links carry it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        # Starlette takes the route's path from `path` less `root_path` (ASGI: path includes root_path).
        if scope["type"] == "http" and scope["path"].startswith(PREFIX + "/"):
            scope["root_path"] = PREFIX
        await self._app(scope, receive, send)
