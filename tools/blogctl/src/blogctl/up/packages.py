"""What services/ holds beside posts-service and user-service, and what of it runs on a laptop."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from blogctl import checkout


@dataclass(frozen=True)
class Package:
    """A package that an image is made of."""

    folder: Path

    @property
    def name(self) -> str:
        """Its folder's name."""
        return self.folder.name

    @property
    def module(self) -> str:
        """What follows `python -m`."""
        return self.name.replace("-", "_")

    @property
    def upstream(self) -> str:
        """What nginx.conf calls it."""
        return self.name.removesuffix("-service")

    @property
    def serves(self) -> bool:
        """Whether it answers HTTP, which makes it a service."""
        return (self.folder / "src" / self.module / "app.py").is_file()

    @property
    def job(self) -> str:
        """The command that runs once the platform serves ([tool.blogctl] in its pyproject.toml); may be empty."""
        project = tomllib.loads((self.folder / "pyproject.toml").read_text("utf-8"))
        return str(project.get("tool", {}).get("blogctl", {}).get("once-it-serves", ""))


def packages(*, besides: tuple[str, ...]) -> list[Package]:
    """Find them, in order.

    Args:
        besides: Names of those that are known.
    """
    folders = (path.parent for path in sorted(checkout.ROOT.glob("services/*/Dockerfile")))
    return [Package(folder) for folder in folders if folder.name not in besides]
