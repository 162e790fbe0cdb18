"""`blogctl deploy check`: every image came the whole way, whoever wrote it into an environment's file."""

from collections.abc import Iterator

from blogctl.deploy import history, images
from blogctl.deploy.environment import Environment, before, environments
from blogctl.deploy.history import History
from blogctl.deploy.images import Image
from blogctl.deploy.signature import Signatures, signatures
from blogctl.failure import Failure
from blogctl.git import Git, short


def check(*, verify: str, dry_run: bool) -> list[str]:
    """Hold what is checked out against its history, and promoted images against their signers.

    An image of dev came by a bump; one of staging was in dev before, and one of prod in staging. What an environment
    took back later doesn't count against those that it had let go on.

    Args:
        verify: Further options of `cosign verify`.
        dry_run: Only print the lines.

    Returns:
        A line for each image that is not as it should be; none in a dry run.

    Raises:
        Failure: It can't be found out.
    """
    git = Git.here(dry_run=dry_run)
    if git.is_shallow():
        raise Failure("history is missing in this clone: git fetch --unshallow (fetch-depth: 0 in actions/checkout)")
    signed = signatures(git.root, verify, dry_run=dry_run)
    found = [line for place in environments(git.root) for line in _violations(git, place, signed)]
    return [] if dry_run else found


def _violations(git: Git, place: Environment, signed: Signatures) -> Iterator[str]:
    git.command("log", "--format=%h %s", "HEAD", "--", place.images).show()
    try:
        file = images.at(git, "HEAD", place.images)
    except Failure as edited:
        yield str(edited)
        return
    past = history.history(git, place)
    yield from history.edits(file, past, place)
    if before(place) is None:
        return
    for service in file.services():
        image = file[service]
        if image.digest is None:
            continue
        complaint = signed.complaint(file.name(service), image.digest)
        for wrong in (skipped(git, place, past, service, image), complaint):
            if wrong:
                yield f"{place.name}: {service} {image.digest.short} of {short(image.source)}: {wrong}"


def skipped(git: Git, place: Environment, past: History, service: str, image: Image) -> str:
    """Say that an image wasn't in the environment before, at the time that it came; empty when it was.

    Args:
        git: A checkout, with all its history.
        place: Where the image is.
        past: Its deploys.
        service: Whose image.
        image: Which.
    """
    start, deploy = before(place), past.bump(service)
    if start is None or deploy is None or deploy.images[service] != image:
        return ""  # nothing comes before it; or an edit by hand, which history.edits tells
    bumps = history.history(git, start, deploy.commit).bumps(service)
    commits = [bump.commit for bump in bumps if bump.images[service] == image]
    if any(images.at(git, commit, start.images).get(service) == image for commit in commits):
        return ""
    return f"it was not in {start.name} when {short(deploy.commit)} brought it to {place.name}; git revert that"
