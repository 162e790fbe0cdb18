"""Images that are real and tiny, in a real registry, and key pairs that sign them."""

import hashlib
import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

HOST = "127.0.0.1:5000"  # as `make cluster` starts it
OWNER = "promotion-test"
CONFIG = b'{"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}'
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
RUN = time.time_ns()
OFFLINE = "--insecure-ignore-tlog --private-infrastructure"  # the public log needs none of our images


def demand() -> None:
    """Skip a test where there is no registry or no cosign."""
    if not shutil.which("cosign"):
        pytest.skip("cosign is not on PATH")
    try:
        httpx.get(f"http://{HOST}/v2/", timeout=5).raise_for_status()
    except httpx.HTTPError as error:
        pytest.skip(f"no registry at {HOST}: {error}")


def push(service: str, mark: str) -> str:
    """Publish an image without layers, and give its digest.

    Args:
        service: Its name, after the owner's.
        mark: What tells it from others of this run; signatures of earlier runs are on other images.
    """
    base = f"http://{HOST}/v2/{OWNER}/{service}"
    config = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": _sha256(CONFIG), "size": len(CONFIG)}
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": config,
        "layers": [],
        "annotations": {"v": f"{mark} {RUN}"},
    }
    content = json.dumps(manifest).encode()
    with httpx.Client(timeout=20) as client:
        place = httpx.URL(base).join(client.post(f"{base}/blobs/uploads/").headers["Location"])
        client.put(place.copy_merge_params({"digest": _sha256(CONFIG)}), content=CONFIG).raise_for_status()
        answer = client.put(f"{base}/manifests/{mark}", content=content, headers={"Content-Type": MANIFEST})
        answer.raise_for_status()
    return _sha256(content)


@dataclass(frozen=True)
class Key:
    """A key pair; `public` is what belongs into a repository."""

    prefix: Path

    @classmethod
    def make(cls, prefix: Path) -> "Key":
        _cosign("generate-key-pair", "--output-key-prefix", str(prefix))
        return cls(prefix)

    @property
    def public(self) -> bytes:
        return self.prefix.with_suffix(".pub").read_bytes()

    def sign(self, service: str, digest: str, *, owner: str = OWNER) -> None:
        key = str(self.prefix.with_suffix(".key"))
        _cosign("sign", "--yes", "--tlog-upload=false", "--key", key, f"{HOST}/{owner}/{service}@{digest}")


def _cosign(*arguments: str) -> None:
    environment = {**os.environ, "COSIGN_PASSWORD": ""}
    done = subprocess.run(["cosign", *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
