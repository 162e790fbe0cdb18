"""Who signed an image: asked of its registry by `cosign verify`, by digest."""

import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from blogctl.command import Command, shown
from blogctl.deploy.digest import Digest
from blogctl.failure import Failure
from blogctl.fork import address

KEY = "cosign.pub"  # at the root: the public half of a key pair, where GitHub doesn't sign (a laptop, Jenkins)
WORKFLOW = ".github/workflows/deploy.yml@refs/heads/main"
ISSUER = "https://token.actions.githubusercontent.com"
UNSIGNED = {10, 11, 12, 13}  # cosign's statuses for no signature, and for none that is by the right one
SECONDS = 60


@dataclass(frozen=True)
class Signer:
    """Whose signature counts."""

    name: str
    options: tuple[str, ...]  # of cosign verify

    @classmethod
    def of(cls, root: Path) -> "Signer":
        """Tell who signs a checkout's images: the key beside it, or else its deploy.yml on GitHub, which has no key.

        Args:
            root: A checkout.

        Raises:
            Failure: It doesn't say whose it is.
        """
        if (root / KEY).exists():
            return cls(KEY, ("--key", shown(root / KEY)))
        workflow = f"{address.GITHUB}/{address.read(root).page.partition('/')[2]}/{WORKFLOW}"
        options = ("--certificate-identity", workflow, "--certificate-oidc-issuer", ISSUER)
        return cls(workflow.removeprefix("https://"), options)


@dataclass
class Signatures:
    """What registries say of images; each is asked for once."""

    signer: Signer
    options: str = ""  # further ones of cosign verify, as a shell takes them
    dry_run: bool = False
    _complaints: dict[str, str] = field(default_factory=dict)

    def complaint(self, name: str, digest: Digest) -> str:
        """Say what is wrong with an image's signature; empty when there is one by the right signer.

        Args:
            name: The image's, with its registry.
            digest: Which.

        Raises:
            Failure: That can't be found out.
        """
        reference = f"{name}@{digest}"
        if reference not in self._complaints:
            self._complaints[reference] = self._ask(reference)
        return self._complaints[reference]

    def _ask(self, reference: str) -> str:
        command = Command(("cosign", "verify", *self.signer.options, *shlex.split(self.options), reference))
        command.show()
        if self.dry_run:
            return ""
        try:
            command.output(within=SECONDS)
        except OSError as error:
            raise Failure(f"cosign can't be run: {error.strerror}; it tells who signed an image") from error
        except subprocess.TimeoutExpired as error:
            raise Failure(f"the registry didn't answer cosign within {SECONDS} s: try again") from error
        except subprocess.CalledProcessError as error:
            reason = _reason(str(error.stderr))
            if error.returncode in UNSIGNED:
                return f"{self.signer.name} hasn't signed it: {reason}"
            raise Failure(f"cosign can't verify {reference}: {reason}") from error
        return ""


def signatures(root: Path, options: str, *, dry_run: bool) -> Signatures:
    """Give what asks for the signatures of a checkout's images.

    Args:
        root: The checkout.
        options: Further ones of cosign verify, as a shell takes them.
        dry_run: Print the lines, and ask nobody.

    Raises:
        Failure: The options can't be read, or the checkout doesn't say whose it is.
    """
    try:
        shlex.split(options)
    except ValueError as error:
        raise Failure(f"not options of cosign verify: {options!r}: {error}") from error
    return Signatures(Signer.of(root), options, dry_run)


def _reason(said: str) -> str:
    errors = [line.removeprefix("Error: ") for line in said.splitlines() if line.startswith("Error: ")]
    return errors[0] if errors else "it failed and didn't say why"
