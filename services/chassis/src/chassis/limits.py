"""No request may be larger or take longer than the settings say.

FastAPI's own `max_body_size` answers 413 as plain text, outside every middleware: without an id, a log line or
a problem document. So the count is kept here.
"""

import asyncio

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis import problems


class Limits:
    """Refuse a body over `max_body_bytes` with 413, and a request that takes too long with 503.

    A slow client has `request_seconds` to send its request; we then have `answer_seconds`, whatever we wait for:
    operations on MongoDB that queue up behind each other take longer than each of them may.
    """

    def __init__(self, app: ASGIApp, *, max_body_bytes: int, request_seconds: float, answer_seconds: float) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes
        self._request_seconds = request_seconds
        self._answer_seconds = answer_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request within the limits."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = _declared_length(scope)
        if declared is not None and declared > self._max_body_bytes:
            await self._refuse(problems.BodyTooLarge(f"At most {self._max_body_bytes} bytes."), scope, receive, send)
            return
        received, answering = 0, False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_body_bytes:
                raise HTTPException(413)  # FastAPI lets no other class pass while it reads a body
            if message["type"] == "http.request" and not message.get("more_body") and not limit.expired():
                limit.reschedule(asyncio.get_running_loop().time() + self._answer_seconds)
            return message

        async def noted(message: Message) -> None:
            nonlocal answering
            answering = True
            await send(message)

        try:
            async with asyncio.timeout(self._answer_seconds if declared == 0 else self._request_seconds) as limit:
                await self._app(scope, counted, noted)
        except TimeoutError:
            if answering:
                raise
            late = problems.Unavailable("It took too long.")
            await self._refuse(late, scope, receive, send)

    async def _refuse(self, problem: problems.Problem, scope: Scope, receive: Receive, send: Send) -> None:
        await problems.response(problem, scope["path"])(scope, receive, send)


def _declared_length(scope: Scope) -> int | None:
    """The body's bytes, or nothing where they are only known at its end."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
        if name == b"transfer-encoding":
            return None
    return 0
