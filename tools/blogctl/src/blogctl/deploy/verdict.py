"""How far a commit has come in an environment."""

from dataclasses import dataclass
from enum import StrEnum

from blogctl.deploy.application import Application
from blogctl.deploy.workload import Pod, Running, Workload
from blogctl.git import Git, short


class State(StrEnum):
    """The way of a commit; `stopped` is where it won't go on by itself."""

    NEVER = "never deployed"
    UNBUILT = "not built yet"
    UNPROMOTED = "not promoted yet"
    BUMPED = "bumped"
    SYNCING = "syncing"
    LIVE = "live"
    STOPPED = "stopped"
    UNKNOWN = "no cluster"


@dataclass(frozen=True)
class Verdict:
    """Where it is, and what it waits for or why it has stopped."""

    state: State
    why: str = ""

    def __str__(self) -> str:
        """Give it as a person reads it."""
        return f"{self.state}: {self.why}" if self.why else str(self.state)


def judge(git: Git, target: str, application: Application | None, running: Running, wanted: dict[str, str]) -> Verdict:
    """Tell how far the cluster is with a commit that is in the environment's files.

    Args:
        git: The checkout.
        target: What Argo CD has to have synced: the deploy, or a later commit.
        application: What Argo CD says; None where it has no such Application.
        running: What the pods run.
        wanted: What they shall run: digests by service.
    """
    if application is None:
        return Verdict(State.BUMPED, "Argo CD has no Application for it: make gitops")
    reached = git.is_ancestor(target, application.syncing)
    compared = git.is_ancestor(target, application.revision)
    mine = {name: each for name, each in running.workloads.items() if each.digest == wanted.get(name)}
    trouble = _trouble(mine, [pod for pod in running.failed_jobs if pod.digest in wanted.values()])
    unreadable = "" if compared else next(iter(application.errors), "")
    if why := _stopped(application, mine, trouble) if reached else unreadable:
        return Verdict(State.STOPPED, why)
    if application.phase == "Running" and not reached:
        return Verdict(State.BUMPED, _busy(application, running.workloads))
    if not compared:
        there = short(application.revision) or "nothing yet"
        return Verdict(State.BUMPED, f"Argo CD has seen {there}, and looks every 30 s where no webhook reaches it")
    left = _unfinished(application, running.workloads, wanted)
    return Verdict(State.SYNCING, "; ".join(filter(None, [left, trouble]))) if left else Verdict(State.LIVE)


def _stopped(application: Application, workloads: dict[str, Workload], trouble: str) -> str:
    """Say why a sync won't go on; empty while it does."""
    given_up = next((f"{name}: {each.given_up}" for name, each in workloads.items() if each.given_up), "")
    if application.phase in {"Failed", "Error"}:
        return trouble or application.message
    if application.phase == "Succeeded" and application.health == "Degraded":
        return trouble or given_up or "Degraded"
    return (trouble or given_up) if given_up else ""


def _busy(application: Application, workloads: dict[str, Workload]) -> str:
    """Say what Argo CD waits for before it takes a newer commit: a rollout that doesn't go on ends by its deadline."""
    deadline = max((each.deadline_seconds for each in workloads.values()), default=0)
    at = f"at {short(application.syncing)}" if application.syncing else "busy"  # between two tries it names no commit
    waits = f"Argo CD is still {at} ({application.message})"
    return (
        f"{waits}; a rollout there ends at the latest after progressDeadlineSeconds, {deadline} s"
        if deadline
        else waits
    )


def _unfinished(application: Application, workloads: dict[str, Workload], wanted: dict[str, str]) -> str:
    """Say what isn't done yet; empty when all is."""
    if application.phase == "Running":
        waits = application.message or "Argo CD syncs"
        deadline = max((each.deadline_seconds for each in workloads.values()), default=0)
        return f"{waits}, at most {deadline} s (progressDeadlineSeconds)" if "/Deployment/" in waits else waits
    for name, each in workloads.items():
        if each.digest != wanted.get(name):
            return f"{name} has another image still"
        ready = sum(pod.ready and pod.digest == each.digest for pod in each.pods)
        if not each.complete or ready < len(each.pods):
            return f"{ready} of {len(each.pods)} pods of {name} run it and are ready, at most {each.deadline_seconds} s"
    if (application.sync, application.health) != ("Synced", "Healthy"):
        return f"{application.sync}, {application.health}"
    return ""


def _trouble(workloads: dict[str, Workload], jobs: list[Pod]) -> str:
    """Name the first pod of the new version that doesn't run, and why."""
    pods = [pod for each in workloads.values() for pod in each.pods if pod.digest == each.digest and not pod.ready]
    return next((f"{pod.name}: {pod.trouble}" for pod in (*pods, *jobs) if pod.trouble), "")
