"""A pull request to look at: its preview comes, changes with a push, and goes without a trace.

There is no GitHub here: what it would say of pull requests is a list. All else is as git has it.
"""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from blogctl import checkout
from blogctl.drill.cluster import Cluster
from cluster.fork import ERRORS, MISSING, OWNER, Fork, make
from manifests.rendered import render

ARGOCD = Cluster("argocd")
CONTROLLER = "statefulset/argocd-application-controller"
NAME, SECRET, LABEL = "blog-platform-previews", "secret/in-cluster", "environment/preview"
BRANCH = "readers/another-title"
NUMBER, WAITING = 7, 8  # of the pull requests; the second one's images come never
FIRST, PROPOSED, BETTER = "There is no such post", "This preview has no such post", "This preview knows no such post"
Object = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """A pull request with the label, as the generator gives it to the template."""

    number: int
    head_sha: str

    @property
    def namespace(self) -> str:
        return f"blog-platform-pr-{self.number}"

    @property
    def parameters(self) -> Object:
        return {
            "number": str(self.number),
            "title": "Another title",
            "branch": BRANCH,
            "branch_slug": BRANCH.replace("/", "-"),
            "target_branch": "main",
            "target_branch_slug": "main",
            "head_sha": self.head_sha,
            "head_short_sha": self.head_sha[:8],
            "head_short_sha_7": self.head_sha[:7],
            "author": OWNER,
            "labels": ["preview"],
        }


@dataclass(frozen=True)
class Previews:
    """A fork's ApplicationSet, with a list for its pull requests."""

    fork: Fork
    folder: Path

    def say(self, *requests: Request) -> None:
        """Say which pull requests there are now."""
        found = render(self.fork.checkout.path / "argocd")
        template = found.get("ApplicationSet", NAME)
        generators = template["spec"]["generators"][0]["matrix"]["generators"]
        assert "pullRequest" in generators[1]
        generators[1] = {"list": {"elements": [each.parameters for each in requests]}}
        path = self.folder / "previews.yaml"
        path.write_text(yaml.safe_dump_all([found.get("AppProject", NAME), template]), "utf-8")
        ARGOCD.run("apply", "--server-side", "--force-conflicts", "--filename", str(path))

    def publish(self, number: int) -> Request:
        """Push what is checked out to the branch, and have preview.yml publish it."""
        there = self.fork.checkout
        there.git("push", "--quiet", "origin", f"HEAD:refs/heads/{BRANCH}")
        request = Request(number, there.head)
        name = f"{OWNER}/{there.path.name}"
        payload = {
            "action": "synchronize",
            "number": number,
            "pull_request": {
                "number": number,
                "labels": [{"name": "preview"}],
                "head": {"ref": BRANCH, "sha": request.head_sha, "repo": {"full_name": name}},
                "base": {"ref": "main", "sha": there.git("rev-parse", "origin/main"), "repo": {"full_name": name}},
            },
            "repository": {"full_name": name, "name": there.path.name, "owner": {"login": OWNER}},
        }
        path = self.folder / "payload.json"
        path.write_text(json.dumps(payload), "utf-8")
        self.fork.act("preview.yml", "--event", "pull_request", "--payload", str(path), "--repository", name)
        return request


@contextmanager
def door(request: Request) -> Iterator[httpx.Client]:
    """Open a preview's front end on this machine, as a person does."""
    line = ["kubectl", "-n", request.namespace, "port-forward", "service/frontend", ":80"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as forward:
        assert forward.stdout is not None
        port = forward.stdout.readline().split(" -> ")[0].rpartition(":")[2]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/api", timeout=20) as client:
            yield client
        forward.terminate()


def answer(request: Request) -> tuple[int, str]:
    """Give how many posts a preview shows, and what it says of one that isn't there."""
    with door(request) as api:
        return len(api.get("/posts").json()), api.get(f"/posts/{MISSING}").json()["title"]


def left(request: Request) -> list[str]:
    """Name what is still there of a preview."""
    names = ARGOCD.ask("get", f"namespace/{request.namespace}", "--ignore-not-found", "-o", "name").split()
    names += ARGOCD.ask("get", f"application/{request.namespace}", "--ignore-not-found", "-o", "name").split()
    volumes = ARGOCD.objects("persistentvolumes")
    claims = ((each["metadata"]["name"], each["spec"].get("claimRef", {}).get("namespace")) for each in volumes)
    return names + [name for name, namespace in claims if namespace == request.namespace]


@pytest.fixture(scope="module")
def previews(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Previews]:
    """A fork on a cluster that has previews."""
    base = os.environ.get("GIT_BASE", "")
    if not base or "RUN_WORKFLOW" not in os.environ:
        pytest.skip("previews need GIT_BASE, a git server that the cluster reaches, and RUN_WORKFLOW")
    folder = tmp_path_factory.mktemp("previews")
    there = Previews(Fork(make(folder, base), Cluster(f"blog-platform-pr-{NUMBER}")), folder)
    # As `make gitops` does: a claim that nothing uses yet counts as healthy.
    ARGOCD.run("apply", "--server-side", "--force-conflicts", "-k", str(checkout.ROOT / "argocd" / "settings"))
    ARGOCD.run("rollout", "restart", CONTROLLER)
    ARGOCD.run("rollout", "status", CONTROLLER, "--timeout=240s", within=250)
    ours = not ARGOCD.ask("get", SECRET, "--ignore-not-found", "-o", "name")
    if ours:
        secret = yaml.safe_load((checkout.ROOT / "argocd" / "cluster.yaml").read_text("utf-8"))
        secret["metadata"]["labels"] = {"argocd.argoproj.io/secret-type": "cluster"}
        (folder / "cluster.yaml").write_text(yaml.safe_dump(secret), "utf-8")
        ARGOCD.run("apply", "--filename", str(folder / "cluster.yaml"))
    ARGOCD.run("label", SECRET, f"{LABEL}=yes")
    try:
        yield there
    finally:
        ARGOCD.run("delete", "applicationset", NAME, "--ignore-not-found", "--wait")
        for number in (NUMBER, WAITING):
            namespace = f"blog-platform-pr-{number}"
            ARGOCD.run("delete", "application", namespace, "--ignore-not-found", "--wait", within=240)
            ARGOCD.run("delete", "namespace", namespace, "--ignore-not-found", "--wait", within=240)
        ARGOCD.run("delete", "appproject", NAME, "--ignore-not-found")
        ARGOCD.run(*(("delete", SECRET) if ours else ("label", SECRET, f"{LABEL}-")))


def test_a_pull_request_is_there_to_look_at_until_it_is_closed(previews: Previews) -> None:
    there, began = previews.fork.checkout, time.monotonic()
    there.git("switch", "--quiet", "--create", BRANCH)
    proposed = change(there.path, FIRST, PROPOSED)
    there.git("commit", "--quiet", "--all", "--message", proposed)
    request = previews.publish(NUMBER)
    waiting = Request(WAITING, "f" * 40)
    built = time.monotonic() - began

    previews.say(request, waiting)
    up = until_there(request, within=480)
    first = answer(request)
    held = json.loads(ARGOCD.ask("get", f"namespace/{request.namespace}", "-o", "json"))["metadata"]["labels"]
    quota = previews.fork.cluster.objects("resourcequotas")
    stuck = Cluster(waiting.namespace).pods()

    there.git("commit", "--quiet", "--all", "--message", change(there.path, PROPOSED, BETTER))
    request = previews.publish(NUMBER)
    previews.say(request, waiting)
    changed = until_there(request, within=240)
    second = answer(request)

    previews.say()
    gone = ARGOCD.until(
        lambda: not left(request) + left(waiting), within=120, wanted=lambda: str(left(request) + left(waiting))
    )

    print(f"\nbuilt in {built:.0f} s, there after {up:.0f} s more; a push, once it is built: {changed:.0f} s")
    print(f"closed: gone after {gone:.0f} s")
    assert (first[1], second) == (PROPOSED, (first[0], BETTER))
    assert first[0] > 0
    assert held["pod-security.kubernetes.io/enforce"] == "restricted"
    assert [each["metadata"]["name"] for each in quota] == ["preview"]
    assert len(stuck) > 1
    assert {each.app for each in stuck if each.ready} <= {"frontend"}  # the others waited for images, and went as well


def change(tree: Path, old: str, new: str) -> str:
    """Change what is said of a post that isn't there; give the new words."""
    text = (tree / ERRORS).read_text("utf-8")
    assert old in text
    (tree / ERRORS).write_text(text.replace(old, new), "utf-8")
    return new


def until_there(request: Request, *, within: float) -> float:
    """Wait until all of a commit's preview is there, its smoke test has passed and nothing of another one serves."""
    wanted = f"Synced Healthy :pr-{request.number}-{request.head_sha}"
    there = Cluster(request.namespace)

    def seen() -> str:
        unready = [pod.name for pod in there.pods() if not pod.ready and not pod.ended]
        unready += [job["metadata"]["name"] for job in there.objects("jobs") if not job["status"].get("succeeded")]
        return f"{wanted}; {state(request)}; not ready: {', '.join(sorted(unready)) or 'nobody'}"

    return ARGOCD.until(lambda: state(request) == wanted, within=within, wanted=seen)


def state(request: Request) -> str:
    """Say how Argo CD sees it, and which images serve posts."""
    shown = "jsonpath={.status.sync.status} {.status.health.status}"
    seen = ARGOCD.ask("get", f"application/{request.namespace}", "--ignore-not-found", "-o", shown)
    pods = Cluster(request.namespace).objects("pods", "--selector=app=posts")
    images = {each["spec"]["containers"][0]["image"] for each in pods}
    return " ".join([seen, *(f":{image.rpartition(':')[2]}" for image in sorted(images))])
