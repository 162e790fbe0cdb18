"""Each request gets an id, a line in the log and a place in the metrics."""

import re
import secrets
from time import perf_counter

import structlog
from opentelemetry import trace
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis import problems
from chassis.metrics import IN_FLIGHT, observe_request

log = structlog.get_logger()
PROBES = frozenset({"/livez", "/readyz", "/metrics"})  # asked every few seconds; logged when they fail
REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
TRACEPARENT = re.compile(rb"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")  # W3C Trace Context, 3.2.2


class Observe:
    """Bind ids, count, time and log each request; turn what nobody handled into a logged 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, trace_id = _ids(scope)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id, trace_id=trace_id)
        began, status, path = perf_counter(), 0, scope["path"]

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append((b"x-request-id", request_id.encode()))
            await send(message)

        IN_FLIGHT.inc()
        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            log.exception("request_failed", method=scope["method"], path=path)
            if not status:
                await problems.response(problems.Problem(), path)(scope, receive, send_with_id)
            else:
                raise
        finally:
            IN_FLIGHT.dec()
            took = perf_counter() - began
            # A request that a client left has no status; 499 is nginx's number for it.
            status = status or 499
            route = getattr(scope.get("route"), "path", "unknown")
            observe_request(scope["method"], route, status, took)
            if status >= 500 or route not in PROBES:
                log.info(
                    "request",
                    method=scope["method"],
                    route=route,
                    path=path,
                    status=status,
                    took_ms=round(took * 1000, 2),
                )


def _ids(scope: Scope) -> tuple[str, str]:
    """The caller's ids where it sent fitting ones, otherwise new ones."""
    request_id = traceparent = None
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            request_id = value
        elif name == b"traceparent":
            traceparent = TRACEPARENT.fullmatch(value)
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        trace_id = format(span.trace_id, "032x")
    else:
        trace_id = traceparent[1].decode() if traceparent else secrets.token_hex(16)
    if request_id is not None and REQUEST_ID.fullmatch(request_id):
        return request_id.decode(), trace_id
    return secrets.token_hex(16), trace_id
