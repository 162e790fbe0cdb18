"""Which images a namespace that opted in takes. Nothing is run: the API server is only asked what it would say."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from blogctl import checkout
from blogctl.drill.cluster import Cluster
from blogctl.failure import Failure
from blogctl.fork import address

NAME = "image-policy-test"  # a copy under another name: Argo CD may keep the original on this cluster
OWN = f"{address.read(checkout.ROOT).images}posts-service"
BY_DIGEST = f"{OWN}:{'1' * 40}@sha256:{'a' * 64}"
TAGGED = "not named by a digest: "
FOREIGN = "none of the images that may run here: "


def written(folder: Path) -> Path:
    """The policy, its binding, and a namespace that they hold."""
    policy, binding = (
        yaml.safe_load((checkout.ROOT / "argocd" / "platform" / f"{kind}.yaml").read_text("utf-8"))
        for kind in ("validatingadmissionpolicy", "validatingadmissionpolicybinding")
    )
    policy["metadata"]["name"] = binding["metadata"]["name"] = binding["spec"]["policyName"] = NAME
    label = binding["spec"]["matchResources"]["namespaceSelector"]["matchLabels"]
    label["image-policy"] = NAME
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAME, "labels": label}}
    path = folder / "policy.yaml"
    path.write_text(yaml.safe_dump_all([policy, binding, namespace]), "utf-8")
    return path


@pytest.fixture(scope="module")
def held(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A namespace that has opted in."""
    there = Cluster(NAME)
    path = str(written(tmp_path_factory.mktemp("policy")))
    there.run("apply", "--filename", path)
    try:
        there.until(lambda: refusal(there, "busybox") != "", within=60, wanted=lambda: "a refusal")
        yield there
    finally:
        there.run("delete", "--filename", path, "--wait=false")


def refusal(cluster: Cluster, image: str, *kind: str) -> str:
    """Say why an object with an image isn't taken; empty when it is."""
    kind = kind or ("run", "x")
    try:
        cluster.ask(*kind, f"--image={image}", "--dry-run=server")
    except Failure as failure:
        return str(failure)
    return ""


@pytest.mark.parametrize("image", [BY_DIGEST, "mongo:8.0", "nginx:1.30-alpine"])
def test_the_platform_s_images_are_taken(held: Cluster, image: str) -> None:
    assert refusal(held, image) == ""


@pytest.mark.parametrize(
    ("image", "says"),
    [
        (f"{OWN}:latest", TAGGED),
        (OWN, TAGGED),
        ("busybox", FOREIGN),
        ("mongo:latest", FOREIGN),
        (f"example.org/mongo@sha256:{'a' * 64}", FOREIGN),
        (f"{OWN.replace('/posts', '-evil/posts')}@sha256:{'a' * 64}", FOREIGN),
    ],
)
def test_no_others_are(held: Cluster, image: str, says: str) -> None:
    assert f"{says}{image}" in refusal(held, image)


@pytest.mark.parametrize(
    "kind",
    ["create deployment x", "create job x", "create cronjob x --schedule=@daily"],
    ids=lambda kind: str(kind).split()[1],
)
def test_whatever_makes_pods_is_held_to_it(held: Cluster, kind: str) -> None:
    assert f"{TAGGED}{OWN}:1" in refusal(held, f"{OWN}:1", *kind.split())
    assert refusal(held, BY_DIGEST, *kind.split()) == ""


def test_kubectl_set_image_is_refused_and_what_ran_before_goes_on(held: Cluster) -> None:
    label = ("label", "namespace", NAME, "--overwrite")
    held.run(*label, "image-policy=off")
    held.until(lambda: refusal(held, "busybox") == "", within=60, wanted=lambda: "none")
    held.run("create", "deployment", "old", "--image=busybox", "--replicas=0")
    held.run(*label, f"image-policy={NAME}")
    held.until(lambda: refusal(held, "busybox") != "", within=60, wanted=lambda: "a refusal")

    held.run("annotate", "deployment/old", "still=here")
    with pytest.raises(Failure, match=f"{TAGGED}{OWN}:2"):
        held.run("set", "image", "deployment/old", f"busybox={OWN}:2")


def test_a_namespace_that_did_not_opt_in_is_left_alone(held: Cluster) -> None:
    assert refusal(Cluster("default"), "busybox") == ""
