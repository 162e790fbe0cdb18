"""An image's digest: its name for good, which no tag is."""

import re
from dataclasses import dataclass

from blogctl.failure import Failure

SHA256 = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Digest:
    """A SHA-256 of an image's manifest (OCI image specification, "Digests")."""

    text: str

    def __str__(self) -> str:
        """Give it as registries write it."""
        return self.text

    @classmethod
    def parse(cls, text: str) -> "Digest":
        """Read a digest.

        Args:
            text: `sha256:` and 64 hexadecimal digits in lower case.

        Raises:
            Failure: It's something else.
        """
        if not SHA256.fullmatch(text):
            raise Failure(
                f"not a digest: {text!r}; it is sha256: and 64 digits of 0-9a-f, as docker buildx bake prints"
            )
        return cls(text)

    @property
    def short(self) -> str:
        """The digest as people read it."""
        return self.text[: len("sha256:") + 12]
