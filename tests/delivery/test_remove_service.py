"""`blogctl remove service` on a clone of the whole tree."""

import re

import pytest

from delivery.checkouts import Checkout, one_line
from delivery.test_new_service import program
from kit.growth import NEW
from kit.programs import Tree
from manifests.rendered import tool

MANIFESTS = [f"tests/manifests/test_{name}.py" for name in ("argocd", "contract", "invariants", "previews")]


def commit(clone: Checkout) -> None:
    clone.git("add", "--all")
    clone.git("commit", "--quiet", "--message", "a service more or less")


def grow(clone: Checkout, *line: str) -> str:
    """Run a command, commit what it did, and give what it said."""
    done = clone.blogctl(*line)
    assert done.returncode == 0, done.stderr
    commit(clone)
    return done.stdout


def texts(clone: Checkout) -> dict[str, str]:
    """Every file that holds text, as if no list had been a line an entry."""
    found = {path: (clone.path / path).read_bytes() for path in clone.git("ls-files").splitlines()}
    return {path: re.sub(r"\s+|,(?=\s*[\])}])", "", text.decode("utf-8", "replace")) for path, text in found.items()}


def naming(clone: Checkout, *words: str) -> set[str]:
    """Files that name a word, but for what was written about the platform."""
    every = (option for word in words for option in ("-e", word))
    tracked = clone.git("grep", "--files-with-matches", "--word-regexp", *every, "HEAD", "--", ".", ":!docs")
    found = {path.removeprefix("HEAD:") for path in tracked.splitlines()}
    return found - {"CHANGELOG.md", "requirements-dev.txt"}  # the latter is what `make lock` writes anew


def test_what_new_made_goes_without_a_trace(whole: Checkout) -> None:
    before = texts(whole)
    grow(whole, "new", "service", NEW)

    said = grow(whole, "remove", "service", NEW)

    assert "still name it" not in said
    assert texts(whole) == before


def test_no_word_of_the_backup_is_left_where_the_blog_runs(whole: Checkout) -> None:
    said = grow(whole, "remove", "service", "admin-backup")

    assert "still name it" not in said
    assert naming(whole, "admin-backup", "admin_backup") == set()
    assert "backup" not in (whole.path / "Makefile").read_text("utf-8")


def test_another_service_takes_the_place_of_the_backup_and_all_holds(whole: Checkout) -> None:
    grow(whole, "remove", "service", "admin-backup")
    grow(whole, "new", "service", NEW)

    assert program(whole, "ruff", "format", "--check", ".") == ""
    assert program(whole, "ruff", "check", ".") == ""
    assert program(whole, "yamllint", "--strict", ".") == ""
    if tool() is None:
        pytest.skip("neither kustomize nor kubectl is on PATH")
    paths = [*MANIFESTS, f"services/{NEW}-service", "tests/images/test_definitions.py"]
    ran = Tree(whole.path).test(*paths, within=400)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("user-service", "can't be removed: the others verify tokens by its keys"),
        ("user", "can't be removed: the others verify tokens by its keys"),
        ("posts", "can't be removed: the blog is its posts"),
        ("frontend", "no such service: frontend; there are "),
        ("chassis", "no such service: chassis"),
        ("", "no such service: "),
    ],
)
def test_what_others_need_or_nobody_has_is_refused(whole: Checkout, name: str, says: str) -> None:
    before = whole.state

    assert says in one_line(whole.blogctl("remove", "service", name))
    assert whole.state == before


def test_a_checkout_with_a_change_is_refused(whole: Checkout) -> None:
    (whole.path / "mine.txt").write_text("mine", "utf-8")

    assert "isn't committed" in one_line(whole.blogctl("remove", "service", "admin-backup"))


def test_a_dry_run_shows_the_difference_and_writes_nothing(whole: Checkout) -> None:
    before = whole.state

    done = whole.blogctl("remove", "service", "admin-backup", "--dry-run")

    assert (done.returncode, whole.state) == (0, before)
    assert "--- a/services/admin-backup/Dockerfile\n+++ /dev/null\n" in done.stdout
