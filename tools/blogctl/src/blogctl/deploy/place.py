"""An environment as git, Argo CD and its pods tell it, at one moment."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from ruamel.yaml import YAML

from blogctl.ci import changed
from blogctl.ci.packages import Packages
from blogctl.deploy import history, images, mainline, workload
from blogctl.deploy.application import Application
from blogctl.deploy.environment import WAY, Environment
from blogctl.deploy.history import Deploy, History
from blogctl.deploy.images import Images
from blogctl.deploy.kubectl import Kubectl
from blogctl.deploy.verdict import State, Verdict, judge
from blogctl.deploy.workload import Running
from blogctl.git import Git, short

NEVER_DEPLOYED = Verdict(State.NEVER)


@dataclass(frozen=True)
class Place:
    """An environment, and what runs there."""

    environment: Environment
    namespace: str
    images: Images
    past: History
    application: Application | None = None
    running: Running = field(default_factory=Running)
    verdict: Verdict = NEVER_DEPLOYED

    @property
    def wanted(self) -> dict[str, str]:
        """The digests that git says, by service."""
        found = {service: self.images[service].digest for service in self.images.services()}
        return {service: str(digest) for service, digest in found.items() if digest}

    def bump(self, service: str) -> Deploy | None:
        """Give the commit that brought what git says of a service."""
        bump = self.past.bump(service)
        return bump if bump and bump.images[service] == self.images[service] else None


def at(git: Git, environment: Environment, revision: str) -> Place:
    """Read what git says of an environment.

    Raises:
        Failure: Its file of images was edited by hand.
    """
    overlay = YAML(typ="safe").load(git.ask("show", f"{revision}:{environment.overlay}"))
    return Place(
        environment=environment,
        namespace=str(overlay["namespace"]),
        images=images.at(git, revision, environment.images),
        past=history.history(git, environment, revision),
    )


def missing(git: Git, place: Place, commit: str, revision: str) -> Verdict | None:
    """Tell why a commit isn't in an environment's files; None when it is.

    Args:
        git: The checkout.
        place: What git says of the environment.
        commit: Full name.
        revision: The head that the environment is read at.
    """
    if not git.is_ancestor(commit, revision):
        return Verdict(State.UNBUILT, f"{short(commit)} is not on origin/{mainline.BRANCH}: git push")
    sources = {service: place.images[service].source for service in place.images.services()}
    behind = {name: source for name, source in sources.items() if not (source and git.is_ancestor(commit, source))}
    since = {source: _changed(git, source, commit) for source in set(behind.values())}
    lacking = [name for name, source in behind.items() if name in since[source]]
    if not lacking:
        return None
    for deploy in place.past.deploys:
        back = place.past.taken_back.get(deploy.commit)
        had = [name for name in lacking if name in deploy.images]
        if back and had and git.is_ancestor(commit, deploy.images[had[0]].source):
            return Verdict(State.STOPPED, f"{had[0]} {short(deploy.commit)} was rolled back by {short(back.commit)}")
    names = ", ".join(lacking)
    if place.environment.name == WAY[0]:
        return Verdict(State.UNBUILT, f"no bump brings it for {names}: the pipeline is at it, or has failed")
    return Verdict(State.UNPROMOTED, f"{names}: blogctl deploy promote")


def seen(git: Git, place: Place, commit: str, kubectl: Kubectl | None, applications: dict[str, Application]) -> Place:
    """Add what the cluster says, and judge.

    Args:
        git: The checkout.
        place: What git says.
        commit: How far has this come; empty for the newest deploy.
        kubectl: The cluster; None without one.
        applications: What Argo CD has, by environment.
    """
    if not place.wanted:
        return place
    if kubectl is None:
        return replace(place, verdict=Verdict(State.UNKNOWN))
    application = applications.get(place.environment.name)
    found = workload.running(kubectl, place.namespace, place.images.services())
    target = _newest(git, [commit, *(deploy.commit for deploy in place.past.deploys[:1])])
    verdict = judge(git, target, application, found, place.wanted)
    return replace(place, application=application, running=found, verdict=verdict)


def as_json(place: Place) -> dict[str, Any]:
    """Give it for other programs; members are added, never renamed."""
    application = place.application
    return {
        "name": place.environment.name,
        "namespace": place.namespace,
        "state": place.verdict.state,
        "why": place.verdict.why,
        "application": application
        and {
            "revision": application.revision,
            "sync": application.sync,
            "health": application.health,
            "operation": application.phase,
            "operation_revision": application.syncing,
            "message": application.message,
        },
        "services": [_service(place, service) for service in place.images.services()],
    }


def _service(place: Place, service: str) -> dict[str, Any]:
    image, bump, runs = place.images[service], place.bump(service), place.running.workloads.get(service)
    return {
        "name": service,
        "source": image.source or None,
        "digest": str(image.digest) if image.digest else None,
        "bump": bump.commit if bump else None,
        "bumped_at": bump.at if bump else None,
        "pods": [vars(pod) for pod in runs.pods] if runs else [],
    }


def _changed(git: Git, source: str, commit: str) -> set[str]:
    packages = Packages.at(git, commit)
    return changed.since(git, source, commit, packages) if source else set(packages.images)


def _newest(git: Git, commits: Iterable[str]) -> str:
    """Give the one that has the others in its history."""
    newest = ""
    for commit in filter(None, commits):
        newest = commit if not newest or git.is_ancestor(newest, commit) else newest
    return newest
