"""What kustomize makes of an overlay, alone or with components."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from blogctl import checkout

K8S = checkout.ROOT / "k8s"
ENVIRONMENTS = ("dev", "staging", "prod")
OVERLAYS = ("local", *ENVIRONMENTS, "preview")
NAMESPACES = {
    "local": "blog-platform",
    "dev": "blog-platform-dev",
    "staging": "blog-platform-staging",
    "prod": "blog-platform",
    "preview": "blog-platform-preview",
}
Object = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """An overlay, and components that are added to it."""

    overlay: str
    components: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "+".join((self.overlay, *self.components))


@dataclass(frozen=True)
class Workload:
    """Something that makes pods."""

    kind: str
    name: str
    wave: int
    spec: Object
    template: Object

    @property
    def pod(self) -> Object:
        """The pod's spec."""
        spec: Object = self.template["spec"]
        return spec

    @property
    def labels(self) -> dict[str, str]:
        """The pod's labels."""
        labels: dict[str, str] = self.template["metadata"]["labels"]
        return labels

    @property
    def containers(self) -> list[Object]:
        """Its containers, those that run first included."""
        return [*self.pod.get("initContainers", []), *self.pod["containers"]]

    @property
    def serves(self) -> bool:
        """Whether it runs until it's told not to."""
        return self.kind in {"Deployment", "StatefulSet"}

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


@dataclass(frozen=True)
class Rendering:
    """Everything that one `kubectl apply -k` sends."""

    text: str
    warnings: str

    @cached_property
    def objects(self) -> list[Object]:
        """The objects, in order."""
        return list(yaml.safe_load_all(self.text))

    def of(self, kind: str) -> list[Object]:
        """The objects of a kind."""
        return [found for found in self.objects if found["kind"] == kind]

    def names(self, kind: str) -> set[str]:
        """The names of a kind's objects."""
        return {found["metadata"]["name"] for found in self.of(kind)}

    def get(self, kind: str, name: str) -> Object:
        """One object."""
        (found,) = [each for each in self.of(kind) if each["metadata"]["name"] == name]
        return found

    @cached_property
    def workloads(self) -> list[Workload]:
        """Everything that makes pods."""
        return list(self._workloads())

    def workload(self, name: str) -> Workload:
        """One of them."""
        (found,) = [each for each in self.workloads if each.name == name]
        return found

    def _workloads(self) -> Iterator[Workload]:
        for found in self.objects:
            spec = found.get("spec", {})
            if found["kind"] == "CronJob":
                spec = spec["jobTemplate"]["spec"]
            if "template" in spec and found["kind"] != "ExternalSecret":
                meta = found["metadata"]
                wave = int(meta.get("annotations", {}).get("argocd.argoproj.io/sync-wave", 0))
                name = meta["name"].rpartition("-")[0] if found["kind"] == "Job" else meta["name"]  # without its hash
                yield Workload(found["kind"], name, wave, spec, spec["template"])


def tool() -> list[str] | None:
    """The command that renders a folder, if there is one."""
    if shutil.which("kustomize"):
        return ["kustomize", "build"]
    return ["kubectl", "kustomize"] if shutil.which("kubectl") else None


def render(folder: Path) -> Rendering:
    """Render a folder now."""
    command = tool()
    assert command is not None
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Rendering(done.stdout, done.stderr)


@cache
def rendering(place: Place) -> Rendering:
    """Render a place, once a run."""
    if not place.components:
        return render(K8S / "overlays" / place.overlay)
    with TemporaryDirectory() as folder:
        here = Path(folder).resolve()
        kustomization = {
            "namespace": NAMESPACES[place.overlay],
            "resources": [os.path.relpath(K8S / "overlays" / place.overlay, here)],
            "components": [os.path.relpath(K8S / "components" / name, here) for name in place.components],
        }
        (here / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
        return render(here)
