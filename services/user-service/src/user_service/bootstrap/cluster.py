"""Secrets of one namespace, as the API server has them.

Reading, creating and patching are three requests of the httpx that is in the image already; a client library
would bring packages of its own for them.
"""

import ssl
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import structlog

from chassis.failure import Failure

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")  # where Kubernetes mounts a pod's own
API = "https://kubernetes.default.svc"
LABELS = {"app.kubernetes.io/part-of": "blog-platform", "app.kubernetes.io/managed-by": "bootstrap"}
NOT_FOUND, CONFLICT = 404, 409
TRIES = 5  # somebody else may write at the same time, not for ever
Values = Mapping[str, str]
log = structlog.get_logger()


class Secrets:
    """The Secrets of a namespace."""

    def __init__(self, client: httpx.Client, namespace: str) -> None:
        """Take them.

        Args:
            client: Knows the API server, and who we are.
            namespace: Theirs.
        """
        self._client = client
        self.namespace = namespace
        self._path = f"/api/v1/namespaces/{namespace}/secrets"

    def values(self, name: str) -> dict[str, str]:
        """Give what a Secret holds; nothing if there is no such Secret.

        Raises:
            Failure: The API server refuses, or doesn't answer.
        """
        return _values(self._read(name))

    def update(self, name: str, change: Callable[[Values], Mapping[str, str | None]]) -> dict[str, str]:
        """Change some keys of a Secret, and no others; the Secret is made where there is none.

        Args:
            name: The Secret.
            change: Gets what it holds and gives the keys to write, or None for a key to drop. It is asked again when
                somebody else has written in between, so nobody's key is lost.

        Returns:
            What it holds afterwards.

        Raises:
            Failure: The API server refuses, or doesn't answer.
        """
        for _ in range(TRIES):
            found = self._read(name)
            changes = change(_values(found))
            if not changes:
                return _values(found)
            written = self._write(name, found, changes)
            if written is not None:
                log.info("secret_written", name=name, keys=sorted(changes))
                return _values(written)
        raise Failure(f"Secret {name}: somebody else keeps writing it; run this again")

    def _read(self, name: str) -> dict[str, Any] | None:
        answer = self._send("GET", f"{self._path}/{name}", accept=NOT_FOUND)
        return None if answer.status_code == NOT_FOUND else answer.json()

    def _write(
        self, name: str, found: dict[str, Any] | None, changes: Mapping[str, str | None]
    ) -> dict[str, Any] | None:
        """Write on top of the version that was found; give nothing if there is another one by now."""
        data = {key: None if value is None else b64encode(value.encode()).decode() for key, value in changes.items()}
        if found is None:
            secret = {"kind": "Secret", "apiVersion": "v1", "metadata": {"name": name, "labels": LABELS}, "data": data}
            answer = self._send("POST", self._path, json=secret, accept=CONFLICT)
        else:
            patch = {"metadata": {"resourceVersion": found["metadata"]["resourceVersion"]}, "data": data}
            kind = {"Content-Type": "application/merge-patch+json"}
            answer = self._send("PATCH", f"{self._path}/{name}", json=patch, headers=kind, accept=CONFLICT)
        return None if answer.status_code == CONFLICT else answer.json()

    def _send(self, method: str, path: str, *, accept: int, **request: Any) -> httpx.Response:
        try:
            answer = self._client.request(method, path, **request)
        except httpx.HTTPError as error:
            raise Failure(f"the API server doesn't answer: {error}") from error
        if answer.is_success or answer.status_code == accept:
            return answer
        try:
            reason = answer.json()["message"]
        except (ValueError, KeyError):
            reason = answer.reason_phrase
        raise Failure(f"the API server refuses {method} {path}: {answer.status_code} {reason}")


@contextmanager
def in_cluster() -> Iterator[Secrets]:
    """Open the Secrets of the namespace that this pod runs in, as its service account.

    Yields:
        Them.

    Raises:
        Failure: This is no pod, or one without a token.
    """
    try:
        token, namespace = ((ACCOUNT / name).read_text("utf-8") for name in ("token", "namespace"))
        authority = ssl.create_default_context(cafile=ACCOUNT / "ca.crt")
    except OSError as error:
        raise Failure(f"not in a pod with a service account: {error.filename}: {error.strerror}") from error
    authority.verify_flags &= ~ssl.VERIFY_X509_STRICT  # which a cluster's own authority often fails
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=API, headers=headers, verify=authority, timeout=10) as client:
        yield Secrets(client, namespace)


def _values(secret: dict[str, Any] | None) -> dict[str, str]:
    return {key: b64decode(value).decode() for key, value in ((secret or {}).get("data") or {}).items()}
