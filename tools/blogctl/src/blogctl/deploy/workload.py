"""What an environment's pods really run, and what keeps them from it."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from blogctl.deploy.kubectl import Kubectl, NoAnswer, Object

ASK = "from urllib.request import urlopen; print(urlopen('http://127.0.0.1:3000/version', timeout=3).read().decode())"
LONGEST_REASON = 300  # characters


@dataclass(frozen=True)
class Pod:
    """A pod of a Deployment."""

    name: str
    container: str
    digest: str  # of the image that runs, or that can't be pulled
    ready: bool
    trouble: str  # what keeps it from running; empty if nothing is known
    git_sha: str = ""  # from its /version

    @classmethod
    def of(cls, said: Object, service: str) -> "Pod":
        """Read the object of a service's pod."""
        status = said.get("status", {})
        container = next(each for each in said["spec"]["containers"] if service_of(each["image"]) == service)
        states = [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]
        own: Object = next((each for each in states if each["name"] == container["name"]), {})
        runs = digest_of(own.get("imageID", "")) or digest_of(container["image"])
        conditions = {each["type"]: each for each in status.get("conditions", [])}
        unscheduled = conditions.get("PodScheduled", {})
        stuck = unscheduled.get("message", "") if unscheduled.get("status") == "False" else ""
        return cls(
            name=said["metadata"]["name"],
            container=container["name"],
            digest=digest_of(container["image"]) if own.get("state", {}).get("waiting") else runs,
            ready=conditions.get("Ready", {}).get("status") == "True",
            trouble=next(filter(None, map(_trouble, states)), stuck),
        )


@dataclass(frozen=True)
class Workload:
    """A service's Deployment and its pods."""

    digest: str  # that its newest pods are made with
    complete: bool  # all pods are of that version and available
    given_up: str  # why the rollout has stopped: Kubernetes' own words; empty unless it has
    deadline_seconds: int
    pods: list[Pod] = field(default_factory=list)


@dataclass(frozen=True)
class Running:
    """All that an environment runs."""

    workloads: dict[str, Workload] = field(default_factory=dict)  # by service; admin-backup is a CronJob and has none
    failed_jobs: list[Pod] = field(default_factory=list)  # such as a migration or a smoke test


def running(kubectl: Kubectl, namespace: str, services: list[str]) -> Running:
    """Find what runs.

    Args:
        kubectl: The cluster.
        namespace: Where.
        services: Their names.

    Raises:
        NoAnswer: No cluster answers.
    """
    objects = kubectl.objects("deployments,pods", "-n", namespace)
    pods = [each for each in objects if each["kind"] == "Pod"]
    found: dict[str, Workload] = {}
    for said in (each for each in objects if each["kind"] == "Deployment"):
        for container in said["spec"]["template"]["spec"]["containers"]:
            if (service := service_of(container["image"])) in services:
                found[service] = _workload(said, digest_of(container["image"]), _pods(pods, "ReplicaSet", service))
    jobs = [pod for service in services for pod in _pods(pods, "Job", service)]
    return Running(found, [pod for pod in jobs if pod.trouble])


def with_versions(kubectl: Kubectl, namespace: str, workload: Workload) -> Workload:
    """Ask each ready pod for the commit that it was built from.

    Args:
        kubectl: The cluster.
        namespace: Where they run.
        workload: The pods.

    Returns:
        The same with `git_sha` where a pod answered.
    """
    with ThreadPoolExecutor() as threads:
        said = threads.map(lambda pod: _git_sha(kubectl, namespace, pod) if pod.ready else "", workload.pods)
        return replace(workload, pods=[replace(pod, git_sha=sha) for pod, sha in zip(workload.pods, said, strict=True)])


def service_of(image: str) -> str:
    """Give the last part of an image's name, without tag and digest."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def digest_of(image: str) -> str:
    """Give the digest that an image's name holds; empty without one."""
    return image.partition("@")[2]


def _git_sha(kubectl: Kubectl, namespace: str, pod: Pod) -> str:
    """Ask /version in the pod itself: network policies keep everybody else away."""
    try:
        said = kubectl.look("exec", "-n", namespace, pod.name, "-c", pod.container, "--", "python", "-c", ASK)
        return str(json.loads(said)["git_sha"])
    except (NoAnswer, ValueError, KeyError):
        return ""


def _pods(objects: list[Object], owner: str, service: str) -> list[Pod]:
    """Give a service's pods of one kind of owner, without those that go."""
    found = []
    for said in objects:
        owners = {each["kind"] for each in said["metadata"].get("ownerReferences", [])}
        images = {service_of(container["image"]) for container in said["spec"]["containers"]}
        if owner in owners and service in images and "deletionTimestamp" not in said["metadata"]:
            found.append(Pod.of(said, service))
    return found


def _workload(said: Object, digest: str, pods: list[Pod]) -> Workload:
    status, wanted = said.get("status", {}), said["spec"].get("replicas", 1)
    seen = status.get("observedGeneration", 0) >= said["metadata"]["generation"]
    counts = {status.get(key, 0) for key in ("replicas", "updatedReplicas", "availableReplicas")}
    progressing: Object = next((each for each in status.get("conditions", []) if each["type"] == "Progressing"), {})
    return Workload(
        digest=digest,
        complete=seen and counts == {wanted},
        given_up=progressing.get("message", "") if seen and progressing.get("status") == "False" else "",
        deadline_seconds=said["spec"].get("progressDeadlineSeconds", 600),
        pods=pods,
    )


def _trouble(status: Object) -> str:
    """Say what is wrong with a container, and the last words of one that ended."""
    waiting = status.get("state", {}).get("waiting", {})
    ended = status.get("lastState", {}).get("terminated", {}) or status.get("state", {}).get("terminated", {})
    failed = ended if ended.get("exitCode") else {}
    if waiting.get("reason") in {None, "ContainerCreating", "PodInitializing"} and not failed:
        return ""
    reason = waiting.get("reason") or failed.get("reason") or ""
    last = [line for line in str(failed.get("message", "")).splitlines() if line.strip()]
    words = last[-1] if last else waiting.get("message", "")
    return ": ".join(filter(None, [reason, words]))[:LONGEST_REASON]
