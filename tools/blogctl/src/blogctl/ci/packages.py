"""What is in services/: packages, which of them make an image, and whose code an image holds."""

import posixpath
import tomllib
from dataclasses import dataclass
from typing import Any

from blogctl.failure import Failure
from blogctl.git import Git

SERVICES = "services"


@dataclass(frozen=True)
class Packages:
    """The packages of one commit, by the folders of services/ that they are in."""

    images: list[str]  # folders with a Dockerfile: a service each, and a target of docker-bake.hcl
    manifests: set[str]  # folders that kustomize reads, such as frontend: no image is made of them
    uses: dict[str, set[str]]  # a package, and those that it depends on

    @classmethod
    def at(cls, git: Git, commit: str) -> "Packages":
        """Read a commit's packages; what is in the working tree doesn't count.

        Raises:
            Failure: A pyproject.toml can't be read.
        """
        paths = git.ask("ls-tree", "-r", "--name-only", "--full-tree", commit, f"{SERVICES}/").splitlines()
        projects = [path for path in paths if path.count("/") == 2 and path.endswith("/pyproject.toml")]
        return cls(
            images=[_folder(path) for path in paths if path.count("/") == 2 and path.endswith("/Dockerfile")],
            manifests={_folder(path) for path in paths if path.endswith("/kustomization.yaml")},
            uses={_folder(path): _sources(git.ask("show", f"{commit}:{path}"), path) for path in projects},
        )

    def made_of(self, service: str) -> set[str]:
        """Give the packages whose code a service's image holds: its own, and all that it depends on."""
        found: set[str] = set()
        ahead = {service}
        while ahead:
            found |= ahead
            ahead = {used for package in ahead for used in self.uses.get(package, set())} - found
        return found


def _folder(path: str) -> str:
    return path.split("/")[1]


def _sources(text: str, path: str) -> set[str]:
    """Find the packages of this tree that a pyproject.toml names ([tool.uv.sources]).

    Raises:
        Failure: It can't be read.
    """
    try:
        project: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Failure(f"{path} can't be read: {error}") from error
    sources: dict[str, dict[str, Any]] = project.get("tool", {}).get("uv", {}).get("sources", {})
    here = posixpath.dirname(path)
    found = [
        posixpath.normpath(posixpath.join(here, source["path"])) for source in sources.values() if "path" in source
    ]
    return {_folder(folder) for folder in found if folder.startswith(f"{SERVICES}/")}
