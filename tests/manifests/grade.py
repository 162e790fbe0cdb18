"""What others' rules say of the rendered overlays (`make lint`). Exceptions: .checkov.yaml, .kube-linter.yaml, and
KUBE_SCORE below.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from blogctl import checkout
from manifests.rendered import OVERLAYS, Place, rendering, tool

# In an environment of its own: it wants older versions of packages that we have too.
CHECKOV = [str(Path(sys.executable).with_name("uvx")), "--quiet", "checkov@3.3.30", "--config-file", ".checkov.yaml"]
CHECKS_AT_LEAST = 80  # a workload: a scan that saw nothing must not pass
KUBE_LINTER = ["kube-linter", "lint"]
KUBE_SCORE = ["kube-score", "score", "--kubernetes-version", "v1.35", "--output-format", "ci"]
KUBE_SCORE += ["--ignore-test", "container-image-pull-policy"]  # as CKV_K8S_15
WORKLOADS = {"Deployment", "StatefulSet", "Job", "CronJob"}


def main() -> int:
    """Have every overlay graded by every grader that is there.

    Returns:
        1 if one of them objects.
    """
    if tool() is None:
        print("manifests: not graded, because neither kustomize nor kubectl is on PATH")
        return 0
    go = os.environ.get("GOBIN") or str(Path.home() / "go" / "bin")
    os.environ["PATH"] += f"{os.pathsep}{go}"
    os.chdir(checkout.ROOT)
    with TemporaryDirectory() as folder:
        files = [_write(Path(folder), name) for name in OVERLAYS]
        failed = _checkov(files)
        failed += [line for command in (KUBE_LINTER, KUBE_SCORE) for line in _graded(command, files)]
    print("\n".join(failed) or f"manifests: {', '.join(OVERLAYS)} graded")
    return int(bool(failed))


def _write(folder: Path, overlay: str) -> Path:
    path = folder / f"{overlay}.yaml"
    path.write_text(rendering(Place(overlay)).text, "utf-8")
    return path


def _checkov(files: list[Path]) -> list[str]:
    chosen = [word for file in files for word in ("--file", str(file))]
    done = _run([*CHECKOV, "--skip-download", "--output", "json", *chosen])
    try:
        results = json.loads(done.stdout)["results"]
    except (ValueError, KeyError, TypeError):
        return [f"checkov: {done.stdout}{done.stderr}"]
    failed = [
        f"checkov: {each['resource']}: {each['check_id']} {each['check_name']}" for each in results["failed_checks"]
    ]
    passed = Counter((each["file_path"], each["resource"]) for each in results["passed_checks"])
    seen = {key: count for key, count in passed.items() if key[1].split(".")[0] in WORKLOADS}
    few = [
        f"checkov: {name} in {file}: only {count} checks"
        for (file, name), count in seen.items()
        if count < CHECKS_AT_LEAST
    ]
    return failed + few if seen else ["checkov: saw no workload"]


def _graded(command: list[str], files: list[Path]) -> list[str]:
    if shutil.which(command[0]) is None:
        print(f"manifests: {command[0]} is not on PATH, so it is left out")
        return []
    return [f"{command[0]}: {file.stem}: {line}" for file in files for line in _objections([*command, str(file)])]


def _objections(command: list[str]) -> list[str]:
    done = _run(command)
    if not done.returncode:
        return []
    lines = (done.stdout + done.stderr).splitlines()
    objections = [line for line in lines if line and not line.startswith(("[OK]", "[SKIPPED]", "[WARNING]"))]
    return objections or [f"exit {done.returncode}"]


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    print(shlex.join(command))
    return subprocess.run(command, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
