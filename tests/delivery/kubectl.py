"""What kubectl answers, where there is no cluster: an Application, Deployments and pods of one's own making."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from delivery.checkouts import digest

SCRIPT = """#!/bin/sh
case "$*" in
*applications*) cat "{folder}/applications.json" ;;
*"deployments,pods -n blog-platform-dev"*) cat "{folder}/objects.json" ;;
exec*) echo '{{"service": "posts-service", "git_sha": "'"$(cat "{folder}/git_sha")"'"}}' ;;
*) echo '{{"items": []}}' ;;
esac
"""
IMAGE = "ghcr.io/blog-platform/posts-service:{source}@{digest}"


@dataclass
class Answers:
    """A cluster on which dev runs posts-service."""

    folder: Path
    revision: str
    sync: str = "Synced"
    health: str = "Healthy"
    phase: str = "Succeeded"
    syncing: str | None = None  # the revision, unless another one is said
    message: str = "successfully synced (all tasks run)"
    conditions: list[dict[str, str]] = field(default_factory=list)
    digest: str = digest("c")
    available: int = 1
    progressing: dict[str, str] = field(default_factory=lambda: {"status": "True", "message": "fine"})
    pod: dict[str, Any] = field(default_factory=lambda: {"state": {"running": {}}})
    job: dict[str, Any] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """Write the answers, and give the PATH on which kubectl gives them."""
        program = self.folder / "kubectl"
        program.write_text(SCRIPT.format(folder=self.folder), "utf-8")
        program.chmod(0o755)
        (self.folder / "git_sha").write_text(self.revision, "utf-8")
        for name, items in (("applications", [self._application()]), ("objects", self._objects())):
            (self.folder / f"{name}.json").write_text(json.dumps({"items": items}), "utf-8")
        return {"PATH": f"{self.folder}{os.pathsep}{os.environ['PATH']}"}

    def _application(self) -> dict[str, Any]:
        operation = {
            "phase": self.phase,
            "message": self.message,
            "syncResult": {"revision": self.revision if self.syncing is None else self.syncing},
        }
        status = {
            "sync": {"status": self.sync, "revision": self.revision},
            "health": {"status": self.health},
            "operationState": operation,
            "conditions": self.conditions,
        }
        return {"metadata": {"name": "blog-platform-dev"}, "status": status}

    def _objects(self) -> list[dict[str, Any]]:
        image = IMAGE.format(source=self.revision, digest=self.digest)
        containers = [{"name": "posts-app", "image": image}]
        deployment = {
            "kind": "Deployment",
            "metadata": {"name": "posts-service", "generation": 2},
            "spec": {"replicas": 1, "progressDeadlineSeconds": 30, "template": {"spec": {"containers": containers}}},
            "status": {
                "observedGeneration": 2,
                "replicas": 1,
                "updatedReplicas": 1,
                "availableReplicas": self.available,
                "conditions": [{"type": "Progressing", **self.progressing}],
            },
        }
        pods = [self._pod("posts-service-1", "ReplicaSet", containers, self.pod)]
        if self.job:
            pods.append(self._pod("migrations-1", "Job", containers, self.job))
        return [deployment, *pods]

    def _pod(self, name: str, owner: str, containers: list[dict[str, str]], status: dict[str, Any]) -> dict[str, Any]:
        ready = {"type": "Ready", "status": "True" if "running" in status.get("state", {}) else "False"}
        own = {"name": "posts-app", "imageID": f"ghcr.io/blog-platform/posts-service@{self.digest}", **status}
        return {
            "kind": "Pod",
            "metadata": {"name": name, "ownerReferences": [{"kind": owner}]},
            "spec": {"containers": containers},
            "status": {"conditions": [ready], "containerStatuses": [own]},
        }
