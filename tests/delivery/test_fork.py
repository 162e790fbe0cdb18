"""`blogctl fork init` on a clone of the whole tree, by an owner whose name has upper case."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from blogctl.deploy.digest import Digest
from blogctl.deploy.environment import environments
from blogctl.deploy.images import Images
from blogctl.fork import address
from delivery.checkouts import Checkout, digest, one_line
from manifests.rendered import Rendering, render, tool

NAMES = ("--owner", "Alice-Kim", "--repo", "Blog")
# What can't read docker-bake.hcl says the address too, and pages have commands to copy.
PLACES = {
    "docker-bake.hcl",
    "argocd/repository/repository.yaml",
    "argocd/platform/validatingadmissionpolicy.yaml",
    "argocd/platform/signatures/imagevalidatingpolicy.yaml",
    "k8s/overlays/preview/platform/kustomization.yaml",
    *(f"k8s/overlays/{name}/images/kustomization.yaml" for name in ("local", "dev", "staging", "prod")),
}


def rendered(folder: Path) -> Rendering:
    if tool() is None:
        pytest.skip("neither kustomize nor kubectl is on PATH")
    return render(folder)


def naming(clone: Checkout, *texts: str) -> set[str]:
    """Files that hold one of these texts, in whatever case."""
    found = (path for path in clone.git("ls-files").splitlines() if (clone.path / path).is_file())
    wanted = re.compile("|".join(rf"{re.escape(text)}(?![\w-])" for text in texts), re.IGNORECASE)
    return {path for path in found if wanted.search((clone.path / path).read_text("utf-8", "replace"))}


def test_nothing_of_upstream_s_is_left(whole: Checkout) -> None:
    old = address.read(whole.path)

    done = whole.blogctl("fork", "init", *NAMES)

    assert (done.returncode, done.stderr) == (0, "")
    assert naming(whole, old.page, old.images.rstrip("/"), f"{old.owner}/{old.repository}.git") == set()
    assert address.read(whole.path) == address.Address("Alice-Kim", "Blog", "https://github.com/Alice-Kim/Blog.git")


def test_the_address_stands_in_its_places_and_in_pages_alone(whole: Checkout) -> None:
    whole.blogctl("fork", "init", *NAMES)

    said = naming(whole, "github.com/Alice-Kim/Blog", "ghcr.io/alice-kim", '"Alice-Kim"')

    elsewhere = {path for path in said if path.endswith(".md") or "tests" in Path(path).parts}
    assert said - elsewhere == PLACES


def test_registries_get_lower_case(whole: Checkout) -> None:
    whole.blogctl("fork", "init", *NAMES)

    for path in whole.path.glob("k8s/overlays/*/images/kustomization.yaml"):
        names = [image["newName"] for image in yaml.safe_load(path.read_text("utf-8"))["images"]]
        assert names == [f"ghcr.io/alice-kim/{name}" for name in ("posts-service", "user-service", "admin-backup")]


def test_bake_and_the_overlays_agree(whole: Checkout) -> None:
    if shutil.which("docker") is None:
        pytest.skip("docker buildx bake isn't on PATH")
    whole.blogctl("fork", "init", *NAMES)

    command = ["docker", "buildx", "bake", "--print"]
    said = subprocess.run(command, cwd=whole.path, capture_output=True, text=True, check=True).stdout
    targets = json.loads(said)["target"]

    local = yaml.safe_load((whole.path / "k8s/overlays/local/images/kustomization.yaml").read_text("utf-8"))
    assert [target["tags"] for target in targets.values()] == [
        [f"{image['newName']}:{image['newTag']}"] for image in sorted(local["images"], key=lambda image: image["name"])
    ]
    sources = {target["labels"]["org.opencontainers.image.source"] for target in targets.values()}
    assert sources == {"https://github.com/Alice-Kim/Blog"}


@pytest.mark.parametrize("folder", ["argocd", "argocd/root"])
def test_argo_cd_reads_from_the_fork(whole: Checkout, folder: str) -> None:
    whole.blogctl("fork", "init", *NAMES, "--git-base", "http://git.example.org:3080/")

    text = rendered(whole.path / folder).text

    found = re.findall(r"(?:repoURL: |sourceRepos:\n +- )(.*)", text)
    assert len(found) >= 2
    assert set(found) == {"http://git.example.org:3080/Alice-Kim/Blog.git"}


def test_argo_cd_asks_github_for_the_fork_s_pull_requests(whole: Checkout) -> None:
    whole.blogctl("fork", "init", *NAMES)

    previews = rendered(whole.path / "argocd").get("ApplicationSet", "blog-platform-previews")["spec"]

    asked = previews["generators"][0]["matrix"]["generators"][1]["pullRequest"]["github"]
    assert (asked["owner"], asked["repo"]) == ("Alice-Kim", "Blog")


def test_what_upstream_deployed_is_not_the_fork_s(whole: Checkout) -> None:
    for environment in environments(whole.path):
        file = Images((whole.path / environment.images).read_text("utf-8"), environment.images)
        file.deploy({"posts-service": Digest(digest("a"))}, whole.head)
        (whole.path / environment.images).write_text(file.text(), "utf-8")

    whole.blogctl("fork", "init", *NAMES)

    for environment in environments(whole.path):
        text = (whole.path / environment.images).read_text("utf-8")
        assert (text.count("newTag: undeployed"), text.count("digest: sha")) == (text.count("newName: "), 0)


def test_a_second_time_there_is_nothing_to_do_and_what_runs_stays(whole: Checkout) -> None:
    whole.blogctl("fork", "init", *NAMES)
    dev = whole.path / environments(whole.path)[0].images
    file = Images(dev.read_text("utf-8"), "dev")
    file.deploy({"posts-service": Digest(digest("a"))}, whole.head)
    dev.write_text(file.text(), "utf-8")
    whole.git("commit", "--quiet", "--all", "--message", "mine")

    done = whole.blogctl("fork", "init", *NAMES)

    assert done.stdout.startswith("This is Alice-Kim/Blog already.\n")
    assert whole.git("status", "--porcelain") == ""


def test_a_dry_run_prints_the_difference_and_writes_nothing(whole: Checkout) -> None:
    done = whole.blogctl("fork", "init", *NAMES, "--dry-run")

    assert '+  default = "Alice-Kim"' in done.stdout.splitlines()
    assert whole.git("status", "--porcelain") == ""


def test_three_clicks_are_left_at_most(whole: Checkout) -> None:
    on_github = whole.blogctl("fork", "init", *NAMES).stdout
    elsewhere = whole.blogctl("fork", "init", *NAMES, "--git-base", "http://git.example.org").stdout

    assert 1 <= len(re.findall(r"^  \d\. https://", on_github, re.MULTILINE)) <= 3
    assert "https://github.com" not in elsewhere


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--owner", "alice/kim"), "not an owner"),
        (("--owner", "-alice"), "not an owner"),
        (("--owner", ""), "not an owner"),
        (("--owner", "alice", "--repo", "my blog"), "not a repository's name"),
        (("--owner", "alice", "--repo", "blog.git"), "not a repository's name"),
        (("--owner", "alice", "--git-base", "here"), "not an address"),
    ],
)
def test_what_cannot_be_a_name_is_refused_in_one_line(
    whole: Checkout, arguments: tuple[str, ...], complaint: str
) -> None:
    done = whole.blogctl("fork", "init", *arguments)

    assert one_line(done).startswith(f"blogctl: {complaint}")
    assert whole.git("status", "--porcelain") == ""
