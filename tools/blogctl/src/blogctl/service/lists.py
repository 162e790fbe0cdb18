"""The other places where a service stands: template/lists.yaml says which, and what it says there."""

import fnmatch
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ruamel.yaml import YAML

from blogctl.failure import Failure
from blogctl.service.names import Service
from blogctl.service.template import TEMPLATE, rendered
from blogctl.service.tree import Tree

LISTS = f"{TEMPLATE}/lists.yaml"
GROUPS = "services/mongo/secrets.js"  # says who has which group


@dataclass(frozen=True)
class Place:
    """One of them."""

    path: str
    kind: str  # after, before, within, end
    mark: str
    add: str

    def is_in(self, text: str) -> bool:
        """Tell whether a file has it."""
        return not self.mark or self._line(text) is not None

    def added(self, text: str) -> str:
        """Give a file's text with the service in it.

        Raises:
            Failure: Somebody has rewritten the file, and there is no such place.
        """
        if not self.mark:
            return text + self.add
        line = self._line(text)
        if line is None:
            raise Failure(f"{self.path} has no line that begins with {self.mark.strip()!r}: see {LISTS}")
        if self.kind != "within":
            at = line.end() if self.kind == "after" else line.start()
            return text[:at] + self.add + text[at:]
        at = min(found for closing in "]})" if (found := text.find(closing, line.start("mark"))) > 0)
        return f"{text[:at].rstrip().rstrip(',')}, {self.add}{text[at:]}"  # a long list may be a line an entry

    def removed(self, text: str) -> str:
        """Give a file's text without what `added` put there."""
        if self.kind != "within":
            return text.replace(self.add, "", 1)
        return re.sub(rf",\s*{re.escape(self.add)}", "", text, count=1)

    def _line(self, text: str) -> re.Match[str] | None:
        """Find the last line that has the mark; only `within` looks for it inside of lines."""
        inside = ".*" if self.kind == "within" else ""
        found = list(re.finditer(rf"^{inside}(?P<mark>{re.escape(self.mark)}).*\n", text, re.MULTILINE))
        return found[-1] if found else None


def places(tree: Tree, service: Service) -> Iterator[Place]:
    """Give every place of a service.

    Args:
        tree: The checkout.
        service: Whose.
    """
    text = rendered(tree.read(LISTS), service).replace("10099", _group(tree, service))
    for entry in (entry for entry in YAML(typ="safe").load(text) if "path" in entry):
        kind = next((kind for kind in ("after", "before", "within") if kind in entry), "end")
        for path in fnmatch.filter(tree.paths(), entry["path"]):
            place = Place(path, kind, entry.get(kind, ""), entry["add"])
            if "*" not in entry["path"] or place.is_in(tree.read(path)):
                yield place


def with_rows(tree: Tree) -> list[str]:
    """Name the files that hold a row of all services; where there are few, others may hold one by chance."""
    patterns = [path for entry in YAML(typ="safe").load(tree.read(LISTS)) for path in entry.get("rows", ())]
    return [path for path in tree.paths() if any(fnmatch.fnmatch(path, pattern) for pattern in patterns)]


def _group(tree: Tree, service: Service) -> str:
    """Give the group that a service has under Docker Compose, or the next that nobody has."""
    text = tree.read(GROUPS)
    if own := re.search(rf'"{service.folder}": (\d+)', text):
        return own[1]
    return str(max(map(int, re.findall(r": (100\d\d)\b", text)), default=10010) + 1)
