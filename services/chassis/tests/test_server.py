import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from blogctl import ports

from .process import Running, run, running


@pytest.fixture
def own(blog_url: str, tmp_path: Path) -> Iterator[Running]:
    """A notebook that a test may end."""
    with running(tmp_path, MONGO_URL=blog_url, DRAIN_SECONDS="2") as own:
        yield own


def test_a_request_in_flight_at_sigterm_is_finished_and_nobody_else_is_let_in(own: Running) -> None:
    head = b"PUT /notes/a HTTP/1.1\r\nHost: notebook\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n"
    with socket.create_connection((ports.LOOPBACK, own.port)) as connection:
        connection.sendall(head + b'{"text"')
        time.sleep(0.1)

        own.process.send_signal(signal.SIGTERM)
        assert own.logged("Shutting down")
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{own.url}/livez")
        connection.sendall(b': "a"}')
        answer = connection.recv(10_000)
        status = own.process.wait(10)

    assert answer.startswith(b"HTTP/1.1 201 ")
    assert status == 0
    assert (own.stderr, own.lines[-1]["event"].split(" [")[0]) == ("", "Finished server process")


def test_what_takes_longer_than_the_drain_does_not_hold_up_the_end(blog_url: str, tmp_path: Path) -> None:
    with running(tmp_path, MONGO_URL=blog_url, DRAIN_SECONDS="1", ANSWER_SECONDS="60") as own:
        threading.Thread(target=lambda: httpx.get(f"{own.url}/slow?seconds=30", timeout=40), daemon=True).start()
        time.sleep(0.3)
        began = time.monotonic()

        status = own.stop()

    assert (status, time.monotonic() - began < 15) == (0, True)
    assert own.logged("request", path="/slow", status=499)


def test_a_connection_that_is_kept_open_does_not_hold_up_the_end(own: Running) -> None:
    with httpx.Client() as client:
        client.get(f"{own.url}/livez")
        began = time.monotonic()

        assert own.stop() == 0
        assert time.monotonic() - began < 10  # the drain may take 20


def test_ctrl_c_ends_it_without_a_word(own: Running) -> None:
    assert (own.stop(signal.SIGINT), own.stderr) == (0, "")


def test_a_port_that_is_taken_is_one_line(blog_url: str, notebook: Running) -> None:
    done = run("serve", MONGO_URL=blog_url, HOST=ports.LOOPBACK, PORT=str(notebook.port))

    assert (done.returncode, done.stdout) == (1, "")
    where = f"(while attempting to bind on address ('{ports.LOOPBACK}', {notebook.port}))"
    assert done.stderr == f"notebook: can't listen: Address already in use {where}\n"


def test_it_listens_on_ipv6_too(blog_url: str, tmp_path: Path) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")

    with running(tmp_path, MONGO_URL=blog_url, HOST="::1") as own:
        assert own.url.startswith("http://[::1]:")
        assert httpx.get(f"{own.url}/livez").status_code == 200
