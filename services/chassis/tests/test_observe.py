import json
import re

import httpx
import pytest

from .process import Running

NEW = r"[0-9a-f]{32}"
ACCESS = ("method", "route", "path", "status", "took_ms")


def test_each_request_is_one_line_in_the_log(notebook: Running) -> None:
    answer = httpx.get(f"{notebook.url}/api/notes/어제")

    (line,) = notebook.logged("request", request_id=answer.headers["X-Request-Id"])
    assert set(line) == {"timestamp", "level", "event", "service", "request_id", "trace_id"} | {*ACCESS}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line["timestamp"])
    assert (line["level"], line["service"]) == ("info", "notebook")
    assert (line["method"], line["route"], line["path"], line["status"]) == (
        "GET",
        "/notes/{name}",
        "/api/notes/어제",
        404,
    )
    assert 0 < line["took_ms"] < 1000


@pytest.mark.parametrize("sent", ["a1b2c3d4", "7d9f-3b.4_" + "x" * 54])
def test_a_callers_id_is_kept(notebook: Running, sent: str) -> None:
    answer = httpx.get(f"{notebook.url}/nowhere", headers={"X-Request-Id": sent})

    assert answer.headers["X-Request-Id"] == answer.json()["request_id"] == sent
    assert notebook.logged("request", request_id=sent)


@pytest.mark.parametrize("sent", [None, "", "short", "x" * 65, "two words", 'quote"quote', "한글-한글-한글"])
def test_any_other_id_is_replaced(notebook: Running, sent: str | None) -> None:
    headers = {} if sent is None else {b"X-Request-Id": sent.encode()}

    answer = httpx.get(f"{notebook.url}/nowhere", headers=headers)

    given = answer.headers["X-Request-Id"]
    assert re.fullmatch(NEW, given)
    assert answer.json()["request_id"] == given
    assert notebook.logged("request", request_id=given)


def test_the_trace_of_the_caller_is_in_the_log(notebook: Running) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    answer = httpx.get(f"{notebook.url}/nowhere", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})

    (line,) = notebook.logged("request", request_id=answer.headers["X-Request-Id"])
    assert line["trace_id"] == trace


@pytest.mark.parametrize("sent", ["", "00-4bf9-00f067aa0ba902b7-01", "00-" + "g" * 32 + "-00f067aa0ba902b7-01"])
def test_a_trace_that_is_none_is_replaced(notebook: Running, sent: str) -> None:
    answer = httpx.get(f"{notebook.url}/nowhere", headers={"traceparent": sent})

    (line,) = notebook.logged("request", request_id=answer.headers["X-Request-Id"])
    assert re.fullmatch(NEW, line["trace_id"])


@pytest.mark.parametrize("probe", ["/livez", "/readyz", "/metrics", "/api/livez"])
def test_probes_that_succeed_are_not_logged(notebook: Running, probe: str) -> None:
    asked = httpx.get(f"{notebook.url}{probe}", headers={"X-Request-Id": f"probe-{probe[1:].replace('/', '-')}"})
    after = httpx.get(f"{notebook.url}/nowhere")

    assert asked.status_code == 200
    assert notebook.logged("request", request_id=after.headers["X-Request-Id"])
    assert not [line for line in notebook.lines if line.get("request_id") == asked.headers["X-Request-Id"]]


def test_what_nobody_thought_of_is_logged_once_with_its_traceback(notebook: Running) -> None:
    answer = httpx.get(f"{notebook.url}/broken")

    request_id = answer.headers["X-Request-Id"]
    (access,) = notebook.logged("request", request_id=request_id)
    (failure,) = notebook.logged("request_failed", request_id=request_id)
    assert (access["status"], failure["level"], failure["path"]) == (500, "error", "/broken")
    assert failure["exception"].startswith("Traceback (most recent call last)")
    assert failure["exception"].endswith("RuntimeError: the password is hunter2")
    assert "hunter2" not in answer.text
    assert answer.json() == {
        "type": "urn:blog-platform:problem",
        "title": "Something went wrong on our side",
        "status": 500,
        "instance": "/broken",
        "request_id": request_id,
    }


def test_an_answer_that_is_torn_is_broken_off_and_logged(notebook: Running) -> None:
    with httpx.stream("GET", f"{notebook.url}/torn") as answer:
        request_id = answer.headers["X-Request-Id"]
        with pytest.raises(httpx.RemoteProtocolError):
            answer.read()

    assert notebook.logged("request_failed", request_id=request_id)
    assert notebook.logged("request", request_id=request_id, status=200)


def test_ids_of_one_request_are_not_those_of_the_next(notebook: Running) -> None:
    with httpx.Client(base_url=notebook.url) as client:
        ids = [client.get("/nowhere").headers["X-Request-Id"] for _ in range(3)]

    traces = {line["trace_id"] for request_id in ids for line in notebook.logged("request", request_id=request_id)}
    assert (len(set(ids)), len(traces)) == (3, 3)


def test_whatever_is_asked_for_is_one_line_of_json(notebook: Running) -> None:
    paths = ["/%0A%7B%22event%22:%22fake%22%7D", "/%ED%A0%80", "/%22%5C", "/\u2028"]

    answers = [httpx.get(f"{notebook.url}{path}") for path in paths]

    for answer in answers:
        assert notebook.logged("request", request_id=answer.headers["X-Request-Id"])
    assert not [line for line in notebook.lines if line["event"] == "fake"]
    for line in notebook.output.joinpath("stdout").read_bytes().splitlines():
        json.loads(line)
