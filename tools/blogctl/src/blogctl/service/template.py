"""The service that new ones are copied from: a folder like the tree itself, about `notes`."""

from blogctl.service.names import Service
from blogctl.service.tree import Tree

TEMPLATE = "tools/blogctl/template"
WORD = "notes"


def files(tree: Tree, service: Service) -> dict[str, str]:
    """Give a service's own files, by their paths.

    Args:
        tree: The checkout.
        service: Whose.
    """
    found = [path for path in tree.paths() if path.startswith((f"{TEMPLATE}/services/", f"{TEMPLATE}/k8s/"))]
    return {rendered(path, service).removeprefix(f"{TEMPLATE}/"): rendered(tree.read(path), service) for path in found}


def rendered(text: str, service: Service) -> str:
    """Give a text of the template as it is for a service."""
    for form in (str.lower, str.capitalize, str.upper):
        text = text.replace(form(WORD), form(service.word))
    return text
