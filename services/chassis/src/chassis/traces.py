"""OpenTelemetry traces. Without an OTLP endpoint nothing of it is loaded but its names."""

from typing import Any

from fastapi.telemetry import TelemetryConfig


def config(endpoint: str | None, service: str) -> TelemetryConfig:
    """Say what FastAPI's own telemetry does; Prometheus has the metrics, stdout the logs.

    Args:
        endpoint: Where spans are sent by OTLP over HTTP, or nothing.
        service: The name that spans carry.

    Returns:
        FastAPI's setting. With an endpoint, each request and each command to MongoDB becomes a span.
    """
    if not endpoint:
        return {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
    from opentelemetry.instrumentation.pymongo import PymongoInstrumentor  # noqa: PLC0415 (costs memory and time)
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415

    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    PymongoInstrumentor().instrument(tracer_provider=provider)
    return {"tracer_provider": provider, "metrics": False, "logs": False, "auto_configure": True, "exclude": _is_probe}


def _is_probe(scope: Any) -> bool:
    return scope.get("path") in {"/livez", "/readyz", "/metrics"}
