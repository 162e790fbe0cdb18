"""What a service is called, in each of the forms that its name takes."""

import keyword
import re
from dataclasses import dataclass

from blogctl.failure import Failure

WORD = re.compile(r"[a-z][a-z0-9]{1,29}")  # what follows it in a name of Kubernetes still fits into 63 characters
SUFFIX = "-service"


@dataclass(frozen=True)
class Service:
    """A service of this tree."""

    folder: str  # in services/; its image and its Deployment are called so too

    @classmethod
    def new(cls, word: str) -> "Service":
        """Name one that isn't there yet.

        Args:
            word: One word, with `-service` or without.

        Raises:
            Failure: It can't be a name.
        """
        word = word.removesuffix(SUFFIX)
        if not WORD.fullmatch(word) or keyword.iskeyword(word):
            raise Failure(f"not a name: {word!r}; one word of at most 30 lower-case letters and digits, like comments")
        return cls(word + SUFFIX)

    @property
    def word(self) -> str:
        """What it is about: its path, its collection, its label, its database user."""
        return self.folder.removesuffix(SUFFIX)

    @property
    def package(self) -> str:
        """Its Python package."""
        return self.folder.replace("-", "_")
