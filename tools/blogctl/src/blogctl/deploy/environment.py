"""Where the platform is deployed to: the overlays of k8s/ that have a file of images which deploys write."""

from dataclasses import dataclass
from pathlib import Path

from blogctl.failure import Failure

OVERLAYS = Path("k8s/overlays")
BY_HAND = "local"  # what `kubectl apply -k` brings to a laptop's cluster: nothing is deployed there
WAY = ("dev", "staging", "prod")  # in which images are promoted


@dataclass(frozen=True)
class Environment:
    """An overlay that deploys write to."""

    name: str

    @property
    def images(self) -> str:
        """Path of the one file that a deploy changes."""
        return str(OVERLAYS / self.name / "images" / "kustomization.yaml")

    @property
    def overlay(self) -> str:
        """Path of the overlay's own file, which names the namespace."""
        return str(OVERLAYS / self.name / "kustomization.yaml")

    @property
    def application(self) -> str:
        """What Argo CD calls it."""
        return f"blog-platform-{self.name}"


def environments(root: Path) -> list[Environment]:
    """Find the environments, in the order of promotion.

    Args:
        root: A checkout.
    """
    names = {path.parents[1].name for path in (root / OVERLAYS).glob("*/images/kustomization.yaml")} - {BY_HAND}
    return [Environment(name) for name in sorted(names, key=lambda name: (name not in WAY, _place(name), name))]


def environment(root: Path, name: str) -> Environment:
    """Find an environment by its name.

    Raises:
        Failure: There is none of that name.
    """
    known = environments(root)
    if Environment(name) not in known:
        raise Failure(f"no such environment: {name}; there are: {', '.join(each.name for each in known) or 'none'}")
    return Environment(name)


def before(place: Environment) -> Environment | None:
    """Give the environment that another's images come from; None for the first, and for one beside the way."""
    return Environment(WAY[WAY.index(place.name) - 1]) if place.name in WAY[1:] else None


def _place(name: str) -> int:
    return WAY.index(name) if name in WAY else len(WAY)
