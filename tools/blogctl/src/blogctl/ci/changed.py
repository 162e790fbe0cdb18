"""`blogctl ci changed`: the services whose image is made of something that commits changed."""

from collections.abc import Iterable

from blogctl import terminal
from blogctl.ci.packages import SERVICES, Packages
from blogctl.deploy import history, images
from blogctl.deploy.environment import Environment
from blogctl.failure import Failure
from blogctl.git import Git, short

EVERY_IMAGE = {"docker-bake.hcl", ".dockerignore"}  # how every image is built, and of what
FIRST = Environment("dev")  # where every image goes first


def changed(*, base: str, head: str, dry_run: bool = False) -> list[str]:
    """Name the services to build.

    Each is compared with the commit that its newest bump on dev was built from, so that nothing is lost after a run
    that failed or was cancelled. What can't be known is built.

    Args:
        base: Compare all with what this commit and the head have in common (a pull request's target); empty for that.
        head: The commit to build.
        dry_run: Only print the lines.

    Returns:
        Names, as targets of docker-bake.hcl; empty in a dry run.

    Raises:
        Failure: There is no such head.
    """
    git = Git.here(dry_run=dry_run)
    commit = git.commit(head)
    if not commit:
        raise Failure(f"no such commit here: {head}; git fetch, or name another by --head")
    packages = Packages.at(git, commit)
    bases = dict.fromkeys(packages.images, base) if base else _bumped(git, commit, packages.images)
    for known in sorted({git.commit(base) for base in bases.values() if base} - {""}):
        git.command("diff", "--name-only", f"{known[:12]}...{commit[:12]}").show()
    found = {base: since(git, base, commit, packages) for base in set(bases.values())}
    return [] if dry_run else [service for service in packages.images if service in found[bases[service]]]


def touched(paths: Iterable[str], packages: Packages) -> set[str]:
    """Name the services whose image is made of any of these files.

    Args:
        paths: From the checkout's root, with slashes.
        packages: What is in services/.

    Returns:
        Names; all of them where a path is of no known kind.
    """
    parts = [path.split("/") for path in paths]
    places = {place[1] for place in parts if place[0] == SERVICES and len(place) > 2 and not _beside(place)}
    strays = any(place[0] == SERVICES and len(place) <= 2 for place in parts)
    if strays or EVERY_IMAGE & {place[0] for place in parts} or places - packages.manifests - packages.uses.keys():
        return set(packages.images)
    return {service for service in packages.images if packages.made_of(service) & places}


def _beside(place: list[str]) -> bool:
    """Tell whether a package's file is in no image: its tests, and what is written about it."""
    return place[2] == "tests" or place[-1].endswith(".md")


def _bumped(git: Git, head: str, services: list[str]) -> dict[str, str]:
    """Find what each service's newest image on dev was built from; empty where it isn't known."""
    if git.is_shallow():
        terminal.note("history is missing in this clone: everything is built (git fetch --unshallow)")
        return dict.fromkeys(services, "")
    git.command("log", "--format=%h %s", head, "--", FIRST.images).show()
    running = _running(git, head)
    bumps = [deploy for deploy in history.history(git, FIRST, head).deploys if deploy.images]
    newest: dict[str, str] = {}
    for deploy in reversed(bumps):
        newest |= {service: image.source for service, image in deploy.images.items() if service in running}
    known = {service: source for service, source in newest.items() if git.is_ancestor(source, head)}
    return {service: known.get(service, "") for service in services}


def _running(git: Git, head: str) -> set[str]:
    """Name the services that dev runs; a fork begins with none, and upstream's bumps in its history."""
    try:
        now = images.at(git, head, FIRST.images)
    except Failure:  # edited by hand, or not there: what runs isn't known
        return set()
    return {service for service in now.services() if now[service].digest}


def since(git: Git, base: str, head: str, packages: Packages) -> set[str]:
    """Name the services that differ between two commits.

    Args:
        git: The checkout.
        base: The older; empty where it isn't known.
        head: The newer; what only the older has doesn't count.
        packages: The newer's.

    Returns:
        Names; all of them where the two can't be compared.
    """
    if not base:
        return set(packages.images)
    old = git.commit(base)
    if not old or not git.holds("merge-base", old, head):
        terminal.note(f"{base} can't be compared with {short(head)} here: everything is built")
        return set(packages.images)
    # A file that was moved counts in both places. -z: names in Korean stay as they are.
    paths = git.ask("diff", "--name-only", "--no-renames", "-z", f"{old}...{head}").split("\0")
    return touched(filter(None, paths), packages)
