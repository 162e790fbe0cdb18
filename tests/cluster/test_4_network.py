"""Who reaches whom, tried from a pod with each one's label."""

import json
from pathlib import Path
from typing import Any

import pytest

from cluster.applied import Platform

MONGO, POSTS, USER, FRONTEND, API_SERVER = (
    "mongo-0.mongo:27017",
    "posts-service:3000",
    "user-service:3000",
    "frontend:80",
    "kubernetes.default:443",
)
TARGETS = (MONGO, POSTS, USER, FRONTEND, API_SERVER)
ALLOWED = {
    "posts": {MONGO, USER},
    "user": {MONGO},
    "frontend": {POSTS, USER},
    "migrations": {MONGO},
    "mongo-init": {MONGO},
    "admin-backup": {MONGO},
    "restore": {MONGO},
    "backup-verification": set(),
    "bootstrap": {API_SERVER},
    "stranger": set(),
}
# Five seconds: a policy is in force a moment after the pod runs.
PROGRAM = """
import json, socket, sys, time
time.sleep(5)
reached = []
for target in sys.argv[1:]:
    try:
        socket.create_connection(tuple(target.split(":")), timeout=2).close()
        reached.append(target)
    except OSError:
        pass
print(json.dumps(reached))
"""


def visitor(app: str, image: str) -> dict[str, Any]:
    """A pod that tries every target once. It is never ready, so that no Service sends anybody to it."""
    restricted = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"visitor-{app}", "labels": {"app": app, "visitor": "true"}},
        "spec": {
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 10001,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "visitor",
                    "image": image,
                    "command": ["python", "-c", PROGRAM, *TARGETS],
                    "readinessProbe": {"exec": {"command": ["false"]}},
                    "securityContext": restricted,
                }
            ],
        },
    }


@pytest.fixture(scope="module")
def reached(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    cluster, image = platform.cluster, str(platform.images["posts-service"])
    written: Path = tmp_path_factory.mktemp("visitors") / "pods.json"
    pods = [visitor(app, image) for app in ALLOWED]
    written.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": pods}), "utf-8")
    try:
        cluster.run("apply", "-f", str(written))
        done = "--for=jsonpath={.status.phase}=Succeeded"
        cluster.run("wait", done, "pod", "--selector=visitor", "--timeout=100s")
        return {app: set(json.loads(cluster.ask("logs", f"visitor-{app}"))) for app in ALLOWED}
    finally:
        cluster.run("delete", "pod", "--selector=visitor", "--now")


@pytest.mark.parametrize("app", ALLOWED)
def test_it_reaches_what_it_needs_and_nothing_else(reached: dict[str, set[str]], app: str) -> None:
    allowed = ALLOWED[app]
    # A pod's own node is out of a policy's reach on many clusters, and with one node the API server is there.
    assert reached[app] - ({API_SERVER} - allowed) == allowed
