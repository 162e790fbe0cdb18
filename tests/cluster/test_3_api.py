"""The API's own tests, against the cluster's front door."""

import time

from cluster.applied import Platform
from kit.programs import Tree


def test_every_check_of_the_api_holds_on_the_cluster(platform: Platform) -> None:
    began = time.monotonic()
    done = Tree().test("tests/api", within=360, BLOG_URL=platform.url)
    print(f"\n{done.stdout.splitlines()[-1]} ({time.monotonic() - began:.0f} s)")

    assert done.returncode == 0, done.stdout[-4000:]
