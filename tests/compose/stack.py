"""One run of docker-compose.yml, by the commands that a person types."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kit import docker


@dataclass(frozen=True)
class Stack:
    """A Compose project with a name, a port and images of its own."""

    project: str
    port: int
    tag: str = "compose-tests"

    @property
    def url(self) -> str:
        """Its front door."""
        return f"http://127.0.0.1:{self.port}"

    def compose(self, *arguments: str, stdin: str | None = None) -> str:
        """Run `docker compose …` on this project."""
        command = ("compose", "--project-name", self.project, *arguments)
        return docker.output(*command, stdin=stdin, BLOG_PORT=str(self.port), TAG=self.tag)

    def containers(self) -> dict[str, dict[str, Any]]:
        """Everything that Docker knows of its containers, ended ones too, by service."""
        identifiers = self.compose("ps", "--all", "--quiet").split()
        found: list[dict[str, Any]] = json.loads(docker.output("inspect", *identifiers))
        return {container["Config"]["Labels"]["com.docker.compose.service"]: container for container in found}

    def hello(self, member: str) -> dict[str, Any]:
        """What a member tells anybody of itself and of its set."""
        program = "EJSON.stringify(db.hello())"
        said: dict[str, Any] = json.loads(self.compose("exec", "-T", member, "mongosh", "--quiet", "--eval", program))
        return said

    def mongosh(self, member: str, expression: str) -> str:
        """Type one line into the shell that `docker compose exec MEMBER mongosh` opens, and give its answer."""
        answer = self.compose("exec", "-T", member, "mongosh", "--quiet", stdin=f"{expression}\n")
        return answer.split("> ", 1)[1].rsplit("\n", 1)[0]  # between the two prompts

    def python(self, service: str, program: str) -> str:
        """Run a program in a service's container, with the rights that it has there."""
        return self.compose("exec", "-T", service, "python", "-", stdin=program)


def until(done: Callable[[], bool], *, within: float) -> None:
    """Wait for something to become true, so many seconds at most."""
    end = time.monotonic() + within
    while not done():
        assert time.monotonic() < end, f"not within {within} s"
        time.sleep(0.5)
