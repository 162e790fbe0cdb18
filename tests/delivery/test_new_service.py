"""`blogctl new service` on a clone of the whole tree."""

import subprocess
from pathlib import Path

import httpx
import pytest

from blogctl import checkout
from blogctl.git import Git
from blogctl.service import lists, rows
from blogctl.service.new import ours
from blogctl.service.tree import Tree as Changed
from delivery.checkouts import Checkout, one_line, processor_seconds
from kit.growth import NEW, SECOND
from kit.people import register
from kit.programs import Tree, running_platform

OWN = f"services/{NEW}-service"


@pytest.fixture
def grown(whole: Checkout) -> Checkout:
    """A clone with a service more."""
    done = whole.blogctl("new", "service", NEW)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{NEW}-service is here: ")
    return whole


def program(clone: Checkout, name: str, *arguments: str) -> str:
    """What a program of the virtual environment finds wrong in a clone."""
    command = [str(checkout.ROOT / ".venv" / "bin" / name), *arguments]
    done = subprocess.run(
        command, cwd=clone.path, env=Tree(clone.path).environment(), capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr if done.returncode else ""


def test_its_own_tests_are_green_within_a_minute_of_a_processor(whole: Checkout) -> None:
    """By the clock it takes about as long, on a machine that has nothing else to do."""
    before = processor_seconds()

    assert whole.blogctl("new", "service", NEW).returncode == 0
    ran = Tree(whole.path).test(OWN, within=400)

    seconds = processor_seconds() - before
    assert ran.returncode == 0, ran.stdout
    print(f"\nfrom new service to a green test run: {seconds:.0f} s")
    assert 0 < seconds < 60


def test_it_is_as_lint_wants_it(grown: Checkout) -> None:
    assert program(grown, "ruff", "format", "--check", ".") == ""
    assert program(grown, "ruff", "check", ".") == ""
    assert program(grown, "mypy", f"{OWN}/src") == ""
    assert program(grown, "yamllint", "--strict", ".") == ""
    assert program(grown, "hadolint", f"{OWN}/Dockerfile") == ""


def test_it_answers_behind_the_front_door(grown: Checkout, tmp_path: Path) -> None:
    with (
        running_platform(tmp_path / "platform", tree=Tree(grown.path)) as url,
        httpx.Client(base_url=f"{url}/api", timeout=20) as api,
    ):
        written = api.post(f"/{NEW}", json={"text": "잘 읽었습니다."}, headers=register(api).headers)
        listed, documented = api.get(f"/{NEW}"), api.get(f"/docs/{NEW}/openapi.json")

    assert written.status_code == 201, written.text
    assert listed.json() == [written.json()]
    assert {f"/{NEW}", f"/{NEW}/{{entry_id}}"} <= documented.json()["paths"].keys()


def test_every_row_of_services_is_known() -> None:
    tree = Changed(Git(checkout.ROOT))
    services = tree.services()
    if len(services) < 3:
        pytest.skip("two stand beside each other by chance, too")

    texts = {path: tree.read(path) for path in tree.paths() if ours(path) and (checkout.ROOT / path).is_file()}
    found = {path for path, text in texts.items() if rows.changed(text, services, lambda row: row[1:]) != text}

    assert found <= set(lists.with_rows(tree))


def test_a_push_builds_it(grown: Checkout) -> None:
    grown.git("add", "--all")
    grown.git("commit", "--quiet", "--message", f"{NEW}-service: list, read, write")

    assert f"{NEW}-service" in grown.blogctl("ci", "changed", "--base", "HEAD~1").stdout.split()


def test_two_have_a_place_each(grown: Checkout) -> None:
    grown.git("add", "--all")
    grown.git("commit", "--quiet", "--message", f"{NEW}-service: list, read, write")

    done = grown.blogctl("new", "service", f"{SECOND}-service")

    assert done.returncode == 0, done.stderr
    compose = (grown.path / "docker-compose.yml").read_text("utf-8")
    assert '"10014", "10015", "10016"]' in compose
    assert program(grown, "ruff", "check", ".") == ""
    assert f"{SECOND}-service" in (grown.path / "tests/kit/docker.py").read_text("utf-8")


@pytest.mark.parametrize("name", ["Comments", "1st", "my-comments", "c", "class", "댓글", "", "a" * 31])
def test_what_can_not_be_a_name_is_refused(whole: Checkout, name: str) -> None:
    assert one_line(whole.blogctl("new", "service", name)).startswith("blogctl: not a name: ")


@pytest.mark.parametrize("name", ["posts", "user-service", "users", "backup", "mongo", "tags", "frontend"])
def test_what_is_taken_is_refused(whole: Checkout, name: str) -> None:
    before = whole.state

    said = one_line(whole.blogctl("new", "service", name))

    assert "is taken: " in said or "is there already" in said
    assert whole.state == before


def test_a_checkout_with_a_change_is_refused(whole: Checkout) -> None:
    (whole.path / "README.md").write_text("mine", "utf-8")

    assert "isn't committed" in one_line(whole.blogctl("new", "service", NEW))


def test_elsewhere_there_is_nothing_to_grow(tmp_path: Path) -> None:
    other = Checkout(tmp_path)
    other.git("init", "--quiet")

    assert "is no checkout of the blog platform" in one_line(other.blogctl("new", "service", NEW))


def test_a_dry_run_shows_the_difference_and_writes_nothing(whole: Checkout) -> None:
    before = whole.state

    done = whole.blogctl("new", "service", NEW, "--dry-run")

    assert (done.returncode, whole.state) == (0, before)
    assert f"+++ b/{OWN}/src/{NEW}_service/routes.py" in done.stdout
    assert f'+  {NEW}: {{privileges: [may("{NEW}", ...WRITES), READY]}},' in done.stdout


def test_a_list_that_somebody_has_rewritten_is_named(whole: Checkout) -> None:
    whole.git("rm", "--quiet", "services/mongo/users.js")
    whole.commit("services/mongo/users.js", "const users = {};\n")
    before = whole.state

    said = one_line(whole.blogctl("new", "service", NEW))

    assert said.startswith("blogctl: services/mongo/users.js has no line that begins with 'user: {': see ")
    assert whole.state == before
