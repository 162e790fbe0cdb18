"""Where a repository and its images are, and the two files that say so for all others."""

import re
from dataclasses import dataclass
from pathlib import Path

from blogctl.failure import Failure

GITHUB = "https://github.com"
BAKE = "docker-bake.hcl"
ARGOCD = "argocd/repository/repository.yaml"
OWNER = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}")  # GitHub's rule for users and organizations
REPOSITORY = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
URL = re.compile(r"^(  url: )(\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Address:
    """A repository."""

    owner: str
    repository: str
    url: str  # from which Argo CD reads it

    @classmethod
    def of(cls, owner: str, repository: str, base: str) -> "Address":
        """Put an address together.

        Args:
            owner: A user or an organization.
            repository: Its name.
            base: What comes before OWNER/REPO.git.

        Raises:
            Failure: One of them can't be a name.
        """
        if not OWNER.fullmatch(owner):
            raise Failure(f"not an owner: {owner!r}; it has letters, digits and single hyphens, as on GitHub")
        if not REPOSITORY.fullmatch(repository) or repository.endswith(".git"):
            raise Failure(f"not a repository's name: {repository!r}; it has letters, digits, '.', '_' and '-'")
        if not re.match(r"[a-z]+://[^/\s]", base):
            raise Failure(f"not an address: {base!r}; such as https://git.example.org")
        return cls(owner, repository, f"{base.rstrip('/')}/{owner}/{repository}.git")

    @property
    def page(self) -> str:
        """Where people find it on GitHub, without the scheme."""
        return f"github.com/{self.owner}/{self.repository}"

    @property
    def images(self) -> str:
        """What comes before an image's name. Registries refuse upper case (OCI distribution specification, "Pull")."""
        return f"ghcr.io/{self.owner.lower()}/"

    def written(self, path: str, text: str) -> str:
        """Give what one of the two files says when it says this address."""
        if path == BAKE:
            text = _variable("OWNER").sub(rf"\g<1>{self.owner}\g<3>", text)
            return _variable("REPOSITORY").sub(rf"\g<1>{self.repository}\g<3>", text)
        for key, value in (("owner", self.owner), ("repository", self.repository)):
            text = re.sub(rf'^(  {key}: ")[^"]*', rf"\g<1>{value}", text, flags=re.MULTILINE)
        return URL.sub(rf"\g<1>{self.url}", text)


def read(root: Path) -> Address:
    """Read what a checkout says now.

    Raises:
        Failure: One of the two files is away, or doesn't say it.
    """
    try:
        bake, argocd = ((root / path).read_text("utf-8") for path in (BAKE, ARGOCD))
    except OSError as error:
        raise Failure(f"{error.filename}: {error.strerror}; is this a checkout of the blog platform?") from error
    owner, repository, url = _variable("OWNER").search(bake), _variable("REPOSITORY").search(bake), URL.search(argocd)
    if not (owner and repository):
        raise Failure(f"{BAKE} doesn't say OWNER and REPOSITORY: git checkout {BAKE}")
    if not url:
        raise Failure(f"{ARGOCD} doesn't say url: git checkout {ARGOCD}")
    return Address(owner[2], repository[2], url[2])


def _variable(name: str) -> re.Pattern[str]:
    return re.compile(rf'(variable "{name}" {{\s+default = ")([^"]*)(")')
