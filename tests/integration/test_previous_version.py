"""Migrations only expand: the version before works on this version's schema, so a rollback never touches a database."""

import subprocess
from pathlib import Path
from typing import Any

import pymongo
import pytest

from kit import previous
from kit.mongodb import database
from kit.programs import Tree, running_platform

CHECKS = "tests/api"


def used(mongo_url: str) -> str:
    """Make a database that this version has prepared and written to."""
    Tree().migrate(mongo_url)
    written = Tree().run("posts_service", "sample-posts", MONGO_URL=mongo_url)
    assert written.returncode == 0, written.stderr
    return mongo_url


def check_api(tree: Tree, mongo_url: str, directory: Path) -> subprocess.CompletedProcess[str]:
    """Run a version's whole platform on a database, and its own checks of the API against that."""
    with running_platform(directory / "platform", tree=tree, MONGO_URL=mongo_url) as url:
        return tree.test(CHECKS, within=400, BLOG_URL=url)


def failed(checks: subprocess.CompletedProcess[str]) -> set[str]:
    """Name the checks that failed."""
    return {line.partition(" - ")[0] for line in checks.stdout.splitlines() if line.startswith("FAILED ")}


@pytest.mark.timeout(1200)
def test_the_version_before_works_on_the_schema_of_this_one(mongod_url: str, tmp_path: Path) -> None:
    try:
        revision = previous.revision()
    except previous.NoPreviousVersion as error:
        pytest.skip(f"no version before this one: {error}")
    previous.extract(revision, tmp_path)
    if not (tmp_path / CHECKS).exists():
        pytest.skip(f"{revision[:12]} has no checks of the API yet")
    mongo_url = used(database(mongod_url, "previous_version"))

    checks = check_api(Tree(tmp_path), mongo_url, tmp_path)

    if checks.returncode != pytest.ExitCode.OK:  # a version may fail checks of its own, whatever the schema
        on_its_own = check_api(Tree(tmp_path), database(mongod_url, "previous_versions_own"), tmp_path / "own")
        assert failed(checks), checks.stdout
        assert failed(checks) <= failed(on_its_own), checks.stdout


def test_a_contracting_step_is_found(mongod_url: str, tmp_path: Path) -> None:
    mongo_url = used(database(mongod_url, "contracted"))
    with pymongo.MongoClient[dict[str, Any]](mongo_url) as client:
        blog = client.get_default_database()
        (posts,) = blog.list_collections(filter={"name": "posts"})
        validator = posts["options"]["validator"]
        validator["$jsonSchema"]["required"].append("language")  # a later version's field, which this one doesn't write
        blog.command("collMod", "posts", validator=validator)

    checks = check_api(Tree(), mongo_url, tmp_path)

    assert checks.returncode == pytest.ExitCode.TESTS_FAILED, checks.stdout
    assert "test_a_post_is_read_as_it_was_published" in checks.stdout
