import re

import pytest
from fastapi.testclient import TestClient


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_the_page_and_all_that_it_loads_is_there(client: TestClient, prefix: str) -> None:
    page = client.get(f"{prefix}/docs")  # redirected to /docs/, so that its links hold

    assert (page.status_code, page.url.path) == (200, f"{prefix}/docs/")
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(links) == 4
    for link in [*links, "openapi.json"]:
        asset = client.get(f"{prefix}/docs/{link}")
        assert (asset.status_code, len(asset.content) > 0) == (200, True), link


def test_a_strict_content_security_policy_holds(client: TestClient) -> None:
    page = client.get("/docs/").text

    assert re.findall(r"<script(?! src=)|<style|\son\w+=|style=|https?:", page) == []
    assert client.get("/docs/start.js").headers["Content-Type"].startswith("text/javascript")


def test_the_document_has_our_problem_in_place_of_fastapis(client: TestClient) -> None:
    document = client.get("/openapi.json").json()

    schemas = document["components"]["schemas"]
    assert {"Problem", "FieldError", "Note"} <= set(schemas)
    assert {"HTTPValidationError", "ValidationError"}.isdisjoint(schemas)
    assert document["servers"][0]["url"] == "/api"
    refused = document["paths"]["/notes/{name}"]["get"]["responses"]["404"]
    assert refused["content"]["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert client.get("/docs/openapi.json").json() == document


def test_the_document_does_not_document_itself(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]

    assert not [path for path in paths if "docs" in path or "openapi" in path or "metrics" in path]
