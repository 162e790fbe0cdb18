"""The smoke test, against a platform that is a web server of three pages."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

COMMIT = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"
WELL = {
    "/version": {"service": "posts-service", "git_sha": COMMIT, "build_date": "2026-11-25"},
    "/api/posts": [{"title": "첫 글"}],
    "/api/.well-known/jwks.json": {"keys": [{"kid": "k1"}]},
}


@dataclass
class Deployment:
    """What was deployed: an address, and what it answers."""

    url: str = ""
    answers: dict[str, Any] = field(default_factory=lambda: dict(WELL))


@pytest.fixture
def deployed() -> Iterator[Deployment]:
    found = Deployment()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in found.answers else 503)
            self.end_headers()
            self.wfile.write(json.dumps(found.answers.get(self.path)).encode())

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        found.url = f"http://127.0.0.1:{server.server_port}"
        yield found
        server.shutdown()


def smoke(url: str, *, commit: str = COMMIT) -> subprocess.CompletedProcess[str]:
    asked = [f"--version={url}/version", f"--posts={url}/api/posts", f"--jwks={url}/api/.well-known/jwks.json"]
    command = [sys.executable, "-m", "chassis.smoke", *asked, "--within=0"]
    environment = {**os.environ, "GIT_SHA": commit}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_a_deployment_that_answers_passes(deployed: Deployment) -> None:
    done = smoke(deployed.url)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [f"{deployed.url}{path}: well" for path in WELL]


def test_another_commit_than_the_image_s_own_is_a_deploy_that_did_not_happen(deployed: Deployment) -> None:
    deployed.answers["/version"] = {"git_sha": "old"}

    done = smoke(deployed.url)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{deployed.url}/version: runs old, not {COMMIT}\n"


@pytest.mark.parametrize(
    ("path", "said", "complaint"),
    [
        ("/api/posts", {"title": "Internal Server Error"}, "is no list of posts"),
        ("/api/posts", [{"name": "no title"}], "is no list of posts"),
        ("/api/.well-known/jwks.json", {"keys": []}, "holds no key"),
        ("/version", [], f"runs None, not {COMMIT}"),
    ],
)
def test_an_answer_that_is_none_fails(deployed: Deployment, path: str, said: object, complaint: str) -> None:
    deployed.answers[path] = said

    done = smoke(deployed.url)

    assert (done.returncode, done.stderr) == (1, f"{deployed.url}{path}: {complaint}\n")


def test_a_status_is_named(deployed: Deployment) -> None:
    del deployed.answers["/api/posts"]

    assert smoke(deployed.url).stderr == f"{deployed.url}/api/posts: answers 503\n"


def test_nobody_there_is_said_for_every_address() -> None:
    done = smoke("http://127.0.0.1:9")

    assert done.returncode == 1
    assert [line.partition(": ")[0] for line in done.stderr.splitlines()] == [f"http://127.0.0.1:9{p}" for p in WELL]
