"""The files that say how images are made; for most of it no Docker is needed."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from blogctl import checkout
from kit import docker


def dockerfile(service: str) -> str:
    return (checkout.ROOT / "services" / service / "Dockerfile").read_text("utf-8")


@pytest.mark.parametrize("service", docker.SERVICES)
def test_hadolint_has_nothing_to_say(service: str) -> None:
    linted = subprocess.run(
        [Path(sys.executable).with_name("hadolint"), f"services/{service}/Dockerfile"],
        cwd=checkout.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (linted.returncode, linted.stdout) == (0, "")


def test_they_differ_in_their_names_and_in_what_they_start() -> None:
    """Each is whole, so that it can be read and taken away alone; here they are held together."""

    def shared(service: str) -> str:
        nameless = dockerfile(service).replace(service, "NAME").replace(service.replace("-", "_"), "NAME")
        return re.sub(r"(?ms)^USER .*?(?=^# Last)", "", nameless)

    assert len({shared(service) for service in docker.SERVICES}) == 1


def test_bake_makes_one_image_a_service() -> None:
    docker.demand("buildx")

    plan = json.loads(docker.output("buildx", "bake", "--print", OWNER="Some-One", TAG="v1"))

    assert {name: target["tags"] for name, target in plan["target"].items()} == {
        service: [f"ghcr.io/some-one/{service}:v1"] for service in docker.SERVICES
    }
    assert not [target for target in plan["target"].values() if {"platforms", "attest", "cache-to"} & target.keys()]
