"""Docker, by its command line: what a person types is what is tested."""

import os
import subprocess

import pytest

from blogctl import checkout
from kit.mongodb import docker_answers

SERVICES = ("posts-service", "user-service", "admin-backup")


def run(*arguments: str, stdin: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `docker …` at the root of the checkout.

    Args:
        arguments: What follows `docker`.
        stdin: What it reads.
        environment: Variables beside our own.

    Returns:
        Its exit status and both of its streams.
    """
    return subprocess.run(
        ["docker", *arguments],
        cwd=checkout.ROOT,
        env=os.environ | environment,
        input=stdin,
        text=True,
        capture_output=True,
        check=False,
    )


def output(*arguments: str, stdin: str | None = None, **environment: str) -> str:
    """Run `docker …`, which has to succeed, and give what it prints on stdout."""
    ended = run(*arguments, stdin=stdin, **environment)
    assert ended.returncode == 0, f"docker {' '.join(arguments)}\n{ended.stdout[-2000:]}\n{ended.stderr[-4000:]}"
    return ended.stdout.strip()


def demand(plugin: str) -> None:
    """Skip a test where Docker or its plugin doesn't answer; fail it where CI promises them."""
    if docker_answers() and run(plugin, "version").returncode == 0:
        return
    if os.environ.get("REQUIRE_DOCKER"):
        pytest.fail(f"REQUIRE_DOCKER is set, and `docker {plugin} version` fails")
    pytest.skip(f"needs Docker with {plugin}")
