"""`blogctl fork init`: every place that says whose this is says that it is yours."""

import difflib
import re
from collections.abc import Iterator

from blogctl.deploy import images
from blogctl.deploy.environment import environments
from blogctl.fork import address
from blogctl.fork.address import ARGOCD, BAKE, GITHUB, Address
from blogctl.git import Git


def init(owner: str, repository: str, base: str, *, dry_run: bool) -> str:
    """Write the new address. Nothing is committed.

    Args:
        owner: Whose it is now.
        repository: Its name; empty keeps the name that it has.
        base: Where it is, without OWNER/REPO.git.
        dry_run: Give the difference, and write nothing.

    Returns:
        What a person does next.

    Raises:
        Failure: A name can't be one, or this is no checkout of the platform.
    """
    git = Git.here(dry_run=dry_run)
    old = address.read(git.root)
    new = Address.of(owner, repository or old.repository, base)
    changed = dict(_changes(git, old, new))
    if dry_run:
        return "".join(_difference(git, changed))
    for path, text in changed.items():
        (git.root / path).write_text(text, "utf-8")
    return "\n".join(_next(new, list(changed)))


def _changes(git: Git, old: Address, new: Address) -> Iterator[tuple[str, str]]:
    deploys = [environment.images for environment in environments(git.root)]
    # docker-bake.hcl last: while it says the old address, a run that was cut off can be done again.
    for path in sorted({BAKE, ARGOCD, *deploys, *_mentions(git, old)}, key=lambda path: (path == BAKE, path)):
        before = (git.root / path).read_text("utf-8")
        text = _renamed(before, old, new)
        if path in (BAKE, ARGOCD):
            text = new.written(path, text)
        if path in deploys and old.images != new.images:  # what was deployed is another owner's
            file = images.Images(text, path)
            file.undeploy()
            text = file.text()
        if text != before:
            yield path, text


def _mentions(git: Git, old: Address) -> list[str]:
    """Find the files whose text names the old address, such as a page with a command to copy."""
    named = (word for place in (old.page, old.images) for word in ("-e", place))
    search = ("grep", "--files-with-matches", "-I", "--fixed-strings", *named)
    return git.ask(*search).splitlines() if git.holds(*search) else []


def _renamed(text: str, old: Address, new: Address) -> str:
    text = re.sub(rf"{re.escape(old.page)}(?![\w-])", new.page, text)
    return text.replace(old.images, new.images)


def _difference(git: Git, changed: dict[str, str]) -> Iterator[str]:
    for path, text in changed.items():
        before = (git.root / path).read_text("utf-8")
        yield from difflib.unified_diff(
            before.splitlines(keepends=True), text.splitlines(keepends=True), f"a/{path}", f"b/{path}"
        )


def _next(new: Address, changed: list[str]) -> Iterator[str]:
    if not changed:
        yield f"This is {new.owner}/{new.repository} already."
    else:
        yield f"This is {new.owner}/{new.repository} now, in {len(changed)} files. Then:"
        yield f"  git commit --all --message 'This is {new.owner}/{new.repository}'"
        yield f"  git remote set-url origin {new.url}"
        yield "  git push origin HEAD:main"
    if new.url.startswith(f"{GITHUB}/"):
        yield "Only you can do these, on GitHub:"
        yield f"  1. https://{new.page}/actions: enable the workflows, which a fork has switched off."
        yield f"  2. https://{new.page}/settings/environments: say in prod who has to approve."
        yield (
            f"  3. https://github.com/{new.owner}?tab=packages, after the first deploy: make the packages public, "
            "so that a cluster may pull them."
        )
