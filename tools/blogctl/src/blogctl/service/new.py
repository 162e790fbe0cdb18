"""`blogctl new service`: a service from the chassis, in every list where it must stand."""

import re
import sys
from pathlib import Path

from blogctl.command import Command, shown
from blogctl.failure import Failure
from blogctl.service import deployed, lists, rows, template
from blogctl.service.names import Service
from blogctl.service.tree import Tree

ELDER = "posts-service"  # needs what the template needs, the chassis alone, so its lock is the new one's too
TAKEN = ("services/frontend/nginx.conf", "services/mongo/users.js")  # paths, and names in the database
RUFF_SECONDS = 60
NOT_OURS = ("docs/", "CHANGELOG.md", template.TEMPLATE)  # what was written about the platform stays what it was


def new(word: str, *, dry_run: bool) -> str:
    """Write a service. Nothing is committed.

    Args:
        word: What it is about, such as `comments`.
        dry_run: Give the difference, and write nothing.

    Returns:
        What a person does next.

    Raises:
        Failure: It can't be called so, or this is no clean checkout of the platform.
    """
    service = Service.new(word)
    tree = Tree.here(dry_run=dry_run)
    _demand_free(tree, service)
    before = tree.services()
    for path, text in template.files(tree, service).items():
        tree.write(path, text)
    tree.write(f"services/{service.folder}/requirements.txt", tree.read(f"services/{ELDER}/requirements.txt"))
    for place in list(lists.places(tree, service)):
        tree.write(place.path, place.added(tree.read(place.path)))
    deployed.add(tree, service)
    _add_to_rows(tree, before, service)
    if dry_run:
        return tree.difference()
    tree.save()
    tidy(tree)
    return "\n".join(_next(tree, service))


def ours(path: str) -> bool:
    """Tell whether a command may rewrite a file's rows."""
    return not path.startswith(NOT_OURS)


def tidy(tree: Tree) -> None:
    """Let ruff sort imports and fold lines as the names now want it.

    Raises:
        Failure: It can't be run, or finds what it can't mend.
    """
    changed = [path for path, text in tree.changes.items() if text is not None and path.endswith(".py")]
    if not changed:
        return
    files = [shown(tree.git.root / path) for path in sorted({_folder_or_file(path) for path in changed})]
    ruff = shown(Path(sys.executable).with_name("ruff"))
    for work in (("check", "--quiet", "--select", "I,F401,F811,F841", "--fix"), ("format", "--quiet")):
        command = Command((ruff, *work, *files))
        command.show()
        command.answer(within=RUFF_SECONDS)


def _folder_or_file(path: str) -> str:
    """Give a service's folder for all of its files, so that the line that runs stays short."""
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0] == "services" else path


def _demand_free(tree: Tree, service: Service) -> None:
    if f"services/{service.folder}/Dockerfile" in tree.paths():
        raise Failure(f"services/{service.folder} is there already")
    for path in TAKEN:
        if re.search(rf"(?<![\w-]){service.word}(?![\w-])", tree.read(path)):
            raise Failure(f"{service.word} is taken: {path} has that word already")
    parts = {part for path in tree.paths() if path.startswith("k8s/base/") for part in [path.split("/")[2]]}
    if service.word in parts:
        raise Failure(f"{service.word} is taken: k8s/base/{service.word} is there already")


def _add_to_rows(tree: Tree, before: list[str], service: Service) -> None:
    packages = [name.replace("-", "_") for name in before]
    for path in lists.with_rows(tree):
        text = rows.changed(tree.read(path), before, lambda row: [*row, service.folder])
        tree.write(path, rows.changed(text, packages, lambda row: [*row, service.package]))


def _next(tree: Tree, service: Service) -> list[str]:
    own = sum(service.folder in path for path in tree.changes)
    return [
        f"{service.folder} is here: {own} files of its own, and a place in {len(tree.changes) - own} more. Then:",
        "  make setup",
        f"  .venv/bin/pytest services/{service.folder}",
        "  git add --all",
        f"  git commit --message '{service.folder}: list, read, write'",
        f"It answers to /api/{service.word}; what it holds stands in services/{service.folder}/src/"
        f"{service.package}/schemas.py.",
    ]
