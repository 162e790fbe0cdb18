"""`blogctl deploy promote`: what runs in one environment goes to the next, in one commit, and nothing is rebuilt."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from blogctl import terminal
from blogctl.command import Command
from blogctl.deploy import history, images, mainline
from blogctl.deploy.check import skipped
from blogctl.deploy.environment import WAY, Environment, before, environment
from blogctl.deploy.images import Image, Images
from blogctl.deploy.signature import Signatures, signatures
from blogctl.failure import Failure
from blogctl.git import Git, short

REQUEST_SECONDS = 120
Way = tuple[Environment, Environment]


@dataclass(frozen=True)
class Promotion:
    """What an environment is to run that it doesn't run yet."""

    origin: Environment
    target: Environment
    images: dict[str, Image]  # by service

    @property
    def subject(self) -> str:
        """The commit's first line."""
        sources: dict[str, list[str]] = {}
        for service, image in self.images.items():
            sources.setdefault(short(image.source), []).append(service)
        return f"{self.target.name}: " + ", ".join(f"{', '.join(names)} {source}" for source, names in sources.items())

    @property
    def trailers(self) -> list[str]:
        """What history.py reads. Each source follows its image: git leaves out one that equals the line above."""
        pairs = [
            trailer
            for service, image in self.images.items()
            for trailer in (f"{history.IMAGE}: {service}@{image.digest}", f"{history.SOURCE}: {image.source}")
        ]
        return [f"{history.ENVIRONMENT}: {self.target.name}", *pairs]

    def branch(self, git: Git) -> str:
        """Name the branch of its pull request, after the newest commit that it brings."""
        sources = sorted({image.source for image in self.images.values()})
        newest = git.ask("rev-list", "--max-count=1", "--topo-order", *sources)
        return f"promote-{self.target.name}-{short(newest)}"


def promote(origin: str, target: str, services: Sequence[str], *, push: bool, verify: str, dry_run: bool) -> str:
    """Copy the digests that run in one environment to the next.

    Args:
        origin: Name of the environment that they ran in.
        target: Name of the one that comes after it.
        services: Which; none for all that are deployed there.
        push: Whether to push the commit to main; else it becomes a branch, and a pull request where `gh` is on PATH.
        verify: Further options of `cosign verify`.
        dry_run: Print the lines, and do nothing.

    Returns:
        The commit, the branch or the pull request's address; empty when there was nothing to do.

    Raises:
        Failure: Something of it can't be; then nothing has changed, here or there.
    """
    git = Git.here(dry_run=dry_run)
    way = _way(git, origin, target)
    signed = signatures(git.root, verify, dry_run=dry_run)
    git.ask("var", "GIT_COMMITTER_IDENT")  # says so before anything is written
    git.run("fetch", "--quiet", "origin", mainline.BRANCH)  # what runs was written by CI, not here
    onto = mainline.require(git, push=True)
    if push:
        made = mainline.publish(git, lambda: _apply(git, way, services, signed), onto=onto, push=True)
        answer = "" if dry_run or not made else git.ask("log", "-1", "--format=%h %s")
    else:
        promotion = _promotion(git, way, services, signed, onto)
        made = bool(promotion.images)
        answer = _propose(git, promotion, onto) if made else ""
    if not made:
        terminal.note("nothing to do")
    return answer


def _way(git: Git, origin: str, target: str) -> Way:
    """Check that an environment comes right after another."""
    start, goal = environment(git.root, origin), environment(git.root, target)
    if before(goal) != start:
        raise Failure(f"nothing goes from {origin} to {target}: the way is {', then '.join(WAY)}")
    return start, goal


def _promotion(git: Git, way: Way, services: Sequence[str], signed: Signatures, revision: str = "HEAD") -> Promotion:
    """Find what is to be copied, and hold it against history and its signers."""
    there, here = (images.at(git, revision, place.images) for place in way)
    pasts = [history.history(git, place, revision) for place in way]
    for file, past, place in zip((there, here), pasts, way, strict=True):
        history.check(file, past, place)
    start, goal = way
    found: dict[str, Image] = {}
    for service in _wanted(there, start, services):
        image, digest = there[service], there[service].digest
        if service not in here.services():
            raise Failure(f"no such service in {goal.name}: {service}; it has: {', '.join(here.services())}")
        if digest is None or here[service] == image:
            terminal.note(f"{service} {short(image.source)} is in {goal.name} already")
        elif complaint := skipped(git, start, pasts[0], service, image) or signed.complaint(here.name(service), digest):
            raise Failure(f"{service} {digest.short} of {short(image.source)} can't go to {goal.name}: {complaint}")
        else:
            found[service] = image
    missing = [service for service in here.services() if here[service].digest is None and service not in found]
    if missing and found:
        terminal.note(f"{goal.name} can't start {', '.join(missing)}: never deployed there, promote them too")
    return Promotion(start, goal, found)


def _wanted(there: Images, start: Environment, services: Sequence[str]) -> list[str]:
    """Name the services to promote: those that were asked for, or all that run."""
    running = [service for service in there.services() if there[service].digest]
    if absent := [service for service in dict.fromkeys(services) if service not in running]:
        raise Failure(f"not deployed in {start.name}: {', '.join(absent)}; it runs: {', '.join(running) or 'nothing'}")
    if not running:
        raise Failure(f"{start.name} was never deployed: there is nothing to promote")
    return [service for service in running if service in services or not services]


def _apply(git: Git, way: Way, services: Sequence[str], signed: Signatures) -> bool:
    """Make the commit on what is checked out; tell whether there was one to make."""
    promotion = _promotion(git, way, services, signed)
    if promotion.images:
        _commit(git, promotion)
    return bool(promotion.images)


def _commit(git: Git, promotion: Promotion) -> None:
    path = promotion.target.images
    if not git.dry_run:
        file = images.read(git.root, path)
        for service, image in promotion.images.items():
            if image.digest:
                file.deploy({service: image.digest}, image.source)
        (git.root / path).write_text(file.text(), "utf-8")
    options = [f"--trailer={trailer}" for trailer in promotion.trailers]
    git.run("commit", "--quiet", f"--message={promotion.subject}", *options, "--", path)


def _propose(git: Git, promotion: Promotion, onto: str) -> str:
    """Make a branch of one commit, push it, and go back to where the checkout was."""
    branch = promotion.branch(git)
    if git.commit(f"refs/heads/{branch}") or git.ask("ls-remote", "origin", f"refs/heads/{branch}"):
        raise Failure(f"{branch} is there already: merge its pull request, or delete it here and at origin, then again")
    start = git.ask("branch", "--show-current")
    back = (start,) if start else ("--detach", git.ask("rev-parse", "HEAD"))
    git.run("switch", "--quiet", "--no-track", "--create", branch, onto)
    try:
        _commit(git, promotion)
        git.run("push", "--quiet", "origin", branch)
    except BaseException:
        git.run("switch", "--quiet", "--discard-changes", *back)
        git.run("branch", "--quiet", "--delete", "--force", branch)
        raise
    git.run("switch", "--quiet", *back)
    return _request(git, promotion, branch)


def _request(git: Git, promotion: Promotion, branch: str) -> str:
    """Open the pull request, as whoever `gh` is logged in as."""
    if not shutil.which("gh"):
        terminal.note(f"gh isn't on PATH: open the pull request of {branch} yourself")
        return "" if git.dry_run else branch
    body = f"What runs in {promotion.origin.name} goes to {promotion.target.name}; nothing is rebuilt."
    options = ("--base", mainline.BRANCH, "--head", branch, "--title", promotion.subject, "--body", body)
    command = Command(("gh", "pr", "create", *options))
    command.show()
    if git.dry_run:
        return ""
    try:
        return command.output(within=REQUEST_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        lines = str(getattr(error, "stderr", "") or error).strip().splitlines()
        raise Failure(f"{branch} is pushed, and has no pull request yet: gh: {lines[-1]}") from error
