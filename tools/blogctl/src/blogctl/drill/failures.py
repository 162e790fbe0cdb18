"""What can fail: each is a few kubectl lines, and what it may cost."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass

from blogctl import terminal
from blogctl.command import Command
from blogctl.drill.cluster import MONGO, Cluster, Object
from blogctl.drill.verdict import Limits
from blogctl.failure import Failure

# The kernel kills the largest process, and it has to be the service: so there are many small ones beside it.
HOG = """
import os, time
open("/proc/1/oom_score_adj", "w").write("1000")
for _ in range(12):
    if not os.fork(): hog = bytearray(b"x" * 31457280); break
time.sleep(60)
"""
FILL = """
with open("/tmp/full", "wb") as full:
    for _ in range(200): full.write(bytes(1048576))
"""
CONTROL_PLANE = "node-role.kubernetes.io/control-plane"
DOWN_SECONDS = 5  # at no replicas: long enough for a reader to see it


@dataclass(frozen=True)
class Site:
    """Where a drill takes place, and what it may be told about the nodes there."""

    cluster: Cluster
    fail_with: str = ""  # a command that takes a node's power; {node} is its name
    heal_with: str = ""
    spared: tuple[str, ...] = ()  # nodes that must not be touched, such as the one with the API server


@dataclass(frozen=True)
class Drill:
    """A failure with a name. `strike` returns when everything is under way that will heal it."""

    name: str
    summary: str
    strike: Callable[[Site], None]
    limits: Limits
    nodes: int = 1  # that it needs


def delete_posts_pod(site: Site) -> None:
    """Delete a pod of posts-service."""
    site.cluster.run("delete", "pod", site.cluster.serving("posts")[0].name, "--wait=false")


def delete_primary(site: Site) -> None:
    """Delete the pod of the replica set's primary."""
    site.cluster.run("delete", "pod", site.cluster.primary(), "--wait=false")


def restart_everything(site: Site) -> None:
    """Restart every workload, pod by pod."""
    site.cluster.run("rollout", "restart", "deployment,statefulset")
    for name in ("deployment/frontend", "deployment/user-service", "deployment/posts-service", f"statefulset/{MONGO}"):
        site.cluster.run("rollout", "status", name, "--timeout=300s", within=310)


def scale_to_nothing(site: Site) -> None:
    """Take every pod of posts-service away, and bring three back."""
    cluster = site.cluster
    cluster.run("scale", "deployment/posts-service", "--replicas=0")
    cluster.run("wait", "--for=delete", "pod", "--selector=app=posts", "--timeout=60s")
    cluster.run("scale", "deployment/posts-service", "--replicas=3")


def drain(site: Site) -> None:
    """Drain the primary's node, and let it have pods again."""
    node = _node_of_primary(site)
    try:
        site.cluster.run("drain", node, "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=240s", within=250)
    finally:
        site.cluster.run("uncordon", node)


def lose_node(site: Site) -> None:
    """Take the power of the primary's node, and give it back once its pods of posts-service run elsewhere."""
    cluster = site.cluster
    node = _node_of_primary(site)
    fail, heal = _power(site, node)
    cluster.do(fail, within=120)
    try:
        noticed = cluster.until(lambda: not _is_ready(cluster, node), within=120, wanted=lambda: f"{node} to be missed")
        terminal.note(f"{node} is NotReady after {noticed:.0f} s")
        cluster.until(
            lambda: (
                all(pod.node != node for pod in cluster.serving("posts"))
                and not any(name.startswith("posts-service") for name in cluster.unsettled())
            ),
            within=180,
            wanted=lambda: "posts-service to run elsewhere",
        )
    finally:
        cluster.do(heal, within=180)


def run_out_of_memory(site: Site) -> None:
    """Fill a pod of posts-service's memory until the kernel kills its service."""
    cluster = site.cluster
    pod = cluster.serving("posts")[0].name
    before = sum(each.restarts for each in cluster.pods("posts"))
    _exec(cluster, pod, HOG)
    cluster.until(
        lambda: sum(each.restarts for each in cluster.pods("posts")) > before,
        within=60,
        wanted=lambda: f"the kernel to kill {pod}",
    )


def fill_disk(site: Site) -> None:
    """Write more into a pod of posts-service's /tmp than it may, until the kubelet evicts the pod."""
    cluster = site.cluster
    pod = cluster.serving("posts")[0].name
    _exec(cluster, pod, FILL)
    cluster.until(
        lambda: not any(each.name == pod and each.ready for each in cluster.pods("posts")),
        within=120,
        wanted=lambda: f"the kubelet to evict {pod}",
    )
    cluster.run("delete", "pod", pod, "--ignore-not-found")


def _exec(cluster: Cluster, pod: str, program: str) -> None:
    """Run a program in a pod that may be killed by it."""
    try:
        cluster.run("exec", pod, "-c", "posts-app", "--", "python", "-c", program.strip(), within=60)
    except Failure as ended:
        terminal.note(f"the program ended with the pod: {str(ended).rpartition(': ')[2]}")


def _node_of_primary(site: Site) -> str:
    """Choose the node that hurts most; a new primary is made where that one has to be spared."""
    cluster = site.cluster
    spared = {*site.spared, *(_name(node) for node in cluster.nodes() if CONTROL_PLANE in node["metadata"]["labels"])}
    where = {pod.name: pod.node for pod in cluster.pods(MONGO)}
    node = where[cluster.primary()]
    if node not in spared:
        return node
    if not set(where.values()) - spared:
        raise Failure(f"every member of MongoDB runs on {', '.join(sorted(spared))}, which must be spared")
    terminal.note(f"the primary is on {node}, which must be spared: another becomes primary first")
    delete_primary(site)
    if cluster.dry_run:
        return min(set(where.values()) - spared)
    cluster.until(lambda: where.get(cluster.primary(), node) not in spared, within=60, wanted=lambda: "a new primary")
    cluster.settle(within=120)
    return where[cluster.primary()]


def _power(site: Site, node: str) -> tuple[Command, Command]:
    """Give the lines that take a node's power, and that give it back: those of the caller, or kind's."""
    (found,) = (each for each in site.cluster.nodes() if _name(each) == node)
    if site.fail_with and site.heal_with:
        lines = (site.fail_with, site.heal_with)
    elif found["spec"].get("providerID", "").startswith("kind://"):
        lines = ("docker stop --time 0 {node}", "docker start {node}")
    else:
        raise Failure("no way to fail a node of this cluster is known: give --fail-with and --heal-with")
    fail, heal = (Command(tuple(word.replace("{node}", node) for word in shlex.split(line))) for line in lines)
    return fail, heal


def _name(node: Object) -> str:
    name: str = node["metadata"]["name"]
    return name


def _is_ready(cluster: Cluster, node: str) -> bool:
    return any(
        _name(each) == node and condition["type"] == "Ready" and condition["status"] == "True"
        for each in cluster.nodes()
        for condition in each["status"]["conditions"]
    )


# A pod that is killed takes the requests with it that it was answering, as many as it had at that moment.
KILLED = Limits(failed_reads=5, failed_writes=5, restarts=None)

DRILLS = {
    drill.name: drill
    for drill in (
        Drill("posts-pods", "a posts-service pod is deleted", delete_posts_pod, Limits()),
        Drill("mongo-primary", "the pod of MongoDB's primary is deleted", delete_primary, Limits()),
        Drill("restart", "everything is restarted, pod by pod", restart_everything, Limits(heal_seconds=400)),
        Drill(
            "scale",
            "posts-service is scaled to 0, then to 3",
            scale_to_nothing,
            Limits(None, None, error_seconds=90, read_gap_seconds=90, write_gap_seconds=90, restarts=None),
        ),
        Drill("drain", "the primary's node is drained", drain, Limits(heal_seconds=300), nodes=2),
        Drill(
            "node-loss",
            "the primary's node loses its power",
            lose_node,
            Limits(
                failed_reads=None,
                failed_writes=None,
                # A node is missed after 20 to 25 s, and a few connections were seen to go there after that, too.
                error_seconds=75,
                read_gap_seconds=45,
                write_gap_seconds=60,
                restarts=None,
                heal_seconds=300,
            ),
            nodes=2,
        ),
        Drill("out-of-memory", "a posts-service pod has no memory left", run_out_of_memory, KILLED),
        Drill("full-disk", "a posts-service pod fills its disk", fill_disk, KILLED),
    )
}
