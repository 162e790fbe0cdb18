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
        "/users": {"post"},
        "/token": {"post"},
        "/users/me": {"get", "patch"},
        "/users/{name}": {"get"},
        "/.well-known/jwks.json": {"get"},
        "/version": {"get"},
    }


def test_a_change_sends_at_least_one_field_and_none_has_a_default(document: dict[str, Any]) -> None:
    change = document["components"]["schemas"]["ProfileChange"]

    assert (change["minProperties"], change["additionalProperties"]) == (1, False)
    assert [name for name, field in change["properties"].items() if "default" in field] == []


def test_no_schema_that_is_answered_holds_a_secret(document: dict[str, Any]) -> None:
    assert set(document["components"]["schemas"]["User"]["properties"]) == {"name", "display_name", "bio", "created_at"}


def test_what_a_login_refuses_is_documented(document: dict[str, Any]) -> None:
    refused = set(document["paths"]["/token"]["post"]["responses"])

    assert refused == {"200", "400", "401", "413", "415", "422", "429", "503"}
