"""What holds for every workflow: GitHub runs these files with our rights, so a mistake here is everybody's."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from blogctl import checkout
from blogctl.deploy import images
from blogctl.deploy.environment import WAY, Environment

GITHUB = checkout.ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
WRITTEN = [*WORKFLOWS, *sorted(GITHUB.glob("actions/*/action.yml"))]
PINNED = re.compile(r"uses: (?:\./\S+|[\w./-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+)$")
STRANGERS_SAY = re.compile(
    r"github\.(?:head_ref|ref_name|event\.(?:pull_request\.(?:title|body|head)|head_commit|commits|issue|comment|inputs))"
)
MAY_WRITE = {
    ("deploy.yml", "build"): {"packages"},
    ("deploy.yml", "publish"): {"packages", "id-token", "attestations"},
    ("deploy.yml", "bump"): {"contents"},
    ("promote.yml", "promote"): {"contents"},
    ("preview.yml", "publish"): {"packages"},
    ("preview-expiry.yml", "expire"): {"pull-requests"},
}
NOT_IN_CI = {"cluster", "load", "kit"}  # needs a cluster (e2e.yml), measures, is no test
Job = dict[str, Any]


def load(file: Path) -> dict[Any, Any]:
    parsed: dict[Any, Any] = yaml.safe_load(file.read_text("utf-8"))
    return parsed


def triggers(workflow: dict[Any, Any]) -> set[str]:
    return set(workflow[True])  # YAML 1.1 reads `on` so


def jobs(*, of: str = "") -> Iterator[tuple[str, str, Job]]:
    for file in WORKFLOWS:
        if file.name == of or not of:
            for name, job in load(file)["jobs"].items():
                yield file.name, name, job


def steps() -> Iterator[tuple[str, Job]]:
    for file in WRITTEN:
        parsed = load(file)
        for job in parsed.get("jobs", {"": parsed.get("runs")}).values():
            yield from ((file.name, step) for step in job.get("steps", []))


def scripts() -> Iterator[tuple[str, str]]:
    yield from ((file, step["run"]) for file, step in steps() if "run" in step)


def needed(job: Job) -> list[str]:
    needs = job.get("needs", [])
    return [needs] if isinstance(needs, str) else needs


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: str(file.relative_to(GITHUB)))
def test_every_action_is_pinned_by_commit_with_its_version(file: Path) -> None:
    used = re.findall(r"uses: .+$", file.read_text("utf-8"), re.MULTILINE)

    assert [line for line in used if not PINNED.match(line)] == []


def test_an_action_has_one_version_everywhere() -> None:
    used = {use for file in WRITTEN for use in re.findall(r"uses: (\S+@\S+)", file.read_text("utf-8"))}

    assert len({use.partition("@")[0] for use in used}) == len(used)


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_no_workflow_has_rights_that_no_job_asks_for(file: Path) -> None:
    workflow = load(file)

    assert workflow["permissions"] == {}
    assert [name for name, job in workflow["jobs"].items() if "permissions" not in job] == []


def test_only_these_jobs_may_write() -> None:
    found = {
        (file, name): {right for right, value in job["permissions"].items() if value != "read"}
        for file, name, job in jobs()
    }

    assert {where: rights for where, rights in found.items() if rights} == MAY_WRITE


def test_a_pull_request_can_write_nothing_but_the_images_of_its_preview() -> None:
    started = {file.name for file in WORKFLOWS if {"pull_request", "pull_request_target"} & triggers(load(file))}

    assert started & {file for file, _ in MAY_WRITE} == {"preview.yml"}
    assert not any("pull_request_target" in triggers(load(file)) for file in WORKFLOWS)
    assert not any("workflow_run" in triggers(load(file)) for file in WORKFLOWS)


def test_a_preview_is_published_for_a_labelled_pull_request_of_this_repository_alone() -> None:
    jobs = load(GITHUB / "workflows" / "preview.yml")["jobs"]
    ours, labelled, this_label = jobs["publish"]["if"].split(" && ")

    assert ours == "github.event.pull_request.head.repo.full_name == github.repository"
    assert labelled == "contains(github.event.pull_request.labels.*.name, 'preview')"
    assert this_label == "(github.event.action != 'labeled' || github.event.label.name == 'preview')"
    assert jobs.keys() == {"publish"}


def test_a_preview_s_images_are_named_so_that_no_deploy_takes_them() -> None:
    """A deploy's tag is a commit."""
    (*_, build) = load(GITHUB / "workflows" / "preview.yml")["jobs"]["publish"]["steps"]

    assert build["env"]["TAG"].startswith("pr-")
    assert "cosign" not in (GITHUB / "workflows" / "preview.yml").read_text("utf-8")


def test_a_preview_that_nobody_looks_at_loses_its_label(tmp_path: Path) -> None:
    (step,) = load(GITHUB / "workflows" / "preview-expiry.yml")["jobs"]["expire"]["steps"]
    said = tmp_path / "said"
    gh = tmp_path / "gh"
    gh.write_text(f'#!/bin/sh\necho "$@" >> {said}\n[ "$1" = pr ] && printf "7\\n12\\n"\nexit 0\n', "utf-8")
    gh.chmod(0o755)
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "GH_REPO": "hana/blog", "DAYS": step["env"]["DAYS"]}

    done = subprocess.run(["bash", "-eo", "pipefail", "-c", step["run"]], env=env, capture_output=True, check=False)

    week_ago = datetime.now(UTC) - timedelta(days=7)
    asked, *taken = said.read_text("utf-8").splitlines()
    assert (done.returncode, done.stdout) == (0, b"#7\n#12\n")
    assert f"--label preview --search updated:<{week_ago:%Y-%m-%d} " in asked
    assert taken == [f"api --silent --method DELETE repos/hana/blog/issues/{n}/labels/preview" for n in (7, 12)]


def test_a_workflow_that_is_called_asks_for_no_more_than_its_caller_may() -> None:
    """GitHub refuses to start the caller otherwise, even if the job that asks is skipped."""
    callers = [job for _, _, job in jobs() if str(job.get("uses", "")).startswith("./.github/workflows/")]
    assert callers
    for caller in callers:
        asked = {right for _, _, job in jobs(of=Path(caller["uses"]).name) for right in job["permissions"].items()}

        assert asked <= set(caller["permissions"].items())


def test_a_promotion_offers_what_there_is() -> None:
    """GitHub's form can't ask: a new service or environment has to be added there."""
    inputs = load(GITHUB / "workflows" / "promote.yml")[True]["workflow_dispatch"]["inputs"]
    dev = images.read(checkout.ROOT, Environment("dev").images)

    assert (inputs["from"]["options"], inputs["to"]["options"]) == (list(WAY[:-1]), list(WAY[1:]))
    assert inputs["services"]["options"] == ["all", *dev.services()]


def test_every_job_that_runs_has_a_limit() -> None:
    assert [(file, name) for file, name, job in jobs() if "uses" not in job and "timeout-minutes" not in job] == []


def test_only_the_jobs_that_push_keep_a_credential() -> None:
    checkouts = [
        (name, step["with"]["persist-credentials"])
        for _, name, job in jobs()
        for step in job.get("steps", [])
        if step.get("uses", "").startswith("actions/checkout@")
    ]

    assert {name for name, kept in checkouts if kept} == {"bump", "promote"}


def test_no_script_holds_what_a_stranger_may_say() -> None:
    assert [(file, script) for file, script in scripts() if STRANGERS_SAY.search(script) or "${{" in script] == []


def test_scripts_run_in_the_same_shell_everywhere() -> None:
    assert [file.name for file in WORKFLOWS if load(file)["defaults"]["run"]["shell"] != "bash"] == []


def test_every_make_target_and_every_command_of_blogctl_is_there() -> None:
    makefile = (checkout.ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    text = "\n".join(script for _, script in scripts())

    assert set(re.findall(r"^make ([a-z-]+)", text, re.MULTILINE)) - targets == set()
    for command in set(re.findall(r"\.venv/bin/(blogctl(?: [a-z]+)+)", text)):
        words = [f"{checkout.ROOT}/.venv/bin/blogctl", *command.split()[1:], "--help"]
        assert subprocess.run(words, capture_output=True, check=False).returncode == 0, command


def test_every_folder_of_tests_is_run_by_a_pull_request() -> None:
    run = " ".join(
        str(step.get("run")) for _, _, job in jobs(of="ci.yml") for step in job.get("steps", []) if "run" in step
    ).replace("make test-docs", "tests/docs")
    folders = {
        path.name for path in (checkout.ROOT / "tests").iterdir() if path.is_dir() and path.name != "__pycache__"
    }
    named = set(re.findall(r"tests/([a-z]+)\b(?!_)", run))

    assert folders - named == NOT_IN_CI
    assert "tests/test_*.py" in run
    assert "services/chassis tools" in run


def test_the_gate_waits_for_every_other_job() -> None:
    gate = load(GITHUB / "workflows" / "ci.yml")["jobs"]["ci-ok"]

    assert set(gate["needs"]) == {name for _, name, _ in jobs(of="ci.yml")} - {"ci-ok"}
    assert gate["if"] == "always()"


@pytest.mark.parametrize(
    ("results", "passes"),
    [
        (["success", "success"], True),
        (["success", "skipped"], True),
        (["success", "failure"], False),
        (["cancelled", "skipped"], False),
    ],
)
def test_the_gate_lets_through_what_succeeded_or_was_not_asked_for(results: list[str], passes: bool) -> None:
    gate = load(GITHUB / "workflows" / "ci.yml")["jobs"]["ci-ok"]
    needs = {f"job{number}": {"result": result, "outputs": {}} for number, result in enumerate(results)}

    script = ["bash", "-eo", "pipefail", "-c", gate["steps"][0]["run"]]
    done = subprocess.run(
        script, env=os.environ | {"RESULTS": json.dumps(needs)}, capture_output=True, text=True, check=False
    )

    assert (done.returncode == 0) == passes, done.stderr


def test_a_matrix_of_none_is_not_begun() -> None:
    """An empty matrix is an error; who follows a job that was skipped for that reason is skipped too."""
    by_name = {(file, name): job for file, name, job in jobs()}
    for (file, name), job in by_name.items():
        if "fromJSON(needs." in str(job.get("strategy")):
            guarded = [job, *(by_name[file, need] for need in needed(job) if (file, need) in by_name)]

            assert any("!= '[]'" in str(each.get("if")) for each in guarded), (file, name)


def test_a_bump_starts_nothing_and_comes_after_tests_and_publishing() -> None:
    deploy = load(GITHUB / "workflows" / "deploy.yml")

    assert deploy[True] == {"push": {"branches": ["main"], "paths-ignore": ["k8s/overlays/*/images/**"]}}
    assert set(deploy["jobs"]["bump"]["needs"]) == {"ci", "publish"}
    assert "if" not in deploy["jobs"]["bump"]
    assert not any(job.get("concurrency", {}).get("cancel-in-progress") for job in deploy["jobs"].values())
    assert deploy["concurrency"]["cancel-in-progress"] is False


def test_tools_have_the_same_version_wherever_they_are_installed() -> None:
    locked = (checkout.ROOT / "requirements-dev.txt").read_text("utf-8")
    setup = (GITHUB / "actions" / "setup" / "action.yml").read_text("utf-8")
    by_go = re.compile(r"go install (\S+@v\S+)")

    assert re.findall(r"version: ([\d.]+)  # as in", setup) == re.findall(r"^uv==(\S+)", locked, re.MULTILINE)
    ci = (GITHUB / "workflows" / "ci.yml").read_text("utf-8")
    assert set(by_go.findall(ci + setup)) == set(by_go.findall((checkout.ROOT / ".ci" / "run").read_text("utf-8")))


def test_python_is_that_of_the_images() -> None:
    (version,) = re.findall(r'python-version: "([\d.]+)"', (GITHUB / "actions/setup/action.yml").read_text("utf-8"))

    for file in (checkout.ROOT / "services").glob("*/Dockerfile"):
        assert set(re.findall(r"FROM python:([\d.]+)-", file.read_text("utf-8"))) == {version}, file


def test_the_runners_of_a_build_are_those_that_are_joined() -> None:
    said = re.findall(r"vars\.RUNNERS \|\| '(.+?)'", (GITHUB / "workflows" / "deploy.yml").read_text("utf-8"))

    assert len(said) == 2
    assert len(set(said)) == 1
