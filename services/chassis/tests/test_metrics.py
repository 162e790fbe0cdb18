import re

from fastapi.testclient import TestClient

COUNT = re.compile(r'http_request_duration_seconds_count\{method="(\w+)",route="([^"]+)",status="(\d+)"\} ([\d.]+)')


def counts(client: TestClient) -> dict[tuple[str, str, str], float]:
    """How often each series of the histogram was counted."""
    text = client.get("/metrics").text
    return {(method, route, status): float(count) for method, route, status, count in COUNT.findall(text)}


def test_requests_are_counted_by_route_and_never_by_path(client: TestClient) -> None:
    before = counts(client)

    for name in ("그제", "어제", "오늘"):
        client.get(f"/notes/{name}")
        client.get(f"/nowhere/{name}")
    client.get("/api/notes/내일")
    client.delete("/notes/내일")
    client.request("BREW", "/notes/내일")

    after = counts(client)
    added = {series: after[series] - before.get(series, 0) for series in after if after[series] != before.get(series)}
    assert added.pop(("GET", "/metrics", "200"), 1) == 1
    assert added == {
        ("GET", "/notes/{name}", "404"): 4,
        ("GET", "unknown", "404"): 3,
        ("DELETE", "/notes/{name}", "405"): 1,
        ("other", "/notes/{name}", "405"): 1,
    }


def test_it_is_prometheus_text(client: TestClient) -> None:
    answer = client.get("/metrics")

    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert '\nhttp_request_duration_seconds_bucket{le="0.005",' in answer.text
    assert "\nhttp_requests_in_flight 1.0\n" in answer.text  # this one
    assert "\nprocess_resident_memory_bytes " in answer.text
