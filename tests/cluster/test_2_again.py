"""Applying again, and a new image."""

import time
from pathlib import Path

from blogctl.drill.cluster import Cluster
from cluster import images
from cluster.applied import Platform, kustomization

JOB = "job.batch/"
COUNTED = ("deployment.", "statefulset.", "cronjob.", "networkpolicy.", "poddisruptionbudget.")


def generations(cluster: Cluster) -> dict[str, int]:
    """How often the specification of each workload and policy has been changed."""
    kinds = "deployments,statefulsets,cronjobs,networkpolicies,poddisruptionbudgets"
    return {
        f"{each['kind']}/{each['metadata']['name']}": each["metadata"]["generation"] for each in cluster.objects(kinds)
    }


def lasting(cluster: Cluster) -> set[str]:
    """The ready pods of those that serve; a Job's come and go."""
    return {pod.name for pod in cluster.pods() if pod.ready and pod.app in {"posts", "user", "mongo", "frontend"}}


def test_a_second_apply_changes_nothing_but_jobs(platform: Platform) -> None:
    before = generations(platform.cluster), lasting(platform.cluster)

    said = platform.apply()

    # Of what has no generation kubectl's word is taken; of budgets it says "configured" where it changes nothing.
    assert [line for line in said if line.endswith(" created") and not line.startswith(JOB)] == []
    assert [line for line in said if line.endswith(" configured") and not line.startswith(COUNTED)] == []
    assert (generations(platform.cluster), lasting(platform.cluster)) == before


def test_a_new_image_meets_no_job_that_may_not_be_changed(platform: Platform, tmp_path: Path) -> None:
    newer = images.again(platform.images["posts-service"], f"applied-{int(time.time())}")
    others = [image for name, image in platform.images.items() if name != "posts-service"]
    folder = kustomization(tmp_path, "local", [newer, *others], namespace=platform.cluster.namespace)

    platform.apply()
    platform.cluster.run("apply", "-k", str(folder))
    platform.cluster.settle(within=240)
    migrated = {
        container["image"]
        for job in platform.cluster.objects("jobs")
        if job["metadata"]["name"].startswith("migrations-") and job["status"].get("succeeded")
        for container in job["spec"]["template"]["spec"]["containers"]
    }
    platform.apply()
    platform.cluster.settle(within=240)

    assert str(newer) in migrated


def test_set_image_brings_a_new_version_and_apply_the_old_one_back(platform: Platform) -> None:
    newer = images.again(platform.images["posts-service"], f"by-hand-{int(time.time())}")

    platform.cluster.run("set", "image", "deployment/posts-service", f"posts-app={newer}")
    platform.cluster.run("rollout", "status", "deployment/posts-service", "--timeout=240s", within=250)
    said = platform.cluster.ask("get", "pods", "--selector=app=posts", "-o", "jsonpath={..containers[0].image}")
    platform.apply()
    platform.cluster.settle(within=240)

    assert str(newer) in said.split()
    assert str(platform.images["posts-service"]) in platform.cluster.ask(
        "get", "deployment/posts-service", "-o", "jsonpath={..containers[0].image}"
    )
