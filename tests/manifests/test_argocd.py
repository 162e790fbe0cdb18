"""What Argo CD is told: strictly by its own CRDs, and no more than the platform needs."""

import copy
import re
from typing import Any

import pytest
import yaml

from blogctl import checkout
from blogctl.fork import address
from manifests.conftest import PLACES, rendered_or_skipped
from manifests.rendered import ENVIRONMENTS, NAMESPACES, Place, Rendering, render, tool
from manifests.schemas import CRDS, VERSIONS, complaints

ARGOCD = checkout.ROOT / "argocd"
FOLDERS = ("argocd", "argocd/root", "argocd/platform", "argocd/settings", "argocd/git-server")
CLUSTER_WIDE = {"Namespace"}


def rendered(folder: str) -> Rendering:
    if tool() is None:
        pytest.skip("neither kustomize nor kubectl is on PATH")
    return render(checkout.ROOT / folder)


def read(path: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((checkout.ROOT / path).read_text("utf-8"))
    return found


def written() -> dict[str, str]:
    """Everything under argocd/, by its path."""
    return {str(path.relative_to(checkout.ROOT)): path.read_text("utf-8") for path in ARGOCD.rglob("*.yaml")}


def application_set() -> dict[str, Any]:
    found: dict[str, Any] = read("argocd/applicationset.yaml")["spec"]
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_field_is_known_and_nothing_warned_of(folder: str) -> None:
    found = rendered(folder)

    assert found.warnings == ""
    assert [line for each in found.objects for line in complaints(each, VERSIONS[0])] == []


def test_a_misspelt_field_of_argo_cd_is_found() -> None:
    root = copy.deepcopy(rendered("argocd/root").get("Application", "blog-platform"))
    root["spec"]["syncPolicy"]["automated"]["selfheal"] = True

    assert complaints(root, VERSIONS[0]) == [
        "Application/blog-platform $.spec.syncPolicy.automated: "
        "Additional properties are not allowed ('selfheal' was unexpected)"
    ]


def test_one_version_of_argo_cd_is_named_and_it_is_the_schemas() -> None:
    (url,) = read("argocd/install/kustomization.yaml")["resources"]

    pinned = re.fullmatch(
        r"https://raw\.githubusercontent\.com/argoproj/argo-cd/(v\d+\.\d+\.\d+)/manifests/install\.yaml", url
    )
    assert pinned
    image = read("argocd/git-server/deployment.yaml")["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == f"quay.io/argoproj/argocd:{pinned[1]}"
    for kind in ("application", "applicationset", "appproject"):
        assert f"argo-cd/v3 {pinned[1]}," in (CRDS / f"{kind}.json").read_text("utf-8")


def test_the_repository_s_address_stands_in_one_file() -> None:
    found = address.read(checkout.ROOT)

    assert [path for path, text in written().items() if found.url in text] == [address.ARGOCD]
    assert re.findall(r"repoURL: (?!\"\")", "".join(written().values())) == []


@pytest.mark.parametrize("folder", ["argocd", "argocd/root"])
def test_everything_is_read_from_that_address(folder: str) -> None:
    text = rendered(folder).text

    found = re.findall(r"(?:repoURL: |sourceRepos:\n +- )(.*)", text)
    assert set(found) == {address.read(checkout.ROOT).url}
    assert "\nkind: ConfigMap" not in text


def test_the_project_is_not_templated_and_the_root_s_is_another() -> None:
    assert application_set()["template"]["spec"]["project"] == read("argocd/project.yaml")["metadata"]["name"]
    assert (
        read("argocd/root/application.yaml")["spec"]["project"] == read("argocd/root/project.yaml")["metadata"]["name"]
    )
    assert read("argocd/root/project.yaml")["metadata"]["name"] != read("argocd/project.yaml")["metadata"]["name"]


@pytest.mark.parametrize("place", [place for place in PLACES if place.overlay in ENVIRONMENTS], ids=str)
def test_the_project_allows_every_kind_that_an_environment_has(place: Place) -> None:
    spec = read("argocd/project.yaml")["spec"]
    allowed = {(each["group"], each["kind"]) for each in spec["namespaceResourceWhitelist"]}

    found = {(_group(each["apiVersion"]), each["kind"]) for each in rendered_or_skipped(place).objects}

    assert {kind for _, kind in found - allowed} == CLUSTER_WIDE
    assert [each["kind"] for each in spec["clusterResourceWhitelist"]] == ["Namespace"]


def test_the_project_allows_no_kind_that_nobody_has() -> None:
    allowed = {each["kind"] for each in read("argocd/project.yaml")["spec"]["namespaceResourceWhitelist"]}

    used = {each["kind"] for place in PLACES for each in rendered_or_skipped(place).objects}

    assert allowed - used == set()
    assert "Secret" not in allowed


def test_the_project_allows_the_environments_namespaces_alone() -> None:
    allowed = {each["namespace"] for each in read("argocd/project.yaml")["spec"]["destinations"]}

    assert allowed == {NAMESPACES[name] for name in ENVIRONMENTS}


def test_an_application_is_made_only_where_every_image_has_a_digest() -> None:
    (generator,) = application_set()["generators"]
    asked = generator["matrix"]["generators"][0]["selector"]["matchExpressions"]

    for name in ENVIRONMENTS:
        images = read(f"k8s/overlays/{name}/images/kustomization.yaml")["images"]
        assert [(each["key"], each["operator"]) for each in asked] == [
            (f"images.{number}.digest", "Exists") for number in range(len(images))
        ]


def test_a_missing_key_is_an_error() -> None:
    assert application_set()["goTemplate"] is True
    assert application_set()["goTemplateOptions"] == ["missingkey=error"]


def test_a_retry_looks_at_git_again() -> None:
    retry = application_set()["template"]["spec"]["syncPolicy"]["retry"]

    assert (retry["limit"], retry["refresh"], retry["backoff"]["duration"]) == (5, True, "5s")


def test_a_laptop_has_dev_alone() -> None:
    cluster = read("argocd/cluster.yaml")

    assert complaints(cluster, VERSIONS[0]) == []
    assert [label for label in cluster["metadata"]["labels"] if label.startswith("environment/")] == ["environment/dev"]
    assert cluster["stringData"].keys() == {"name", "server"}  # no login: nothing secret is in git


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_what_was_deployed_is_asked_after_everything_else(name: str) -> None:
    jobs = rendered_or_skipped(Place(name)).of("Job")

    hooks = {each["metadata"]["annotations"].get("argocd.argoproj.io/hook"): each["metadata"]["name"] for each in jobs}
    assert hooks["PostSync"].startswith("smoke-test-")


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_bump_of_a_service_waits_for_no_secrets_and_no_replica_set(name: str) -> None:
    jobs = rendered_or_skipped(Place(name)).of("Job")

    tracked = [each for each in jobs if "argocd.argoproj.io/hook" not in each["metadata"]["annotations"]]
    assert {each["metadata"]["name"].rpartition("-")[0] for each in tracked} == {"bootstrap", "mongo-init"}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_night_s_backup_that_failed_does_not_make_an_environment_degraded(name: str) -> None:
    for cronjob in rendered_or_skipped(Place(name)).of("CronJob"):
        assert cronjob["metadata"]["annotations"]["argocd.argoproj.io/ignore-healthcheck"] == "true"


def test_every_subscription_has_a_trigger_and_every_trigger_a_message() -> None:
    said = read("argocd/settings/argocd-notifications-cm.yaml")["data"]
    subscribed = application_set()["template"]["metadata"]["annotations"]

    triggers = {key.removeprefix("trigger.") for key in said if key.startswith("trigger.")}
    sent = {
        word
        for key in said
        if key.startswith("trigger.")
        for each in yaml.safe_load(said[key])
        for word in each["send"]
    }
    assert subscribed.keys() == {f"notifications.argoproj.io/subscribe.{trigger}.slack" for trigger in triggers}
    assert sent == {key.removeprefix("template.") for key in said if key.startswith("template.")}


def _group(api_version: str) -> str:
    return api_version.rpartition("/")[0]
