"""Previews of pull requests: which get one, what it may take, and that nothing stands in the way of its end."""

import re

import pytest
import yaml

from blogctl import checkout
from blogctl.deploy import images
from blogctl.deploy.environment import Environment, environments
from manifests.conftest import rendered_or_skipped
from manifests.rendered import K8S, Object, Place, Rendering, Workload, render
from manifests.test_argocd import rendered

PREVIEW = K8S / "overlays" / "preview"
LABEL = "environment/preview"
UNITS = {"m": 1e-3, "": 1, "Mi": 2**20, "Gi": 2**30}


@pytest.fixture
def preview() -> Rendering:
    return rendered_or_skipped(Place("preview"))


@pytest.fixture
def template() -> Object:
    """What makes an Application of a pull request."""
    found: Object = rendered("argocd").get("ApplicationSet", "blog-platform-previews")["spec"]
    return found


def amount(text: str) -> float:
    """Read one of Kubernetes' quantities."""
    found = re.fullmatch(r"([0-9.]+)(\D*)", text)
    assert found
    return float(found[1]) * UNITS[found[2]]


def total(workloads: list[Workload], side: str, figure: str) -> float:
    """What all pods take that may be there at the same time."""
    return sum(
        amount(container["resources"][side][figure]) * (2 if each.kind == "Deployment" else 1)
        for each in workloads
        for container in each.containers
    )


def test_a_pull_request_s_branch_is_read_from_this_repository_and_never_a_commit(template: Object) -> None:
    """GitHub gives a fork's commits to whoever reads ours, if its pull request is here; its branches it doesn't."""
    theirs, ours = template["template"]["spec"]["sources"]

    assert theirs["targetRevision"] == "refs/heads/{{.branch}}"
    assert ours["targetRevision"] == "refs/heads/main"
    assert theirs["repoURL"] == ours["repoURL"]


def test_only_with_the_label_and_only_where_a_cluster_has_previews(template: Object) -> None:
    clusters, requests = template["generators"][0]["matrix"]["generators"]

    assert clusters["clusters"]["selector"]["matchLabels"] == {LABEL: "yes"}
    assert requests["pullRequest"]["github"]["labels"] == ["preview"]
    labels = yaml.safe_load((checkout.ROOT / "argocd/cluster.yaml").read_text("utf-8"))["metadata"]["labels"]
    assert LABEL not in labels


def test_its_images_are_those_that_preview_yml_publishes(template: Object) -> None:
    (workflow,) = (checkout.ROOT / ".github/workflows").glob("preview.yml")
    (tag,) = re.findall(r"TAG: (.+)", workflow.read_text("utf-8"))
    as_argo_cd_says = tag.replace("${{ github.event.pull_request.number }}", "{{.number}}").replace(
        "${{ github.event.pull_request.head.sha }}", "{{.head_sha}}"
    )
    services = images.read(checkout.ROOT, Environment("dev").images).services()

    assert template["template"]["spec"]["sources"][0]["kustomize"]["images"] == [
        f"{service}=*:{as_argo_cd_says}" for service in services
    ]
    own = yaml.safe_load((PREVIEW / "platform" / "kustomization.yaml").read_text("utf-8"))["images"]
    assert [each["name"] for each in own] == services


def test_what_holds_it_comes_from_main_and_wins() -> None:
    """Of an object that two sources have Argo CD takes the last one's."""
    theirs, ours = (render(PREVIEW / part) for part in ("platform", "limits"))

    assert theirs.of("Namespace") == []
    assert {each["kind"] for each in ours.objects} == {"Namespace", "ResourceQuota", "LimitRange"}


def test_its_project_allows_the_kinds_that_it_has_in_its_namespaces_alone(preview: Rendering, template: Object) -> None:
    project = rendered("argocd").get("AppProject", "blog-platform-previews")["spec"]

    assert template["template"]["spec"]["project"] == "blog-platform-previews"
    assert {each["kind"] for each in project["namespaceResourceWhitelist"]} == {
        each["kind"] for each in preview.objects
    } - {"Namespace"}
    assert [each["namespace"] for each in project["destinations"]] == ["blog-platform-pr-*"]
    assert [(each["kind"], each["name"]) for each in project["clusterResourceWhitelist"]] == [
        ("Namespace", "blog-platform-pr-*")
    ]


def test_nothing_stands_in_the_way_of_its_end(preview: Rendering, template: Object) -> None:
    """Neither somebody who has to confirm, nor a hook's finalizer, nor a sync that waits for what may never come."""
    said = [each["metadata"].get("annotations", {}) for each in preview.objects]

    assert [each for each in said if "confirm" in each.get("argocd.argoproj.io/sync-options", "")] == []
    assert [each for each in said if {"argocd.argoproj.io/hook", "argocd.argoproj.io/sync-wave"} & each.keys()] == []
    assert "PruneLast=true" not in template["template"]["spec"]["syncPolicy"]["syncOptions"]


def test_the_whole_of_it_fits_its_quota(preview: Rendering) -> None:
    hard = preview.get("ResourceQuota", "preview")["spec"]["hard"]
    workloads = [each for each in preview.workloads if each.kind != "CronJob"]

    for side, figure in (("requests", "cpu"), ("requests", "memory"), ("limits", "cpu"), ("limits", "memory")):
        assert total(workloads, side, figure) <= amount(hard[f"{side}.{figure}"]), (side, figure)
    assert sum(2 if each.kind == "Deployment" else 1 for each in workloads) <= int(hard["pods"])


def test_every_container_and_volume_is_within_the_range(preview: Rendering) -> None:
    of_containers, of_volumes = (each["max"] for each in preview.get("LimitRange", "preview")["spec"]["limits"])
    volumes = [
        *(claim for each in preview.workloads for claim in each.spec.get("volumeClaimTemplates", [])),
        *preview.of("PersistentVolumeClaim"),
    ]

    for figure, most in of_containers.items():
        taken = [c["resources"]["limits"][figure] for each in preview.workloads for c in each.containers]
        assert max(map(amount, taken)) <= amount(most)
    asked = [amount(each["spec"]["resources"]["requests"]["storage"]) for each in volumes]
    assert max(asked) <= amount(of_volumes["storage"])
    hard = preview.get("ResourceQuota", "preview")["spec"]["hard"]
    assert sum(asked) <= amount(hard["requests.storage"])
    assert len(asked) <= int(hard["persistentvolumeclaims"])


def test_nothing_there_happens_by_night(preview: Rendering) -> None:
    assert {each["spec"]["suspend"] for each in preview.of("CronJob")} == {True}


def test_nothing_is_deployed_or_promoted_there() -> None:
    assert "preview" not in {each.name for each in environments(checkout.ROOT)}
