"""Applying again, and a new image."""

import time

from blogctl.drill.cluster import Cluster
from cluster import images
from cluster.applied import Platform

JOB = "job.batch/"
COUNTED = ("deployment.", "statefulset.", "cronjob.", "networkpolicy.", "poddisruptionbudget.")


def generations(cluster: Cluster) -> dict[str, int]:
    """How often the specification of each workload and policy has been changed."""
    kinds = "deployments,statefulsets,cronjobs,networkpolicies,poddisruptionbudgets"
    return {
        f"{each['kind']}/{each['metadata']['name']}": each["metadata"]["generation"] for each in cluster.objects(kinds)
    }


def test_a_second_apply_changes_nothing_but_jobs(platform: Platform) -> None:
    before = generations(platform.cluster), {pod.name for pod in platform.cluster.pods() if pod.ready}

    said = platform.apply()

    # Of what has no generation kubectl's word is taken; of budgets it says "configured" where it changes nothing.
    assert [line for line in said if line.endswith(" created") and not line.startswith(JOB)] == []
    assert [line for line in said if line.endswith(" configured") and not line.startswith(COUNTED)] == []
    assert (generations(platform.cluster), {pod.name for pod in platform.cluster.pods() if pod.ready}) == before


def test_set_image_brings_a_new_version_and_apply_the_old_one_back(platform: Platform) -> None:
    newer = images.again(platform.images["posts-service"], f"by-hand-{int(time.time())}")

    platform.cluster.run("set", "image", "deployment/posts-service", f"posts-app={newer}")
    platform.cluster.run("rollout", "status", "deployment/posts-service", "--timeout=120s", within=130)
    said = platform.cluster.ask("get", "pods", "--selector=app=posts", "-o", "jsonpath={..containers[0].image}")
    platform.apply()
    platform.cluster.settle(within=120)

    assert str(newer) in said.split()
    assert str(platform.images["posts-service"]) in platform.cluster.ask(
        "get", "deployment/posts-service", "-o", "jsonpath={..containers[0].image}"
    )
