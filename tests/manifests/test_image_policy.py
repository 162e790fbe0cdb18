"""Which images the policy lets run: those of this tree, and no others. What it refuses: tests/cluster."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from blogctl import checkout
from blogctl.deploy.signature import Signer
from blogctl.fork import address
from manifests.conftest import rendered_or_skipped
from manifests.rendered import ENVIRONMENTS, NAMESPACES, Place, render, tool
from manifests.schemas import VERSIONS, complaints

POLICY, BINDING, SIGNATURES = (
    yaml.safe_load((checkout.ROOT / "argocd" / "platform" / f"{kind}.yaml").read_text("utf-8"))
    for kind in (
        "validatingadmissionpolicy",
        "validatingadmissionpolicybinding",
        "signatures/imagevalidatingpolicy",
    )
)
VARIABLES = {each["name"]: each["expression"] for each in POLICY["spec"]["variables"]}


def allowed() -> tuple[set[str], set[str]]:
    """What names of our own begin with, and the others' exact names."""
    own = set(re.findall(r"startsWith\('(.+?)'\)", " ".join(VARIABLES.values())))
    (others,) = re.findall(r"in \[(.+?)\]", VARIABLES["foreign"])
    return own, set(re.findall(r"'(.+?)'", others))


def test_own_images_are_this_repository_s() -> None:
    assert allowed()[0] == {address.read(checkout.ROOT).images}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_image_of_an_environment_is_one_of_them(environment: str) -> None:
    (own,), others = allowed()
    images = {
        container["image"]
        for each in rendered_or_skipped(Place(environment)).workloads
        for container in each.containers
    }

    assert {image for image in images if not image.startswith(own)} == others


@pytest.mark.parametrize("environment", ["staging", "prod"])
def test_the_component_lets_the_namespace_opt_in(environment: str) -> None:
    labels = BINDING["spec"]["matchResources"]["namespaceSelector"]["matchLabels"]
    plain, held = (rendered_or_skipped(Place(environment, also)) for also in ((), ("image-policy",)))

    namespace = held.get("Namespace", NAMESPACES[environment])
    assert labels.items() <= namespace["metadata"]["labels"].items()
    assert not labels.items() & plain.get("Namespace", NAMESPACES[environment])["metadata"]["labels"].items()


def test_whoever_does_not_opt_in_is_left_alone() -> None:
    assert BINDING["spec"]["policyName"] == POLICY["metadata"]["name"]
    assert BINDING["spec"]["validationActions"] == ["Deny", "Audit"]
    assert POLICY["spec"]["failurePolicy"] == "Fail"


def test_its_project_allows_these_objects_alone() -> None:
    project = yaml.safe_load((checkout.ROOT / "argocd" / "platform-project.yaml").read_text("utf-8"))["spec"]

    assert [(each["kind"], each["name"]) for each in project["clusterResourceWhitelist"]] == [
        (each["kind"], each["metadata"]["name"]) for each in (POLICY, BINDING, SIGNATURES)
    ]
    assert project["namespaceResourceWhitelist"] == []


def test_the_cluster_asks_for_the_signature_that_a_promotion_asks_for() -> None:
    (attestor,) = SIGNATURES["spec"]["attestors"]
    (identity,) = attestor["cosign"]["keyless"]["identities"]
    asked = Signer.of(checkout.ROOT).options

    assert {identity["subject"], identity["issuer"]} <= set(asked)


def test_signatures_are_asked_of_own_images_in_the_same_namespaces() -> None:
    spec, binding = SIGNATURES["spec"], BINDING["spec"]["matchResources"]

    assert spec["matchImageReferences"] == [{"glob": f"{address.read(checkout.ROOT).images}*"}]
    assert spec["matchConstraints"]["namespaceSelector"] == binding["namespaceSelector"]
    assert (spec["failurePolicy"], spec["validationActions"]) == ("Fail", ["Deny", "Audit"])


def test_whoever_has_kyverno_switches_them_on_by_a_line(tmp_path: Path) -> None:
    """And nobody else has them: without its CRD the whole application would not sync."""
    if tool() is None:
        pytest.skip("neither kustomize nor kubectl is on PATH")
    platform = Path(shutil.copytree(checkout.ROOT / "argocd" / "platform", tmp_path / "platform"))
    before = render(platform).names("ImageValidatingPolicy")
    with (platform / "kustomization.yaml").open("a", encoding="utf-8") as file:
        file.write("components: [signatures]\n")

    after = render(platform)

    assert (before, after.names("ImageValidatingPolicy")) == (set(), {SIGNATURES["metadata"]["name"]})
    assert [line for each in after.objects for line in complaints(each, VERSIONS[0])] == []
