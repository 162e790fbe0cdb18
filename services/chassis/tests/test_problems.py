from typing import Any

import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from chassis.problems import (
    Invalid,
    InvalidJson,
    MethodNotAllowed,
    NotFound,
    Problem,
    Unavailable,
    UnsupportedMediaType,
    refusals,
)
from kit.refusals import assert_refused

from .notebook import NotebookSettings, NoteNotFound, create_app

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_a_refusal_says_what_where_and_under_which_id(client: TestClient, prefix: str) -> None:
    answer = client.get(f"{prefix}/notes/어제")

    document = assert_refused(answer, NoteNotFound, type="urn:blog-platform:note-not-found")
    assert document == {
        "type": "urn:blog-platform:note-not-found",
        "title": "There is no such note",
        "status": 404,
        "instance": f"{prefix}/notes/어제",
        "request_id": answer.headers["X-Request-Id"],
    }


@pytest.mark.parametrize("path", ["/", "/note", "/notes", "/notes/a/b", "/api", "/api/api/notes/a", "/%00", "/한글"])
def test_an_address_without_a_route_is_not_found(client: TestClient, path: str) -> None:
    assert_refused(client.get(path), NotFound)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/notes/어제", "GET, HEAD, PUT"),
        ("POST", "/api/notes/어제", "GET, HEAD, PUT"),
        ("OPTIONS", "/letters", "POST"),
        ("GET", "/letters", "POST"),
        ("BREW", "/livez", "GET, HEAD"),
        ("POST", "/metrics", "GET, HEAD"),
    ],
)
def test_another_method_is_told_all_that_the_address_knows(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    answer = client.request(method, path)

    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)
    assert_refused(answer, MethodNotAllowed)


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [{"field": "text", "reason": "Field required"}]),
        ({"text": "가" * 101}, [{"field": "text", "reason": "String should have at most 100 characters"}]),
        ({"text": " ", "pages": "둘"}, [
            {"field": "text", "reason": "must not be blank"},
            {"field": "pages", "reason": "Input should be a valid integer, unable to parse string as an integer"},
        ]),
        ({"text": "가", "color": "red"}, [{"field": "color", "reason": "Extra inputs are not permitted"}]),
        ([], [{"field": "body", "reason": "Input should be a valid dictionary or object to extract fields from"}]),
    ],
)  # fmt: skip
def test_every_wrong_value_is_named(client: TestClient, body: Any, errors: list[dict[str, str]]) -> None:
    assert_refused(client.put("/notes/어제", json=body), Invalid, errors=errors)


def test_a_parameter_is_named_without_its_place(client: TestClient) -> None:
    answer = client.get("/slow?seconds=soon")

    assert [error["field"] for error in assert_refused(answer, Invalid)["errors"]] == ["seconds"]


@pytest.mark.parametrize("name", [r"\ud800", r"\u0000", "x" * 900])
def test_an_unknown_field_may_be_named_anyhow(client: TestClient, name: str) -> None:
    answer = client.put("/notes/어제", content=f'{{"text": "가", "{name}": 1}}', headers=JSON)

    assert_refused(answer, Invalid)


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 900, b"nul"])
def test_what_can_not_be_parsed_is_refused(client: TestClient, body: bytes) -> None:
    assert_refused(client.put("/notes/어제", content=body, headers=JSON), InvalidJson)


@pytest.mark.parametrize("kind", ["text/json", "application/xml", "application/jsonp", ""])
def test_a_route_reads_one_kind_of_body(client: TestClient, kind: str) -> None:
    headers = {"Content-Type": kind}

    json = client.put("/notes/어제", content=b'{"text": "a"}', headers=headers)
    form = client.post("/letters", content=b"text=a", headers=headers)

    assert_refused(json, UnsupportedMediaType, detail="Send application/json.")
    assert_refused(form, UnsupportedMediaType, detail="Send application/x-www-form-urlencoded.")


def test_a_form_is_not_sent_in_parts(client: TestClient) -> None:
    answer = client.post("/letters", files={"text": ("", "a")})

    assert_refused(answer, UnsupportedMediaType)


@pytest.mark.parametrize("path", ["/broken", "/teapot"])
def test_what_nobody_thought_of_is_told_to_the_log_alone(client: TestClient, path: str) -> None:
    with capture_logs() as logged:
        answer = client.get(path)

    document = assert_refused(answer, Problem)
    assert set(document) == {"type", "title", "status", "instance", "request_id"}
    assert "hunter2" not in answer.text
    assert [line["event"] for line in logged if line["log_level"] == "error"] == ["request_failed"]


def test_a_mistake_of_ours_in_a_query_is_no_outage(client: TestClient) -> None:
    with capture_logs() as logged:
        answer = client.get("/query", params={"where": "this is no JavaScript"})

    assert_refused(answer, Problem)
    assert "JavaScript" not in answer.text
    assert [line["event"] for line in logged if line["log_level"] == "error"] == ["request_failed"]


def test_a_query_that_takes_too_long_is_one(client: TestClient, settings: NotebookSettings) -> None:
    client.put("/notes/어제", json={"text": "파드"})

    with TestClient(create_app(settings.model_copy(update={"mongo_seconds": 1.2}))) as hurried:
        answer = hurried.get("/query", params={"where": "sleep(3000) || true"})

    assert_refused(answer, Unavailable, detail="The database does not answer.")
    assert answer.headers["Retry-After"] == "2"


def test_problems_of_one_status_share_its_documentation() -> None:
    documented = refusals(NotFound, NoteNotFound)

    assert list(documented) == [404, 503]
    assert documented[404]["description"] == "There is nothing at this address · There is no such note"
    assert list(documented[404]["content"]) == ["application/problem+json"]
