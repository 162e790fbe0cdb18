"""The Jenkinsfile does what deploy.yml does, by the same lines."""

import re
from collections.abc import Iterator

from blogctl import checkout
from blogctl.deploy import images
from blogctl.deploy.environment import Environment
from delivery.test_workflows import GITHUB, Job, load

TEXT = (checkout.ROOT / "Jenkinsfile").read_text("utf-8")
STEP = re.compile(r"\bsh\b\W*?(?:script: )?(?:'''(.*?)'''|'(.*?)')", re.DOTALL)
SHELL = re.compile(r"#!|set -|config user\.")  # how a script is run, and under which name somebody commits
TOLD = re.compile(r".*GITHUB_OUTPUT")  # how steps tell each other
# Steps that are actions on GitHub, and lines here.
INSTEAD = {
    "make setup": "./.github/actions/setup",
    "printenv GITHUB_PSW | docker login": "docker/login-action",
    "syft": "anchore/sbom-action",
    "cosign attest": "actions/attest",
}
# Jenkins' own: scripts share variables and files in place of outputs and artifacts.
OWN = {
    'rm -rf "$WORKSPACE_TMP/digests" && mkdir -p "$WORKSPACE_TMP/digests"',
    "IMAGE=${name%:*}@$digest",
    "sbom=$WORKSPACE_TMP/$SERVICE.spdx.json",
}
# The same by another name, and a key in place of GitHub's word for who signs.
NAMES = {
    "services=$(.venv/bin/blogctl ci changed --json)": ".venv/bin/blogctl ci changed --json",
    "$GITHUB_SHA": "$GIT_COMMIT",
    '"$RUNNER_TEMP"/digests': '"$WORKSPACE_TMP"/digests',
    '"$SERVICE=$DIGEST" > "$RUNNER_TEMP/$SERVICE"': '"$SERVICE=$digest" > "$WORKSPACE_TMP/digests/$SERVICE"',
    'sign --yes "$IMAGE"': 'sign --yes --key "$COSIGN_KEY" ${COSIGN_SIGN_OPTIONS-} "$IMAGE"',
    'verify "$IMAGE" --certificate-identity "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/.github/workflows/deploy.yml@'
    '$GITHUB_REF" --certificate-oidc-issuer https://token.actions.githubusercontent.com': (
        'verify --key cosign.pub ${COSIGN_VERIFY_OPTIONS-} "$IMAGE"'
    ),
}


def jenkins() -> list[str]:
    """The lines that the Jenkinsfile runs, as a shell gets them."""
    scripts = [(found[1] or found[2]).replace("\\\\", "\\") for found in STEP.finditer(TEXT)]
    return [line.strip() for script in scripts for line in script.splitlines() if line.strip()]


def github() -> Iterator[Job]:
    """The steps of a push, in the Jenkinsfile's order: on GitHub, builds and tests are side by side."""
    deploy, ci = (load(GITHUB / "workflows" / name)["jobs"] for name in ("deploy.yml", "ci.yml"))
    for job in (deploy["changed"], deploy["build"], ci["service"], deploy["publish"], deploy["bump"]):
        yield from job["steps"]


def common(lines: list[str]) -> list[str]:
    return [line for line in lines if not (SHELL.search(line) or TOLD.match(line))]


def test_it_types_what_the_workflows_type_in_the_same_order() -> None:
    typed = "\n".join(step["run"].strip() for step in github() if "run" in step)
    for there, here in NAMES.items():
        assert there in typed, there
        typed = typed.replace(there, here)

    lines = [line for line in common(jenkins()) if line not in OWN and "credential.helper" not in line]
    assert [line for line in lines if not line.startswith(tuple(INSTEAD))] == common(typed.splitlines())


def test_what_is_an_action_there_is_a_line_here() -> None:
    used = {str(step.get("uses", "")).partition("@")[0] for step in github()}

    assert set(INSTEAD.values()) <= used
    assert [start for start in INSTEAD if not any(line.startswith(start) for line in jenkins())] == []


def test_its_stages_are_the_chapter_s() -> None:
    stages = re.findall(r"stage\('(.+?)'\)", TEXT)

    assert [name for name in stages if "ervices" not in name] == ["Build", "Test", "Publish", "Deploy"]


def test_it_builds_every_service() -> None:
    (values,) = re.findall(r"values (.+)", TEXT)

    assert re.findall(r"'(.+?)'", values) == images.read(checkout.ROOT, Environment("dev").images).services()


def test_its_own_commits_are_left_out() -> None:
    (pattern,) = re.findall(r"changeset pattern: '(.+?)', comparator: 'REGEXP'", TEXT)

    assert re.fullmatch(pattern, "k8s/overlays/dev/images/kustomization.yaml") is None
    assert re.fullmatch(pattern, "k8s/overlays/dev/kustomization.yaml")
    assert re.fullmatch(pattern, "services/posts-service/src/posts_service/posts.py")


def test_a_secret_is_never_an_argument() -> None:
    """`sh` shows its lines with their values, and whoever lists processes sees them."""
    assert [line for line in jenkins() if re.search(r"\$\{?(GITHUB|COSIGN)_(PSW|PASSWORD)", line)] == [
        r"""git config credential.helper '!printf "username=%s\npassword=%s\n" "$GITHUB_USR" "$GITHUB_PSW" #'"""
    ]
    assert "printenv GITHUB_PSW | docker login" in TEXT
