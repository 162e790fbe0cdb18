import pytest

from blogctl.deploy.digest import Digest
from blogctl.deploy.images import Image, Images
from blogctl.failure import Failure

A, B = Digest("sha256:" + "a" * 64), Digest("sha256:" + "b" * 64)
SOURCE = "1a2b" * 10
TEXT = f"""\
# 블로그의 이미지
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
images:
  - name: posts-service  # first
    newName: ghcr.io/blog-platform/posts-service
    newTag: undeployed
  # and the other
  - name: user-service
    newName: ghcr.io/blog-platform/user-service
    newTag: {SOURCE}
    digest: {B}
"""


def test_what_is_not_changed_stays_to_the_letter() -> None:
    images = Images(TEXT, "here")

    images.deploy({"posts-service": A}, SOURCE)

    assert images.text() == TEXT.replace("newTag: undeployed\n", f"newTag: {SOURCE}\n    digest: {A}\n")


def test_a_service_runs_an_image_of_a_commit_or_nothing() -> None:
    images = Images(TEXT, "here")

    assert images["user-service"] == Image(SOURCE, B)
    assert images["posts-service"] == images.get("search-service") == Image()


@pytest.mark.parametrize(
    ("old", "new", "flaw"),
    [
        ("kind: Component\n", "", "it has to hold apiVersion, kind and images"),
        ("    newTag: undeployed\n", "", "posts-service: it has to hold"),
        ("newTag: undeployed", "newTag: latest", "posts-service: newTag latest without a digest"),
        (f"newTag: {SOURCE}", "newTag: undeployed", "user-service: newTag undeployed isn't a commit's full name"),
        ("digest: sha256:b", "digest: sha256:x", "isn't one"),
        ("name: user-service", "name: posts-service", "a service is there twice"),
        ("  - name: user", "    - name: user", "can't be read as YAML"),
        ("kind: Component", "kind:  Component", "its form is another"),
    ],
)
def test_a_file_that_deploys_would_not_write_is_refused(old: str, new: str, flaw: str) -> None:
    with pytest.raises(Failure, match="here was edited by hand") as failure:
        Images(TEXT.replace(old, new, 1), "here")

    assert flaw in str(failure.value)
    assert "\n" not in str(failure.value)
