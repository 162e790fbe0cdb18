"""Signatures, asked of a real registry by the real cosign."""

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from delivery import registry
from delivery.checkouts import Answer, Checkout, digest, one_line
from delivery.programs import Programs
from delivery.registry import HOST, OFFLINE, OWNER, Key
from kit.docker import SERVICES

NOBODYS = digest("0")  # of no image


@pytest.fixture
def key(tmp_path: Path) -> Key:
    registry.demand()
    return Key.make(tmp_path / "cosign")


@pytest.fixture
def clone(clone: Checkout, key: Key) -> Checkout:
    """A clone whose images are in a registry of its own, and whose key is beside them."""
    for environment in ("dev", "staging", "prod"):
        path = clone.path / f"k8s/overlays/{environment}/images/kustomization.yaml"
        path.write_text(path.read_text("utf-8").replace("ghcr.io/blog-platform/", f"{HOST}/{OWNER}/"), "utf-8")
    (clone.path / "cosign.pub").write_bytes(key.public)
    clone.git("add", "cosign.pub")
    clone.git("commit", "--quiet", "--all", "--message", "another registry, and who signs")
    clone.push()
    return clone


@pytest.fixture
def run(clone: Checkout) -> Callable[..., Answer]:
    return lambda *arguments: clone.blogctl("deploy", *arguments, COSIGN_VERIFY_OPTIONS=OFFLINE)


def test_what_the_key_signed_goes_the_whole_way(clone: Checkout, key: Key, run: Callable[..., Answer]) -> None:
    images = {service: registry.push(service, "signed") for service in SERVICES}
    for service, name in images.items():
        key.sign(service, name)
    clone.bump(*(f"{service}={name}" for service, name in images.items()))

    for way in (("dev", "staging"), ("staging", "prod")):
        answer = run("promote", *way, "--push")
        assert answer.returncode == 0, answer.stderr

    reference = f"{HOST}/{OWNER}/posts-service@{images['posts-service']}"
    assert f"cosign verify --key cosign.pub {OFFLINE} {reference}" in answer.stderr.splitlines()
    assert {str(clone.images("prod")[service].digest) for service in SERVICES} == set(images.values())
    assert run("check").returncode == 0


@pytest.mark.parametrize("how", ["unsigned", "by another key", "no such image"])
def test_what_it_did_not_sign_stays(clone: Checkout, run: Callable[..., Answer], tmp_path: Path, how: str) -> None:
    pushed = registry.push("posts-service", how.replace(" ", "-")) if how != "no such image" else NOBODYS
    if how == "by another key":
        Key.make(tmp_path / "other").sign("posts-service", pushed)
    clone.bump(f"posts-service={pushed}")
    before = clone.state

    said = one_line(run("promote", "dev", "staging", "--push"))

    assert f"posts-service {pushed[:19]} of " in said
    assert "can't go to staging: cosign.pub hasn't signed it: no " in said
    assert clone.state == before


def test_a_signature_of_another_digest_does_not_help(clone: Checkout, key: Key, run: Callable[..., Answer]) -> None:
    good, bad = registry.push("posts-service", "good"), registry.push("posts-service", "tampered")
    key.sign("posts-service", good)
    clone.bump(f"posts-service={good}")
    assert run("promote", "dev", "staging", "--push").returncode == 0
    clone.bump(f"posts-service={bad}")

    assert f"posts-service {bad[:19]}" in one_line(run("promote", "dev", "staging", "--push"))


def test_without_the_setting_the_transparency_log_is_asked(clone: Checkout, key: Key) -> None:
    pushed = registry.push("posts-service", "logged")
    key.sign("posts-service", pushed)  # and in no log
    clone.bump(f"posts-service={pushed}")

    answer = clone.blogctl("deploy", "promote", "dev", "staging", "--push", COSIGN_VERIFY_OPTIONS="")

    assert answer.returncode == 1
    assert "insecure" not in answer.stderr


def test_a_registry_that_does_not_answer_is_no_signature(clone: Checkout, run: Callable[..., Answer]) -> None:
    path = clone.path / "k8s/overlays/staging/images/kustomization.yaml"
    path.write_text(path.read_text("utf-8").replace(HOST, "127.0.0.1:9"), "utf-8")
    clone.git("commit", "--quiet", "--all", "--message", "a registry that is away")
    clone.push()
    clone.bump(f"posts-service={registry.push('posts-service', 'away')}")

    assert "cosign can't verify 127.0.0.1:9/" in one_line(run("promote", "dev", "staging", "--push"))


def test_without_a_key_it_is_this_repository_s_workflow(deployed: Checkout, tmp_path: Path) -> None:
    """deploy.yml signs on GitHub, where no key exists."""
    answer = deployed.blogctl("deploy", "promote", "dev", "staging", "--dry-run", **Programs(tmp_path / "bin").path)

    verify = shlex.split(next(line for line in answer.stderr.splitlines() if line.startswith("cosign ")))
    assert verify[2:-1] == [
        "--certificate-identity",
        "https://github.com/blog-platform/blog-platform/.github/workflows/deploy.yml@refs/heads/main",
        "--certificate-oidc-issuer",
        "https://token.actions.githubusercontent.com",
    ]
    assert verify[-1] == f"ghcr.io/blog-platform/posts-service@{digest('a')}"
