"""Somebody's own fork of this repository: on a git server that the cluster reaches, with Argo CD behind it."""

import json
import os
import shlex
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from blogctl import checkout
from blogctl.drill.cluster import Cluster
from cluster.applied import remove
from cluster.images import LOCAL_REGISTRY
from delivery.checkouts import Checkout

OWNER = "Loop-Test"  # registries want lower case, and get it
MISSING = "ffffffffffffffffffffffff"  # no post's id: what is answered says which version answers
ERRORS = "services/posts-service/src/posts_service/errors.py"


@dataclass(frozen=True)
class Fork:
    """A checkout whose origin Argo CD follows, and the dev environment that it makes."""

    checkout: Checkout
    cluster: Cluster

    def change(self, path: str, old: str, new: str) -> str:
        """Change a file, commit and push, as a person does; give the commit."""
        file = self.checkout.path / path
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), "utf-8")
        self.checkout.git("commit", "--quiet", "--all", "--message", f"posts-service: {new[:50]}")
        self.checkout.push()
        return self.checkout.head

    def revert(self, commit: str) -> None:
        """Take a change back in the code, and push."""
        self.checkout.git("revert", "--no-edit", commit)
        self.checkout.push()

    def run_workflow(self, name: str) -> str:
        """Run a workflow at what is checked out, and take what it pushed; give what it said."""
        said = self.act(name)
        self.checkout.git("pull", "--quiet", "--ff-only", "origin", "main")
        return said

    def act(self, name: str, *options: str) -> str:
        """Run a workflow at what is checked out, with further options of RUN_WORKFLOW; give what it said."""
        line = os.environ["RUN_WORKFLOW"].format(checkout=self.checkout.path, workflow=name)
        done = subprocess.run([*shlex.split(line), *options], capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
        return done.stdout

    def deploy(self, *services: str) -> str:
        """Build, publish and bump by hand what is checked out; give the bump."""
        commit = self.checkout.head
        built = self.checkout.path.parent / "built.json"
        settings = {
            "REGISTRY": f"{LOCAL_REGISTRY}/{OWNER.lower()}",
            "TAG": commit,
            "GIT_SHA": commit,
            "BUILD_DATE": self.checkout.git("log", "-1", "--format=%cI"),
        }
        bake = ["docker", "buildx", "bake", "--push", "--metadata-file", str(built), *services]
        env = os.environ | settings
        done = subprocess.run(bake, cwd=self.checkout.path, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-4000:]
        said = json.loads(built.read_text("utf-8"))
        digests = [f"{service}={said[service]['containerimage.digest']}" for service in services]
        return self.checkout.bump(*digests, source=commit)

    def door(self) -> str:
        """Make a way in that is not in git, and give its address once it is open."""
        self.cluster.run(
            "expose", "deployment/frontend", "--name=door", "--type=NodePort", "--port=80", "--target-port=8080"
        )
        port = self.cluster.ask("get", "service/door", "-o", "jsonpath={.spec.ports[0].nodePort}")
        url = f"http://127.0.0.1:{port}"
        self.cluster.until(lambda: _open(url), within=30, wanted=lambda: url)
        return url

    def events(self) -> str:
        """Tell what happened there lately, for whoever asks why a call failed."""
        columns = "custom-columns=AT:.lastTimestamp,WHAT:.involvedObject.name,WHY:.reason,SAID:.message"
        return self.cluster.ask("get", "events", "--sort-by=.lastTimestamp", "-o", columns)

    def application(self) -> dict[str, str]:
        """Tell how Argo CD sees the environment."""
        asked = ("get", "application", self.cluster.namespace, "-n", "argocd", "--ignore-not-found", "-o", "json")
        status = json.loads(self.cluster.ask(*asked) or "{}").get("status", {})
        return {
            "sync": status.get("sync", {}).get("status", ""),
            "revision": status.get("sync", {}).get("revision", ""),
            "health": status.get("health", {}).get("status", ""),
            "operation": status.get("operationState", {}).get("phase", ""),
        }

    def until_healthy(self, revision: str, *, within: float) -> float:
        """Wait until a commit is Synced and Healthy; give the seconds."""
        wanted = {"sync": "Synced", "revision": revision, "health": "Healthy", "operation": "Succeeded"}
        return self.cluster.until(
            lambda: self.application() == wanted, within=within, wanted=lambda: f"{wanted}; {self.application()}"
        )


@dataclass
class Visitor:
    """Somebody who calls ten times a second, and notes what went wrong and which version answers."""

    url: str
    calls: int = 0
    failed: list[str] = field(default_factory=list)
    title: str = ""
    stopping: threading.Event = field(default_factory=threading.Event)

    def visit(self) -> None:
        """Call until told to stop."""
        with httpx.Client(base_url=f"{self.url}/api", timeout=10, headers={"Connection": "close"}) as client:
            while not self.stopping.wait(0.1):
                self.calls += 2
                try:
                    posts, missing = client.get(f"/posts?limit={1 + self.calls % 50}"), client.get(f"/posts/{MISSING}")
                except httpx.TransportError as error:
                    self.failed.append(f"{time.strftime('%X')} {error!r}")
                    continue
                self.failed += [
                    f"{time.strftime('%X')} {answer.request.url}: {answer.status_code}"
                    for answer, good in ((posts, 200), (missing, 404))
                    if answer.status_code != good
                ]
                if missing.status_code == 404:
                    self.title = missing.json()["title"]

    def until(self, title: str, *, within: float) -> float:
        """Wait until a version answers; give the seconds."""
        began = time.monotonic()
        while self.title != title:
            assert time.monotonic() - began < within, f"still {self.title!r} after {within} s, not {title!r}"
            time.sleep(0.1)
        return time.monotonic() - began


@contextmanager
def visitor(url: str) -> Iterator[Visitor]:
    """Let somebody call for as long as a block lasts."""
    there = Visitor(url)
    thread = threading.Thread(target=there.visit, daemon=True)
    thread.start()
    try:
        yield there
    finally:
        there.stopping.set()
        thread.join()


@contextmanager
def receiver(host: str) -> Iterator[tuple[str, list[str]]]:
    """Stand where Slack would: give the address, and the messages as they arrive."""
    messages: list[str] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            messages.append(json.loads(body)["text"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer((host, 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://{host}:{server.server_address[1]}", messages
        finally:
            server.shutdown()


def make(folder: Path, base: str) -> Checkout:
    """Clone this repository's HEAD, and make it somebody's own on another git server."""
    name = f"blog-{int(time.time())}"
    there = Checkout(folder / name)
    subprocess.run(["git", "clone", "--quiet", str(checkout.ROOT), str(there.path)], check=True)
    there.git("checkout", "--quiet", "-B", "main")
    done = there.blogctl("fork", "init", "--owner", OWNER, "--repo", name, "--git-base", base)
    assert done.returncode == 0, done.stderr
    there.git("commit", "--quiet", "--all", "--message", f"This is {OWNER}/{name}")
    there.git("remote", "set-url", "origin", f"{base}/{OWNER}/{name}.git")
    there.git("push", "--quiet", "--set-upstream", "origin", "main")
    return there


def take_away(there: Checkout, *namespaces: str) -> None:
    """Delete what `make gitops` has brought of a fork, the root first; Argo CD itself stays. Not with KEEP."""
    if os.environ.get("KEEP"):
        return
    argocd = Cluster("argocd")
    argocd.run("delete", "application", "blog-platform", "--ignore-not-found", "--wait")
    argocd.run("delete", "applicationset", "blog-platform", "blog-platform-previews", "--ignore-not-found", "--wait")
    argocd.run("delete", "application", "blog-platform-policies", "--ignore-not-found", "--wait")
    argocd.run("delete", "-k", str(there.path / "argocd" / "platform"), "--ignore-not-found")
    argocd.run("delete", "application", *namespaces, "--ignore-not-found", "--wait")
    environments = [Cluster(namespace) for namespace in namespaces]
    for environment in environments:
        let_go(environment)
    remove(*environments)


def let_go(environment: Cluster) -> None:
    """Take Argo CD's finalizer from the Jobs that a sync still waited for, as docs/en/08-the-way-back.md does it."""
    for job in environment.ask("get", "jobs", "-o", "name").split():
        environment.run("patch", job, "--type=merge", "--patch", '{"metadata": {"finalizers": null}}')


def _open(url: str) -> bool:
    """Tell whether it answers for three seconds: a new NodePort may refuse again right after its first answer."""
    for _ in range(30):
        if not _answers(url):
            return False
        time.sleep(0.1)
    return True


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/posts", timeout=2).is_success
    except httpx.TransportError:
        return False


def host(base: str) -> str:
    """Give the address that the cluster knows this machine by: the git server's."""
    return urlsplit(base).hostname or ""
