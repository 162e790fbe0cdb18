"""`blogctl remove service`: a service, and every line that is about it."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from blogctl.failure import Failure
from blogctl.service import deployed, lists, rows
from blogctl.service.mentions import named, without
from blogctl.service.names import SUFFIX, Service
from blogctl.service.new import ours, tidy
from blogctl.service.tree import Tree

NEEDED = {
    "user-service": "the others verify tokens by its keys, and it makes the Secrets of all",
    "posts-service": "the blog is its posts, and `blogctl seed` and the drills write them",
}
LOCKS = "requirements"  # `make lock` writes them anew
BASE = "k8s/base/"
USERS = {  # a database user's lines
    "k8s/base/mongo-init/job.yaml": r"^ +{}\n",
    "services/mongo/users.js": r"^  {}: \{{.*\n",
    "services/user-service/src/user_service/bootstrap/contents.py": r'^    "\w+": "{}",\n',
}


def remove(word: str, *, dry_run: bool) -> str:
    """Take a service away. Nothing is committed.

    Args:
        word: Its name, with `-service` or without.
        dry_run: Give the difference, and write nothing.

    Returns:
        What a person does next, and the lines that still name it.

    Raises:
        Failure: There is no such service, others need it, or this is no clean checkout of the platform.
    """
    tree = Tree.here(dry_run=dry_run)
    service = _found(tree, word)
    before = tree.services()
    for place in list(lists.places(tree, service)):
        tree.write(place.path, place.removed(tree.read(place.path)))
    said = _said(tree, service)
    if user := said.get("logs-in-as"):
        for path, line in USERS.items():
            tree.write(path, re.sub(line.format(user), "", tree.read(path), flags=re.MULTILINE))
    gone = set(_own(tree, service, said.get("goes-with-it", [])))
    parts, kinds = _parts(gone), _kinds(tree)
    for path in gone:
        tree.delete(path)
    deployed.remove(tree, service)
    for path in filter(ours, tree.paths()):
        if not path.startswith(LOCKS):
            tree.write(path, _without(tree, path, before, service, parts))
    _forget_targets(tree, said.get("targets", []))
    _forbid(tree, kinds - _kinds(tree))
    if dry_run:
        return tree.difference()
    tree.save()
    tidy(tree)
    return "\n".join([*_next(service, len(gone)), *_left(tree, service)])


def _found(tree: Tree, word: str) -> Service:
    there = tree.services()
    name = next((name for name in (word, word + SUFFIX) if name in there), "")
    if not name:
        raise Failure(f"no such service: {word}; there are {', '.join(there)}")
    if name in NEEDED:
        raise Failure(f"{name} can't be removed: {NEEDED[name]}")
    return Service(name)


def _own(tree: Tree, service: Service, with_it: list[str]) -> Iterator[str]:
    """Name the files that go: those in folders or with names of its own, parts that run it alone, and what it lists."""
    own = re.compile(rf"(?:^|/)(?:test_)?(?:{service.folder}|{service.package})(?:/|\.|$)")
    running = tuple(f"{BASE}{part}/" for part in _running_alone(tree, service))
    yield from (path for path in tree.paths() if own.search(path) or path.startswith((*with_it, *running)))


def _said(tree: Tree, service: Service) -> dict[str, Any]:
    """Read what a service says of itself ([tool.blogctl] in its pyproject.toml)."""
    project = tomllib.loads(tree.read(f"services/{service.folder}/pyproject.toml"))
    said: dict[str, Any] = project.get("tool", {}).get("blogctl", {})
    return said


def _running_alone(tree: Tree, service: Service) -> set[str]:
    """Name the parts of k8s/base in which no other image of ours runs."""
    images: dict[str, set[str]] = {}
    for path in tree.paths():
        if path.startswith(BASE) and path.endswith(".yaml") and path.count("/") > 2:
            found = re.findall(r"^ +image: ([\w-]+)$", tree.read(path), re.MULTILINE)
            images.setdefault(path.split("/")[2], set()).update(found)
    return {part for part, found in images.items() if found == {service.folder}}


def _parts(gone: set[str]) -> list[str]:
    return sorted({path.split("/")[2] for path in gone if path.startswith(BASE)})


def _without(tree: Tree, path: str, before: list[str], service: Service, parts: list[str]) -> str:
    text = rows.changed(tree.read(path), before, lambda row: [name for name in row if name != service.folder])
    packages = [name.replace("-", "_") for name in before]
    text = rows.changed(text, packages, lambda row: [name for name in row if name != service.package])
    names = [service.folder, service.package]
    if path.startswith(("k8s/", "tests/manifests/", "tests/cluster/")) and path.endswith((".yaml", ".py")):
        names += parts if path.endswith(".yaml") else [f'"{part}"' for part in parts]
    return without(path, text, names)


def _forget_targets(tree: Tree, targets: list[str]) -> None:
    """Take targets out of the Makefile."""
    text = tree.read("Makefile")
    for target in targets:
        text = re.sub(rf"^{target}:.*\n(?:\t.*\n)+\n?", "", text, flags=re.MULTILINE)
        text = re.sub(rf"^(\.PHONY:.*) {target}(?= |$)", r"\1", text, flags=re.MULTILINE)
    tree.write("Makefile", text)


def _kinds(tree: Tree) -> set[str]:
    """Name the kinds of object that the platform has."""
    manifests = (path for path in tree.paths() if path.startswith("k8s/") and path.endswith(".yaml"))
    return {kind for path in manifests for kind in re.findall(r"^kind: (\w+)$", tree.read(path), re.MULTILINE)}


def _forbid(tree: Tree, kinds: set[str]) -> None:
    """Take kinds that nothing is of any more from what Argo CD's projects allow."""
    for path in (path for path in tree.paths() if path.startswith("argocd/") and path.endswith(".yaml")):
        text = tree.read(path)
        for kind in kinds:
            text = re.sub(rf"^ +- \{{group: [^,\n]*, kind: {kind}\}}.*\n", "", text, flags=re.MULTILINE)
        tree.write(path, text)


def _left(tree: Tree, service: Service) -> Iterator[str]:
    name = named([service.folder, service.package])
    found = [
        f"  {path}:{number}: {line.strip()}"
        for path in tree.paths()
        if ours(path) and not path.startswith(LOCKS)
        for number, line in enumerate(tree.read(path).splitlines(), 1)
        if name.search(line)
    ]
    if found:
        yield "These lines still name it, and are yours to judge:"
        yield from found


def _next(service: Service, files: int) -> Iterator[str]:
    yield f"{service.folder} is gone, with {files} files. Then:"
    yield "  make lock setup"
    yield "  git add --all"
    yield f"  git commit --message '{service.folder}: removed'"
    yield "A cluster keeps its objects until Argo CD or you delete them, and MongoDB its collections."
