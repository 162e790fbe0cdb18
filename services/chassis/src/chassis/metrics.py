"""What Prometheus reads at /metrics."""

from functools import lru_cache

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Gauge, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response

# Below 10 ms lies the work of one indexed query; 2.5 s is where a client hears 503.
_SECONDS = Histogram(
    "http_request_duration_seconds",
    "Time from a request's first byte to its answer's last.",
    ["method", "route", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
IN_FLIGHT = Gauge("http_requests_in_flight", "Requests that are being served now.")


@lru_cache(maxsize=512)
def _series(method: str, route: str, status: str) -> Histogram:
    return _SECONDS.labels(method, route, status)


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count one request.

    Args:
        method: Its method; one that HTTP doesn't define is counted as `other`, so that nobody can make series.
        route: The route's path as it is declared, never the path asked for.
        status: The answer's status.
        seconds: How long it took.
    """
    known = method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    _series(method if known else "other", route, str(status)).observe(seconds)


def metrics(_: Request) -> Response:
    """The process's metrics in Prometheus' text format."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)
