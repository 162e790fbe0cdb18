"""What was deployed, by the trailers of the commits that changed an environment's images.

A bump or a promotion says `Deploy-Environment`, `Deploy-Image` (one a service) and `Source-Commit` (one for all, or one
an image in the same order). A rollback is the revert of one, told by git's own sentence, so that `git revert` typed by
hand is one too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from blogctl.deploy.digest import Digest
from blogctl.deploy.environment import Environment
from blogctl.deploy.images import Image, Images
from blogctl.failure import Failure
from blogctl.git import Git, short

ENVIRONMENT, IMAGE, SOURCE = "Deploy-Environment", "Deploy-Image", "Source-Commit"
REVERTS = re.compile(r"^This reverts commit ([0-9a-f]{7,40})", re.MULTILINE)
FIELD, RECORD = "\x1f", "\x1e"


@dataclass(frozen=True)
class Deploy:
    """A commit that changed what an environment runs."""

    commit: str
    at: str  # ISO 8601
    images: dict[str, Image]  # by service; none in a rollback
    reverts: str  # the commit that it takes back; empty unless it's a rollback


@dataclass(frozen=True)
class History:
    """An environment's deploys, newest first, and which of them still hold."""

    deploys: list[Deploy]
    taken_back: dict[str, Deploy]  # by the commit that was reverted

    def bumps(self, service: str = "") -> Iterator[Deploy]:
        """Give the bumps that no later revert took back, newest first."""
        for deploy in self.deploys:
            holds = deploy.images and deploy.commit not in self.taken_back
            if holds and (not service or service in deploy.images):
                yield deploy

    def bump(self, service: str) -> Deploy | None:
        """Give the bump that decides what a service runs."""
        return next(self.bumps(service), None)


def history(git: Git, environment: Environment, revision: str = "HEAD") -> History:
    """Read an environment's history.

    Args:
        git: A checkout, with all its history.
        environment: Of which.
        revision: Up to where.
    """
    trailers = [f"%(trailers:key={key},valueonly,separator=%x20)" for key in (ENVIRONMENT, IMAGE, SOURCE)]
    layout = "%x1f".join(["%H", "%cI", *trailers, "%B"]) + "%x1e"
    said = git.ask("log", "--no-show-signature", f"--format={layout}", revision, "--", environment.images)
    records = [record.lstrip("\n").split(FIELD) for record in said.split(RECORD) if record.strip()]
    deploys = [deploy for record in records if (deploy := _deploy(record, environment))]
    deploys = [known for deploy in deploys if (known := _of_a_deploy(deploy, deploys))]
    taken_back: dict[str, Deploy] = {}
    for deploy in deploys:
        if deploy.reverts and deploy.commit not in taken_back:
            taken_back[deploy.reverts] = deploy
    return History(deploys, taken_back)


def check(images: Images, past: History, environment: Environment) -> None:
    """Hold the file against its history: whatever runs was brought by a bump or a promotion.

    Raises:
        Failure: Somebody changed it by hand.
    """
    for edit in edits(images, past, environment):
        raise Failure(edit)


def edits(images: Images, past: History, environment: Environment) -> Iterator[str]:
    """Say of each service whose image no deploy brought that somebody changed it by hand, and what to do."""
    for service in images.services():
        image, bump = images[service], past.bump(service)
        if image.digest is None:
            continue  # as `blogctl fork init` leaves it
        if bump is None or image != bump.images[service]:
            yield (
                f"{environment.images} was edited by hand: no deploy brought {service} {image.digest.short} of "
                f"{short(image.source)}; git revert the commit that did (git log -p {environment.images}), then again"
            )


def _deploy(record: list[str], environment: Environment) -> Deploy | None:
    commit, at, environments, named, sources, message = record
    if found := REVERTS.search(message):
        return Deploy(commit, at, {}, found[1])
    if environments.split() != [environment.name]:
        return None
    return Deploy(commit, at, _images(named.split(), sources.split()), "")


def _of_a_deploy(deploy: Deploy, deploys: list[Deploy]) -> Deploy | None:
    """Leave out the revert of anything else, and name what is reverted in full (revert.reference gives it short)."""
    if not deploy.reverts:
        return deploy
    reverted = next((each.commit for each in deploys if each.commit.startswith(deploy.reverts)), "")
    return replace(deploy, reverts=reverted) if reverted else None


def _images(named: list[str], sources: list[str]) -> dict[str, Image]:
    each = sources if len(sources) == len(named) else sources[:1] * len(named)
    pairs = [(name.split("@", 1), source) for name, source in zip(named, each, strict=False) if "@" in name]
    return {service: Image(source, Digest(digest)) for (service, digest), source in pairs}
