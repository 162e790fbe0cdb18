"""The file that says which images an environment runs: a kustomize component that only `blogctl deploy` writes."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from blogctl.deploy.digest import SHA256, Digest
from blogctl.failure import Failure
from blogctl.git import Git

UNDEPLOYED = "undeployed"  # the tag before the first deploy
COMMIT = re.compile(r"[0-9a-f]{40}")
LONGEST_LINE = 4096  # nothing is folded


@dataclass(frozen=True)
class Image:
    """What one service runs: the image's digest, and the commit that it was built from."""

    source: str = ""  # full name; empty before the first deploy
    digest: Digest | None = None


class Images:
    """The file's contents, comments and all."""

    def __init__(self, text: str, place: str) -> None:
        """Read the file.

        Args:
            text: Its contents.
            place: What it's called in a failure.

        Raises:
            Failure: It isn't as `blogctl deploy` writes it.
        """
        self._yaml = YAML()
        self._yaml.indent(mapping=2, sequence=4, offset=2)
        self._yaml.width = LONGEST_LINE
        try:
            self._document: Any = self._yaml.load(text)
        except YAMLError as error:
            raise _edited(place, "it can't be read as YAML") from error
        if flaw := _flaw(self._document) or ("" if self.text() == text else "its form is another"):
            raise _edited(place, flaw)

    def __getitem__(self, service: str) -> Image:
        """Give what a service runs."""
        entry = self._entries()[service]
        return Image(entry["newTag"], Digest(entry["digest"])) if "digest" in entry else Image()

    def get(self, service: str) -> Image:
        """Give what a service runs; one that the file doesn't name runs nothing."""
        return self[service] if service in self._entries() else Image()

    def name(self, service: str) -> str:
        """Give the name of a service's image, with its registry."""
        return str(self._entries()[service]["newName"])

    def services(self) -> list[str]:
        """Give the services' names, in the file's order."""
        return list(self._entries())

    def deploy(self, digests: Mapping[str, Digest], source: str) -> None:
        """Change what services run.

        Args:
            digests: By the services' names.
            source: Full name of the commit that they were built from.
        """
        for service, digest in digests.items():
            entry = self._entries()[service]
            if (
                "digest" not in entry and "newTag" in entry.ca.items
            ):  # ruamel keeps what follows an entry at its last line
                entry.ca.items["digest"] = entry.ca.items.pop("newTag")
            entry.update({"newTag": source, "digest": str(digest)})

    def undeploy(self) -> None:
        """Take what services run away, as before the first deploy."""
        for entry in self._entries().values():
            entry["newTag"] = UNDEPLOYED
            entry.pop("digest", None)

    def text(self) -> str:
        """Give the file's contents."""
        stream = io.StringIO()
        self._yaml.dump(self._document, stream)
        return stream.getvalue()

    def _entries(self) -> dict[str, Any]:
        return {entry["name"]: entry for entry in self._document["images"]}


def read(root: Path, path: str) -> Images:
    """Read a checkout's file.

    Raises:
        Failure: It isn't as `blogctl deploy` writes it.
    """
    return Images((root / path).read_text("utf-8"), path)


def at(git: Git, commit: str, path: str) -> Images:
    """Read a commit's file.

    Raises:
        Failure: It isn't there, or isn't as `blogctl deploy` writes it.
    """
    return Images(git.ask("show", f"{commit}:{path}") + "\n", path)


def _flaw(document: Any) -> str:
    """Say what of the document `blogctl deploy` wouldn't write; empty when there is nothing."""
    if not isinstance(document, dict) or set(document) != {"apiVersion", "kind", "images"}:
        return "it has to hold apiVersion, kind and images"
    entries = document["images"]
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return "images has to be a list"
    flaws = (f"{entry.get('name')}: {flaw}" for entry in entries if (flaw := _flaw_of_entry(entry)))
    names = [entry.get("name") for entry in entries]
    return next(flaws, "" if len(names) == len(set(names)) else "a service is there twice")


def _flaw_of_entry(entry: dict[str, Any]) -> str:
    if list(entry) not in (["name", "newName", "newTag"], ["name", "newName", "newTag", "digest"]):
        return "it has to hold name, newName, newTag and digest, in this order"
    tag = entry["newTag"]
    if "digest" not in entry:
        return "" if tag == UNDEPLOYED else f"newTag {tag} without a digest"
    if not SHA256.fullmatch(str(entry["digest"])):
        return f"digest {entry['digest']} isn't one"
    return "" if COMMIT.fullmatch(str(tag)) else f"newTag {tag} isn't a commit's full name"


def _edited(place: str, flaw: str) -> Failure:
    return Failure(f"{place} was edited by hand: {flaw}; take that back (git log -p {place}), then again")
