"""MongoDB's address as a Secret holds it."""

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

_FORM = re.compile(r"(?P<scheme>mongodb(?:\+srv)?)://(?:(?P<user>[^:@/]*):(?P<password>[^@/]*)@)?(?P<rest>[^@]+)")


@dataclass(frozen=True)
class Address:
    """`mongodb://USER:PASSWORD@HOSTS/DATABASE?OPTIONS`: who logs in, and where."""

    scheme: str
    user: str | None
    password: str | None
    rest: str

    @classmethod
    def parse(cls, text: str) -> "Address":
        """Read an address.

        Raises:
            ValueError: It is none.
        """
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise ValueError("not an address of MongoDB (mongodb://USER:PASSWORD@HOSTS/blog)")
        user, password = found["user"], found["password"]
        return cls(found["scheme"], user and unquote(user), password and unquote(password), found["rest"])

    @classmethod
    def of_members(cls, count: int, *, user: str, password: str) -> "Address":
        """Make the address of our own replica set, which names every member, so that any one may be away."""
        hosts = ",".join(f"mongo-{ordinal}.mongo:27017" for ordinal in range(count))
        return cls("mongodb", user, password, f"{hosts}/blog?replicaSet=rs0&authSource=admin")

    def log_in(self, user: str, password: str) -> "Address":
        """Give the same address for another user."""
        return replace(self, user=user, password=password)

    def __str__(self) -> str:
        login = f"{quote(self.user, safe='')}:{quote(self.password or '', safe='')}@" if self.user else ""
        return f"{self.scheme}://{login}{self.rest}"
