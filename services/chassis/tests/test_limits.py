import socket
import time
from collections.abc import Iterator

import httpx
import pytest
from fastapi.testclient import TestClient

from chassis.problems import BodyTooLarge, Unavailable
from kit.refusals import assert_refused

from .notebook import NotebookSettings, create_app
from .process import Running

JSON = {"Content-Type": "application/json"}
LARGEST = b'{"text": "a"}'.ljust(1000)  # bytes, the limit in conftest.py


def test_a_body_of_the_limit_is_read(client: TestClient) -> None:
    assert client.put("/notes/어제", content=LARGEST, headers=JSON).status_code == 201


@pytest.mark.parametrize("path", ["/notes/어제", "/nowhere", "/metrics"])
def test_a_body_that_says_it_is_larger_is_not_read(client: TestClient, path: str) -> None:
    answer = client.put(path, content=LARGEST + b" ", headers=JSON)

    assert_refused(answer, BodyTooLarge, detail="At most 1000 bytes.", instance=path)


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [("PUT", "/notes/어제", "application/json"), ("POST", "/letters", "application/x-www-form-urlencoded")],
)
def test_a_body_that_turns_out_to_be_larger_is_refused(notebook: Running, method: str, path: str, kind: str) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"text": "'
        for _ in range(11):
            yield b"x" * 100

    answer = httpx.request(method, f"{notebook.url}{path}", content=chunks(), headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()["title"]) == (413, BodyTooLarge.title)
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_chunked_body_within_the_limit_is_read(notebook: Running) -> None:
    answer = httpx.put(f"{notebook.url}/notes/어제", content=iter([b'{"text": ', b'"a"}']), headers=JSON)

    assert (answer.status_code, answer.json()["text"]) == (201, "a")


def test_an_answer_that_takes_too_long_is_given_up(settings: NotebookSettings) -> None:
    with TestClient(create_app(settings.model_copy(update={"answer_seconds": 1.5}))) as client:
        began = time.monotonic()
        answer = client.get("/slow?seconds=30")
        seconds = time.monotonic() - began

    assert_refused(answer, Unavailable, detail="It took too long.")
    assert answer.headers["Retry-After"] == "2"
    assert 1.5 <= seconds < 15  # a busy machine notices late


def test_a_request_that_comes_too_slowly_is_given_up(notebook: Running) -> None:
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", notebook.port)) as connection:
        connection.sendall(b"PUT /notes/a HTTP/1.1\r\nHost: notebook\r\nContent-Type: application/json\r\n")
        connection.sendall(b'Content-Length: 500\r\n\r\n{"text": "')
        answer = connection.recv(10_000)

    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: 2\r\n" in answer
    assert 6 <= time.monotonic() - began < 20


def test_a_slow_request_leaves_the_whole_time_for_its_answer(notebook: Running) -> None:
    with socket.create_connection(("127.0.0.1", notebook.port)) as connection:
        connection.sendall(b"PUT /notes/a HTTP/1.1\r\nHost: notebook\r\nContent-Type: application/json\r\n")
        connection.sendall(b"Content-Length: 13\r\nConnection: close\r\n\r\n")
        time.sleep(3.5)  # longer than an answer may take
        connection.sendall(b'{"text": "a"}')
        answer = connection.recv(10_000)

    assert answer.startswith(b"HTTP/1.1 201 ")


def test_an_answer_that_has_begun_can_only_be_broken_off(notebook: Running) -> None:
    with httpx.stream("GET", f"{notebook.url}/endless") as answer:
        status = answer.status_code
        with pytest.raises(httpx.RemoteProtocolError):
            answer.read()

    assert status == 200
    assert notebook.logged("request", route="/endless")
