"""`blogctl deploy bump`: one commit that writes digests into an environment's images, and nothing else."""

from collections.abc import Sequence

from blogctl import terminal
from blogctl.deploy import history, images, mainline
from blogctl.deploy.digest import Digest
from blogctl.deploy.environment import Environment, environment
from blogctl.failure import Failure
from blogctl.git import Git, short


def bump(wanted: Sequence[str], *, env: str, source: str, push: bool, dry_run: bool) -> str:
    """Write digests, commit once, and push.

    A service that runs an image of a later commit is left alone: a run that was overtaken must not undo a newer one.

    Args:
        wanted: `SERVICE=sha256:…` each.
        env: Name of the environment.
        source: The commit that the images were built from.
        push: Whether to push.
        dry_run: Print the lines, and do nothing.

    Returns:
        The commit, short name and subject; empty when there was nothing to do.

    Raises:
        Failure: Something of it can't be; then nothing has changed, here or there.
    """
    digests = parse(wanted)
    git = Git.here(dry_run=dry_run)
    place = environment(git.root, env)
    commit = git.commit(source)
    if not commit:
        raise Failure(f"no such commit here: {source}; git fetch, or name another by --source")
    _known(git, place, digests)
    git.ask("var", "GIT_COMMITTER_IDENT")  # says so before anything is written
    onto = mainline.require(git, push=push)
    if not git.is_ancestor(commit, onto):
        raise Failure(f"{short(commit)} is not on {mainline.BRANCH}: what runs has to be built from a commit that is")
    if not mainline.publish(git, lambda: _apply(git, place, digests, commit), onto=onto, push=push):
        terminal.note("nothing to do")
        return ""
    return "" if dry_run else git.ask("log", "-1", "--format=%h %s")


def parse(wanted: Sequence[str]) -> dict[str, Digest]:
    """Read the arguments.

    Args:
        wanted: `SERVICE=sha256:…` each.

    Raises:
        Failure: One isn't of this form, or a service is there twice.
    """
    digests: dict[str, Digest] = {}
    for text in wanted:
        service, equals, digest = text.partition("=")
        if not (service and equals):
            raise Failure(f"not SERVICE=DIGEST: {text!r}")
        if service in digests:
            raise Failure(f"{service} is named twice")
        digests[service] = Digest.parse(digest)
    return digests


def _known(git: Git, place: Environment, digests: dict[str, Digest]) -> None:
    services = images.read(git.root, place.images).services()
    if unknown := [service for service in digests if service not in services]:
        raise Failure(f"no such service: {', '.join(unknown)}; {place.name} has: {', '.join(services)}")


def _apply(git: Git, place: Environment, digests: dict[str, Digest], source: str) -> bool:
    """Make the commit on what is checked out; tell whether there was one to make."""
    file = images.read(git.root, place.images)
    history.check(file, history.history(git, place), place)
    fresh = {name: digest for name, digest in digests.items() if _wanted(git, name, digest, file[name], source)}
    if not fresh:
        return False
    if not git.dry_run:
        file.deploy(fresh, source)
        (git.root / place.images).write_text(file.text(), "utf-8")
    subject = f"{place.name}: {', '.join(fresh)} {short(source)}"
    trailers = [
        f"{history.ENVIRONMENT}: {place.name}",
        *(f"{history.IMAGE}: {service}@{digest}" for service, digest in fresh.items()),
        f"{history.SOURCE}: {source}",
    ]
    options = [f"--trailer={trailer}" for trailer in trailers]
    git.run("commit", "--quiet", f"--message={subject}", *options, "--", place.images)
    return True


def _wanted(git: Git, service: str, digest: Digest, now: images.Image, source: str) -> bool:
    if now.digest == digest:
        terminal.note(f"{service} is at {digest.short} already")
        return False
    if now.source and now.source != source and git.is_ancestor(source, now.source):
        terminal.note(f"{service} is left alone: {short(now.source)}, which it runs, is newer than {short(source)}")
        return False
    return True
