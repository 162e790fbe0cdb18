"""The cluster in KUBECONFIG."""

import subprocess
from functools import cache


@cache
def cluster_answers() -> bool:
    version = ["kubectl", "version", "--request-timeout=5s"]
    try:
        return subprocess.run(version, capture_output=True, timeout=30, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
