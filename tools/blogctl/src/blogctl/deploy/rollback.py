"""`blogctl deploy rollback`: `git revert` of a bump, pushed."""

from blogctl import terminal
from blogctl.deploy import history, images, mainline
from blogctl.deploy.environment import Environment, environment
from blogctl.deploy.history import Deploy, History
from blogctl.failure import Failure
from blogctl.git import Git, GitFailure, short


def rollback(*, env: str, commit: str, push: bool, dry_run: bool) -> str:
    """Revert a bump of an environment, and push.

    The newest bump that isn't taken back yet: rolling back twice goes back two bumps. The first deploy can't be rolled
    back, because nothing ran before it. What other people push meanwhile stays, unless it deploys the same service.

    Args:
        env: Name of the environment.
        commit: Which bump; empty for the newest.
        push: Whether to push.
        dry_run: Print the lines, and do nothing.

    Returns:
        The commit, short name and subject; empty when there was nothing to do.

    Raises:
        Failure: Something of it can't be; then nothing has changed, here or there.
    """
    git = Git.here(dry_run=dry_run)
    place = environment(git.root, env)
    git.ask("var", "GIT_COMMITTER_IDENT")  # says so before anything is written
    if push:
        git.run("fetch", "--quiet", "origin", mainline.BRANCH)  # the newest bump was made by CI, not here
    onto = mainline.require(git, push=push)
    bump = _chosen(git, place, onto, commit)
    if not mainline.publish(git, lambda: _apply(git, place, bump), onto=onto, push=push):
        terminal.note("nothing to do")
        return ""
    return "" if dry_run else git.ask("log", "-1", "--format=%h %s")


def _chosen(git: Git, place: Environment, onto: str, commit: str) -> Deploy:
    """Find the bump to take back."""
    past = history.history(git, place, onto)
    if not commit:
        now = images.at(git, onto, place.images)
        for bump in past.bumps():
            if any(now.get(service) == image for service, image in bump.images.items()):
                return bump
        raise Failure(f"{place.name} was never deployed: there is no bump to roll back")
    name = git.commit(commit)
    for deploy in past.deploys:
        if deploy.images and deploy.commit == name:
            return deploy
    raise Failure(f"{commit} is no bump of {place.name}: git log {place.images} has them")


def _apply(git: Git, place: Environment, bump: Deploy) -> bool:
    """Make the commit on what is checked out; tell whether there was one to make."""
    past = history.history(git, place)
    if bump.commit in past.taken_back:
        terminal.note(f"{short(bump.commit)} was rolled back by {short(past.taken_back[bump.commit].commit)}")
        return False
    history.check(images.read(git.root, place.images), past, place)
    _possible(git, place, past, bump)
    try:
        git.run("revert", "--no-edit", bump.commit)
    except GitFailure as failure:
        git.run("revert", "--abort")
        raise Failure(
            f"{short(bump.commit)} can't be reverted on its own: {place.images} has changed there"
        ) from failure
    git.run("commit", "--quiet", "--amend", "--no-edit", f"--trailer={history.ENVIRONMENT}: {place.name}")
    return True


def _possible(git: Git, place: Environment, past: History, bump: Deploy) -> None:
    """Check that every service of the bump has something to go back to, and runs what the bump brought."""
    before = images.at(git, f"{bump.commit}^", place.images)
    for service in bump.images:
        newest = past.bump(service)
        if newest and newest.commit != bump.commit:
            raise Failure(f"{service} was deployed again by {short(newest.commit)}: roll that back first")
        if before.get(service).digest is None:
            raise Failure(f"{short(bump.commit)} is the first deploy of {service}: there is nothing to go back to")
