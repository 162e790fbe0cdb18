"""The cluster in KUBECONFIG, which `deploy status` only looks at."""

import json
from dataclasses import dataclass, field
from typing import Any

from blogctl.command import Command
from blogctl.failure import Failure

SECONDS = 15
Object = dict[str, Any]


class NoAnswer(Failure):
    """kubectl isn't there, has no cluster, or may not look."""


@dataclass
class Kubectl:
    """kubectl; each kind of line is printed once, however often it is run."""

    _shown: set[str] = field(default_factory=set)

    def objects(self, *arguments: str) -> list[Object]:
        """Give what `kubectl get … -o json` finds.

        Raises:
            NoAnswer: It failed or took too long.
        """
        items: list[Object] = json.loads(self.look("get", *arguments, "-o", "json"))["items"]
        return items

    def look(self, *arguments: str) -> str:
        """Print a line and run it.

        Args:
            arguments: What follows `kubectl`.

        Returns:
            What it printed.

        Raises:
            NoAnswer: It failed or took too long.
        """
        command = Command(("kubectl", *arguments))
        if str(command) not in self._shown:
            command.show()
        self._shown.add(str(command))
        try:
            return command.answer(within=SECONDS)
        except Failure as error:
            raise NoAnswer(str(error)) from error
