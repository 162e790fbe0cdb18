import pytest
from fastapi.testclient import TestClient


@pytest.mark.parametrize(
    "path", ["/livez", "/readyz", "/version", "/metrics", "/openapi.json", "/docs/", "/slow?seconds=0"]
)
def test_every_address_is_answered_under_api_as_well(client: TestClient, path: str) -> None:
    assert [client.get(f"{prefix}{path}").status_code for prefix in ("", "/api")] == [200, 200]


@pytest.mark.parametrize("path", ["/apilivez", "/api", "/api/api/livez", "/API/livez", "/x/api/livez"])
def test_only_a_leading_api_is_one(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_links_carry_it(client: TestClient) -> None:
    answer = client.put("/api/notes/today", json={"text": "파드"})

    assert answer.headers["Location"] == "/api/notes/today"
    assert client.get("/api/docs", follow_redirects=False).headers["Location"] == "/api/docs/"
