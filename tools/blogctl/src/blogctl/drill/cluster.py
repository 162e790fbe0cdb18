"""The platform on a cluster, by kubectl: what a drill does to it is a line that a person can type."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from blogctl.command import Command
from blogctl.failure import Failure

NAMESPACE = "blog-platform"
MONGO = "mongo"  # the StatefulSet, its Service and its pods' label
Object = dict[str, Any]


@dataclass(frozen=True)
class Pod:
    """A pod as `kubectl get` tells it."""

    name: str
    app: str
    node: str
    ready: bool
    ended: bool
    going: bool
    restarts: int

    @classmethod
    def of(cls, said: Object) -> "Pod":
        """Read a pod's object."""
        status, metadata = said["status"], said["metadata"]
        conditions = {condition["type"]: condition["status"] for condition in status.get("conditions", [])}
        return cls(
            name=metadata["name"],
            app=metadata.get("labels", {}).get("app", ""),
            node=said["spec"].get("nodeName", ""),
            ready=conditions.get("Ready") == "True",
            ended=status["phase"] in {"Succeeded", "Failed"},
            going="deletionTimestamp" in metadata,
            restarts=sum(container["restartCount"] for container in status.get("containerStatuses", [])),
        )


@dataclass(frozen=True)
class Cluster:
    """The platform's namespace on the cluster in KUBECONFIG."""

    namespace: str = NAMESPACE
    dry_run: bool = False

    def run(self, *arguments: str, within: float = 120) -> str:
        """Print a kubectl line and run it; with `dry_run` only print it.

        Args:
            arguments: What follows `kubectl -n NAMESPACE`.
            within: Seconds that it may take.

        Returns:
            What it printed.

        Raises:
            Failure: It failed or took too long; carries what kubectl said.
        """
        return self.do(self._kubectl(*arguments), within=within)

    def do(self, command: Command, *, within: float) -> str:
        """Print any line and run it; with `dry_run` only print it."""
        command.show()
        return "" if self.dry_run else command.answer(within=within)

    def ask(self, *arguments: str, within: float = 30) -> str:
        """Run a kubectl line that only looks, without printing it."""
        return self._kubectl(*arguments).answer(within=within)

    def objects(self, *kinds_and_options: str) -> list[Object]:
        """Give the objects that `kubectl get` finds."""
        items: list[Object] = json.loads(self.ask("get", *kinds_and_options, "-o", "json"))["items"]
        return items

    def pods(self, app: str = "") -> list[Pod]:
        """Give the pods, of one app or all."""
        return [Pod.of(said) for said in self.objects("pods", *([f"--selector=app={app}"] if app else []))]

    def serving(self, app: str) -> list[Pod]:
        """Give the pods of an app that are ready and stay.

        Raises:
            Failure: There is none.
        """
        if pods := [pod for pod in self.pods(app) if pod.ready and not pod.going]:
            return pods
        raise Failure(f"no pod with app={app} is ready in {self.namespace}: kubectl get pods -n {self.namespace}")

    def primary(self) -> str:
        """Ask the replica set which pod is its primary; empty while it elects one."""
        for member in self.serving(MONGO):
            shell = ("exec", member.name, "-c", "mongod", "--", "mongosh", "--norc", "--quiet", "--eval")
            try:
                said = self.ask(*shell, "db.hello().primary ?? ''")
            except Failure:
                continue  # it is the one that has just been lost
            return said.partition(".")[0]
        return ""

    def unsettled(self) -> list[str]:
        """Name each Deployment and StatefulSet that has not all of its pods ready, in its newest version."""
        pods = [pod for pod in self.pods() if pod.ready and not pod.going]
        waiting = []
        for said in self.objects("deployments,statefulsets"):
            spec, status, metadata = said["spec"], said["status"], said["metadata"]
            wanted = spec["replicas"]
            ready = sum(pod.app == spec["selector"]["matchLabels"].get("app") for pod in pods)
            rolled_out = (
                status.get("observedGeneration") == metadata["generation"]
                and status.get("updatedReplicas", 0) == status.get("replicas", 0) == wanted
            )
            if ready != wanted or not rolled_out:
                waiting.append(f"{metadata['name']} {ready}/{wanted}")
        return waiting

    def settle(self, *, within: float) -> float:
        """Wait until every pod is there and ready.

        Args:
            within: Seconds to wait.

        Returns:
            Seconds it took.

        Raises:
            Failure: Something isn't ready by then; names it.
        """
        return self.until(lambda: not self.unsettled(), within=within, wanted=lambda: ", ".join(self.unsettled()))

    def until(self, done: Callable[[], bool], *, within: float, wanted: Callable[[], str]) -> float:
        """Ask once a second whether something has become true; with `dry_run` don't wait.

        Args:
            done: Whether it has.
            within: Seconds to wait.
            wanted: Says what is missing, for the message.

        Returns:
            Seconds it took.

        Raises:
            Failure: Not by then.
        """
        began = time.monotonic()
        while not (self.dry_run or done()):
            if time.monotonic() - began > within:
                raise Failure(f"after {within:.0f} s still waiting for: {wanted()}")
            time.sleep(1)
        return time.monotonic() - began

    def nodes(self) -> list[Object]:
        """Give the cluster's nodes."""
        return self.objects("nodes")

    def front_door(self) -> str:
        """Find where the front end's NodePort can be reached from here.

        Returns:
            The address, without a path.

        Raises:
            Failure: It has no NodePort, or nothing answers there.
        """
        service: Object = json.loads(self.ask("get", "service", "frontend", "-o", "json"))
        port = service["spec"]["ports"][0].get("nodePort")
        if port is None:
            raise Failure("svc/frontend has no NodePort: say where the page is with --url")
        addresses = [entry["address"] for node in self.nodes() for entry in node["status"]["addresses"]]
        for url in (f"http://{address}:{port}" for address in ("127.0.0.1", *addresses)):
            try:
                if httpx.get(f"{url}/healthz", timeout=2).is_success:
                    return url
            except httpx.TransportError:
                continue
        raise Failure(f"port {port} answers on no address of a node: say where the page is with --url")

    def _kubectl(self, *arguments: str) -> Command:
        return Command(("kubectl", "-n", self.namespace, *arguments))
