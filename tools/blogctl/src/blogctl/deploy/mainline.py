"""A change of main that is one commit: made on the newest head, pushed, and never half there."""

from collections.abc import Callable

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from blogctl import terminal
from blogctl.failure import Failure
from blogctl.git import Git, GitFailure

BRANCH = "main"
TRACKED = f"refs/remotes/origin/{BRANCH}"
ATTEMPTS = 10  # each that fails means that somebody else's push arrived
LONGEST_WAIT_SECONDS = 3.0
LOCKED = ("cannot lock ref", "failed to update ref")  # another push is at it this moment


class Overtaken(Failure):
    """Another push arrived first."""


def require(git: Git, *, push: bool) -> str:
    """Check that a commit made here can only be the next one of main.

    A branch that is known to be behind is refused, because the commit would be made by what a person doesn't see. What
    arrives later is no fault: `publish` goes on from there. A detached head, as CI checks out, goes to origin's.

    Args:
        git: The checkout.
        push: Whether the commit is to be pushed, and nothing else with it.

    Returns:
        The commit to go on from.

    Raises:
        Failure: There are changes, another branch is checked out, or main isn't what origin has.
    """
    if git.ask("status", "--porcelain", "--untracked-files=no"):
        raise Failure("there are uncommitted changes: commit them or git stash, then again")
    if git.is_shallow():
        raise Failure("history is missing in this clone: git fetch --unshallow (fetch-depth: 0 in actions/checkout)")
    branch = git.ask("branch", "--show-current")
    if branch not in {"", BRANCH}:
        raise Failure(f"{branch} is checked out, and a deploy is a commit of {BRANCH}: git switch {BRANCH}")
    if not git.commit(TRACKED):
        raise Failure(f"this clone knows no origin/{BRANCH}: git fetch origin {BRANCH}")
    ahead, behind = (int(n) for n in git.ask("rev-list", "--left-right", "--count", f"HEAD...{TRACKED}").split())
    if ahead and behind:
        raise Failure(f"HEAD and origin/{BRANCH} have diverged: git pull --rebase, then again")
    if ahead and push:
        raise Failure(f"HEAD has commits that origin/{BRANCH} doesn't have: git push origin HEAD:{BRANCH}, then again")
    if behind and branch:
        raise Failure(f"{BRANCH} is behind origin/{BRANCH}: git pull --ff-only, then again")
    return git.commit(TRACKED if behind else "HEAD")


def publish(git: Git, change: Callable[[], bool], *, onto: str, push: bool) -> bool:
    """Make a commit and push it; where another push was first, make it again on that head.

    Args:
        git: The checkout.
        change: Makes the commit on what is checked out, and tells whether there was one to make.
        onto: What `require` gave.
        push: Whether to push it.

    Returns:
        Whether there is a new commit.

    Raises:
        Failure: It can't be made or pushed; then the checkout is as it was.
    """
    start = git.ask("rev-parse", "HEAD")
    attempts = Retrying(
        retry=retry_if_exception_type(Overtaken),
        wait=wait_random_exponential(multiplier=0.1, max=LONGEST_WAIT_SECONDS),
        stop=stop_after_attempt(ATTEMPTS),
        reraise=True,
    )
    try:
        if onto != start:
            git.run("reset", "--quiet", "--keep", onto)
        return attempts(_attempt, git, change, push=push)
    except BaseException:
        _undo(git, start)
        raise


def _attempt(git: Git, change: Callable[[], bool], *, push: bool) -> bool:
    base = git.ask("rev-parse", "HEAD")
    if not change():
        return False
    if push:
        try:
            git.run("push", "origin", f"HEAD:{BRANCH}")
        except GitFailure as failure:
            _renew(git, base, failure)
            raise Overtaken(f"origin/{BRANCH} moved {ATTEMPTS} times while this was pushed: try again") from failure
    return True


def _renew(git: Git, base: str, failure: GitFailure) -> None:
    """Go to the head that was pushed meanwhile; without one the push has failed for good."""
    git.run("fetch", "--quiet", "origin", BRANCH)
    head = git.ask("rev-parse", "FETCH_HEAD")
    if head == base and not any(mark in str(failure) for mark in LOCKED):
        raise failure
    if not git.is_ancestor(base, head):
        raise Failure(f"origin/{BRANCH} doesn't hold what was checked out any more: git fetch, and look")
    terminal.note(f"origin/{BRANCH} has moved: once more, on its new head", style="yellow")
    git.run("reset", "--quiet", "--keep", head)


def _undo(git: Git, start: str) -> None:
    """Leave nothing half-made: there were no changes at the start, so none but ours are lost."""
    if git.ask("rev-parse", "HEAD") != start or git.ask("status", "--porcelain", "--untracked-files=no"):
        git.run("reset", "--quiet", "--hard", start)
