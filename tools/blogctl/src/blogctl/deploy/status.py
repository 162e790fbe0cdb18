"""`blogctl deploy status`: where a commit is, from git to the pods."""

import json
import time
from dataclasses import dataclass, replace

from rich.table import Table
from rich.text import Text

from blogctl import terminal
from blogctl.deploy import application, mainline, place, workload
from blogctl.deploy.environment import Environment, environment, environments
from blogctl.deploy.kubectl import Kubectl, NoAnswer
from blogctl.deploy.place import Place
from blogctl.deploy.verdict import State, Verdict
from blogctl.failure import Failure
from blogctl.git import Git, GitFailure, short

LOOK_SECONDS = 2.0
STEADY_LOOKS = 3  # an end has to be seen so often: between two syncs the old one's failure can still be seen
WIDTH = 100  # columns that a table may have where there is no terminal
COLOURS = {State.LIVE: "green", State.STOPPED: "red", State.NEVER: "dim"}


@dataclass(frozen=True)
class Status:
    """Where everything is at one moment."""

    commit: str  # asked for; empty for the newest deploys
    cluster: bool
    places: list[Place]

    def json(self) -> str:
        """Give it for other programs."""
        found = [place.as_json(each) for each in self.places]
        answer = {"commit": self.commit or None, "cluster": self.cluster, "environments": found}
        return json.dumps(answer, ensure_ascii=False, indent=2)

    def lines(self) -> list[Text]:
        """Say how far each environment is."""
        names = max(len(each.environment.name) for each in self.places)
        return [
            Text.assemble(
                f"{each.environment.name:{names}}  ",
                (str(each.verdict), COLOURS.get(each.verdict.state, "yellow")),
                (f"  {_argo(each)}", "dim"),
            )
            for each in self.places
        ]

    def table(self) -> Table:
        """Give what each service runs, for a person; empty where nothing is deployed."""
        table = Table(box=None, pad_edge=False)
        for heading in ("", "service", "commit", "image", "bump", "pods: ready, commit"):
            table.add_column(heading, no_wrap=True)
        for each in filter(lambda seen: seen.wanted, self.places):
            for service in each.images.services():
                table.add_row(
                    each.environment.name, service, *_git(each, service), _pods(each, service, cluster=self.cluster)
                )
        return table


@dataclass
class Look:
    """What is looked at, and by what."""

    git: Git
    commit: str
    environments: list[Environment]
    kubectl: Kubectl

    def now(self, *, versions: bool) -> Status:
        """Look at git and the cluster.

        Args:
            versions: Whether pods are asked for their commit too, which takes longer.

        Raises:
            Failure: An environment's file of images was edited by hand.
        """
        revision = self._fetched()
        found = [place.at(self.git, each, revision) for each in self.environments]
        try:
            known = application.applications(self.kubectl, self.environments)
            cluster: Kubectl | None = self.kubectl
            places = [place.seen(self.git, each, self.commit, cluster, known) for each in found]
        except NoAnswer as error:
            terminal.note(f"no cluster: {error}", style="yellow")
            cluster = None
            places = [place.seen(self.git, each, self.commit, None, {}) for each in found]
        places = [self._judged(each, revision) for each in places]
        return Status(self.commit, cluster is not None, [self._asked(each) for each in places] if versions else places)

    def _judged(self, seen: Place, revision: str) -> Place:
        """Let what git lacks come before what the cluster says."""
        lacks = place.missing(self.git, seen, self.commit, revision) if self.commit and seen.wanted else None
        return replace(seen, verdict=lacks) if lacks else seen

    def _asked(self, seen: Place) -> Place:
        asked = {
            service: workload.with_versions(self.kubectl, seen.namespace, each)
            for service, each in seen.running.workloads.items()
        }
        return replace(seen, running=replace(seen.running, workloads=asked))

    def _fetched(self) -> str:
        """Fetch, and give the revision to read; without an origin, what is checked out."""
        try:
            self.git.ask("fetch", "--quiet", "origin", mainline.BRANCH)
        except GitFailure as error:
            terminal.note(f"{error}: reading what is here", style="yellow")
            return mainline.TRACKED if self.git.commit(mainline.TRACKED) else "HEAD"
        return self.git.ask("rev-parse", "FETCH_HEAD")


def status(*, commit: str, env: str, dry_run: bool = False) -> Status | None:
    """Tell where a commit is, or the newest deploys.

    Args:
        commit: Which; empty for the newest deploys.
        env: Only this environment; empty for all.
        dry_run: Only print the lines.

    Returns:
        What git and the cluster say; None in a dry run. Without a cluster, what git says.

    Raises:
        Failure: There is no such commit or environment.
    """
    look = _look(commit, env)
    if dry_run:
        _show(look)
        return None
    _announce(look.git)
    return look.now(versions=True)


def watch(*, commit: str, env: str, within: float) -> Status:
    """Follow a commit, or the newest deploy, until it is live.

    Args:
        commit: Which; empty for the newest deploy.
        env: In which environment.
        within: Seconds to follow it.

    Returns:
        The last look.

    Raises:
        Failure: It has stopped, isn't live by then, or no cluster answers.
    """
    look = _look(commit, env)
    _announce(look.git)
    began, last, steady, blind = time.monotonic(), Verdict(State.NEVER, "-"), 0, 0
    while True:
        now = look.now(versions=False)
        verdict = now.places[0].verdict
        took = time.monotonic() - began
        if verdict != last:
            terminal.note(f"{took:5.0f} s  {env}: {verdict}")
        steady = steady + 1 if verdict.state is last.state else 1
        last = verdict
        blind = 0 if now.cluster else blind + 1
        if blind >= STEADY_LOOKS:
            raise Failure("no cluster answers, so nothing can be followed: set KUBECONFIG")
        if verdict.state is State.LIVE:
            return look.now(versions=True)
        if verdict.state is State.STOPPED and steady >= STEADY_LOOKS:
            raise Failure(f"{env} has stopped: {verdict.why}")
        if took > within:
            raise Failure(f"not live after {within:.0f} s: {verdict}")
        time.sleep(LOOK_SECONDS)


def _look(commit: str, env: str) -> Look:
    git = Git.here()
    name = git.commit(commit) if commit else ""
    if commit and not name:
        raise Failure(f"no such commit here: {commit}; git fetch, then again")
    if git.is_shallow():
        raise Failure("history is missing in this clone: git fetch --unshallow")
    places = [environment(git.root, env)] if env else environments(git.root)
    return Look(git, name, places, Kubectl())


def _announce(git: Git) -> None:
    git.command("fetch", "origin", mainline.BRANCH).show()


def _show(look: Look) -> None:
    """Print the lines that a look would run."""
    _announce(look.git)
    lines = [f"git log origin/{mainline.BRANCH} -- {each.images}" for each in look.environments]
    namespaces = [place.at(look.git, each, "HEAD").namespace for each in look.environments]
    lines.append(f"kubectl get {application.KIND} -n {application.NAMESPACE} -o json")
    lines += [f"kubectl get deployments,pods -n {namespace} -o json" for namespace in namespaces]
    for line in lines:
        terminal.note(line, style="dim")


def _argo(seen: Place) -> str:
    found = seen.application
    return f"Argo CD: {short(found.revision)} {found.sync} {found.health}" if found else ""


def _git(seen: Place, service: str) -> tuple[str, str, str]:
    """Name the commit, the image and the bump."""
    image, bump = seen.images[service], seen.bump(service)
    if not image.digest:
        return "never deployed", "", ""
    return short(image.source), image.digest.short, short(bump.commit) if bump else ""


def _pods(seen: Place, service: str, *, cluster: bool) -> str:
    """Say how many pods are ready, and what they run: their commit, or the image's digest where /version is silent."""
    if not cluster:
        return "no cluster"
    if service not in seen.running.workloads:
        return ""
    pods = seen.running.workloads[service].pods
    runs = sorted({short(pod.git_sha) or f"@{pod.digest[7:14]}" for pod in pods})
    return f"{sum(pod.ready for pod in pods)}/{len(pods)} {' '.join(runs)}".strip()
