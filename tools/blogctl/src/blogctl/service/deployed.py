"""The images of each overlay: who stands there, and under which name and tag."""

import io
import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML

from blogctl.deploy.images import LONGEST_LINE, UNDEPLOYED
from blogctl.service.names import Service
from blogctl.service.tree import Tree

APPLICATIONS = "argocd/applicationset.yaml"
DEPLOYED = re.compile(r"(?:^ +- \{key: images\.\d+\.digest, operator: Exists\}\n)+", re.MULTILINE)


def add(tree: Tree, service: Service) -> None:
    """Give a service an image in every overlay: beside the others', and not deployed yet where a deploy says so."""
    for path, yaml, document in _files(tree):
        peer = document["images"][0]
        built_here = "digest" not in peer and not _is_commit(peer["newTag"])
        document["images"].append(
            {
                "name": service.folder,
                "newName": f"{peer['newName'].rpartition('/')[0]}/{service.folder}",
                "newTag": peer["newTag"] if built_here else UNDEPLOYED,
            }
        )
        _write(tree, path, yaml, document)


def remove(tree: Tree, service: Service) -> None:
    """Take a service's image out of every overlay."""
    for path, yaml, document in _files(tree):
        document["images"] = [entry for entry in document["images"] if entry["name"] != service.folder]
        _write(tree, path, yaml, document)


def _files(tree: Tree) -> Iterator[tuple[str, YAML, Any]]:
    for path in tree.paths():
        if path.startswith("k8s/overlays/") and "\nimages:\n" in tree.read(path):
            yaml = YAML()
            yaml.indent(mapping=2, sequence=4, offset=2)
            yaml.width = LONGEST_LINE
            yield path, yaml, yaml.load(tree.read(path))


def _write(tree: Tree, path: str, yaml: YAML, document: Any) -> None:
    text = io.StringIO()
    yaml.dump(document, text)
    tree.write(path, text.getvalue())
    _demand_digests(tree, len(document["images"]))


def _demand_digests(tree: Tree, count: int) -> None:
    """Have Argo CD leave an environment alone until every image has a digest there."""
    text = tree.read(APPLICATIONS)
    if found := DEPLOYED.search(text):
        first = found[0].splitlines(keepends=True)[0]
        lines = [re.sub(r"images\.\d+", f"images.{number}", first) for number in range(count)]
        tree.write(APPLICATIONS, text[: found.start()] + "".join(lines) + text[found.end() :])


def _is_commit(tag: str) -> bool:
    return len(str(tag)) == 40
