"""What images are made of, as this tree's own files say it."""

import json
import re
import shutil
import subprocess

import pytest

from blogctl import checkout
from blogctl.ci.packages import Packages
from blogctl.deploy.environment import environments
from blogctl.deploy.images import read
from blogctl.git import Git

BAKE = checkout.ROOT / "docker-bake.hcl"


@pytest.fixture(scope="module")
def packages() -> Packages:
    return Packages.at(Git(checkout.ROOT), "HEAD")


def test_a_dockerfile_copies_what_its_package_depends_on(packages: Packages) -> None:
    for service in packages.images:
        text = (checkout.ROOT / "services" / service / "Dockerfile").read_text("utf-8")

        assert set(re.findall(r"services/([\w-]+)/", text)) == packages.made_of(service)


def test_every_service_is_built_and_can_be_deployed(packages: Packages) -> None:
    (group,) = re.findall(r'group "default" \{\s*targets = (\[.*\])', BAKE.read_text("utf-8"))

    assert sorted(json.loads(group)) == sorted(packages.images)
    for environment in environments(checkout.ROOT):
        assert sorted(read(checkout.ROOT, environment.images).services()) == sorted(packages.images)


@pytest.mark.skipif(shutil.which("docker") is None, reason="needs docker with buildx")
def test_bake_says_the_same(packages: Packages) -> None:
    command = ["docker", "buildx", "bake", "--print", "--file", str(BAKE)]
    done = subprocess.run(command, cwd=checkout.ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"docker buildx bake --print: {done.stderr.strip()}")

    assert sorted(json.loads(done.stdout)["target"]) == sorted(packages.images)
