"""The HTTP services in containers that may do nothing but run: no rights, no writing, no database yet."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from images.image import BUILT_AT, COMMIT, HARDENED, Container, Image
from kit import docker
from user_service import keys

NO_DATABASE = "--env=MONGO_URL=mongodb://127.0.0.1:9/blog"


@pytest.fixture(params=["posts-service", "user-service"])
def service(images: dict[str, Image], request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Container]:
    """One of the two, answering."""
    keys.make(tmp_path / "keys").chmod(0o444)
    (tmp_path / "keys").chmod(0o755)
    options = (NO_DATABASE, f"--volume={tmp_path}/keys:/keys:ro", "--env=KEYS_DIR=/keys")
    with images[str(request.param)].running(*options) as container:
        container.get("/livez")
        yield container


def test_it_lives_without_rights_and_without_a_database(service: Container) -> None:
    assert service.get("/livez").json() == {"status": "ok"}
    assert service.get("/readyz").status_code == 503


def test_version_tells_the_commit(service: Container) -> None:
    version = service.get("/version").json()

    assert (version["git_sha"], version["build_date"]) == (COMMIT, BUILT_AT)


def test_it_is_one_process_that_nobody_else_owns(service: Container) -> None:
    processes = docker.output("top", service.name, "-eo", "pid,uid,gid,args").splitlines()[1:]

    assert len(processes) == 1, "a shell would stand between Docker's signals and the service"
    assert processes[0].split()[1:4] == ["10001", "10001", "python"]


def test_its_health_check_sees_it(service: Container) -> None:
    form, *command = json.loads(docker.output("inspect", "--format={{json .Config.Healthcheck.Test}}", service.name))

    assert form == "CMD"
    docker.output("exec", service.name, *command)


def test_sigterm_ends_it_well(service: Container) -> None:
    docker.output("stop", "--time=10", service.name)

    assert docker.output("inspect", "--format={{.State.ExitCode}}", service.name) == "0"  # 137 if it had to be killed


def test_the_job_says_in_one_line_what_it_lacks(images: dict[str, Image]) -> None:
    ended = docker.run("run", "--rm", *HARDENED, images["admin-backup"].name)

    assert ended.returncode == 1
    assert ended.stderr.splitlines() == ["settings: MONGO_URL: is not set, and neither is its _FILE"]
