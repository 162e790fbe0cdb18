from typing import Any

import pytest
from fastapi.testclient import TestClient


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    """The OpenAPI document."""
    document: dict[str, Any] = client.get("/openapi.json").json()
    return document


def test_it_has_the_rows_of_the_contract(document: dict[str, Any]) -> None:
    rows = {path: set(methods) for path, methods in document["paths"].items() if not path.endswith("z")}

    assert rows == {
        "/posts": {"get", "post"},
        "/posts/{post_id}": {"get", "patch", "delete"},
        "/tags": {"get"},
        "/stats": {"get"},
        "/version": {"get"},
    }


def test_an_edit_sends_at_least_one_field_and_none_has_a_default(document: dict[str, Any]) -> None:
    change = document["components"]["schemas"]["PostChange"]

    assert (change["minProperties"], change["additionalProperties"]) == (1, False)
    assert [name for name, field in change["properties"].items() if "default" in field] == []


def test_what_a_route_refuses_is_documented(document: dict[str, Any]) -> None:
    refused = set(document["paths"]["/posts/{post_id}"]["patch"]["responses"])

    assert refused == {"200", "400", "401", "403", "404", "412", "413", "415", "422", "428", "503"}
