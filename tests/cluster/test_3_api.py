"""The API's own tests, against the cluster's front door."""

import os
import subprocess
import sys
import time

import pytest

from blogctl import checkout
from cluster.applied import Platform


@pytest.mark.timeout(240)
def test_every_check_of_the_api_holds_on_the_cluster(platform: Platform) -> None:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/api", "-q", "-p", "no:cacheprovider"],
        cwd=checkout.ROOT,
        env={**os.environ, "BLOG_URL": platform.url, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    print(f"\n{done.stdout.splitlines()[-1]} ({time.monotonic() - began:.0f} s)")

    assert done.returncode == 0, done.stdout[-4000:]
