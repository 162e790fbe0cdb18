import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from .process import NOTEBOOK, running


@contextmanager
def collector() -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """An OpenTelemetry collector: its address, and the spans that it was sent, each with its service."""
    spans: list[tuple[str, Any]] = []

    class Traces(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            sent = ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
            for resource in sent.resource_spans:
                names = {a.key: a.value.string_value for a in resource.resource.attributes}
                spans.extend((names["service.name"], span) for scope in resource.scope_spans for span in scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Traces)
    Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", spans
    server.shutdown()
    server.server_close()


def test_a_request_and_its_commands_to_mongodb_are_one_trace_without_probes(blog_url: str, tmp_path: Path) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    with (
        collector() as (endpoint, spans),
        running(tmp_path, MONGO_URL=blog_url, OTEL_EXPORTER_OTLP_ENDPOINT=endpoint) as notebook,
    ):
        httpx.get(f"{notebook.url}/notes/어제", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
        (line,) = notebook.logged("request")
        for probe in ("/livez", "/readyz", "/metrics"):
            httpx.get(f"{notebook.url}{probe}")
        notebook.stop()  # what is left is sent now

    found = {span.name: span for service, span in spans if service == "notebook" and span.trace_id.hex() == trace}
    assert {"GET /notes/{name}", "chassis_tests.find"} <= set(found)
    assert found["chassis_tests.find"].parent_span_id in {span.span_id for span in found.values()}
    assert line["trace_id"] == trace
    assert not [span.name for _, span in spans if span.name.startswith("GET") and span.trace_id.hex() != trace]


def test_without_an_endpoint_nothing_of_it_is_loaded(blog_url: str) -> None:
    program = """
        import sys
        from fastapi.testclient import TestClient
        from notebook import NotebookSettings, create_app

        with TestClient(create_app(NotebookSettings.model_validate({}))) as client:
            client.get("/notes/a")
        print(sorted(name for name in sys.modules if name.startswith("opentelemetry.sdk")))
    """

    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=NOTEBOOK.parent,
        env={"MONGO_URL": blog_url},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines()[-1] == "[]"
