"""What Argo CD says of an environment."""

from dataclasses import dataclass

from blogctl.deploy.environment import Environment
from blogctl.deploy.kubectl import Kubectl, Object

NAMESPACE = "argocd"
KIND = "applications.argoproj.io"


@dataclass(frozen=True)
class Application:
    """An Application: what Argo CD compares the cluster with, and what its last sync did."""

    revision: str  # what it has compared with
    sync: str
    health: str
    phase: str  # of the last operation: Running, Succeeded, Failed, Error; empty without one
    syncing: str  # that operation's revision
    message: str  # what it waits for, or why it failed
    errors: tuple[str, ...]  # such as manifests that can't be rendered

    @classmethod
    def of(cls, said: Object) -> "Application":
        """Read the object."""
        status = said.get("status", {})
        sync, operation = status.get("sync", {}), status.get("operationState", {})
        asked = operation.get("operation", {}).get("sync", {}).get("revision", "")
        conditions = status.get("conditions", [])
        return cls(
            revision=sync.get("revision", ""),
            sync=sync.get("status", "Unknown"),
            health=status.get("health", {}).get("status", "Unknown"),
            phase=operation.get("phase", ""),
            syncing=operation.get("syncResult", {}).get("revision", "") or asked,
            message=" ".join(operation.get("message", "").split()),
            errors=tuple(" ".join(each["message"].split()) for each in conditions if each["type"].endswith("Error")),
        )


def applications(kubectl: Kubectl, places: list[Environment]) -> dict[str, Application]:
    """Find the environments' Applications, by the environments' names.

    Raises:
        NoAnswer: No cluster answers, or it has no Argo CD.
    """
    found = {said["metadata"]["name"]: said for said in kubectl.objects(KIND, "-n", NAMESPACE)}
    return {place.name: Application.of(found[place.application]) for place in places if place.application in found}
