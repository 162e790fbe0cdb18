"""docker compose up --wait, and what a person then does to it."""

from ipaddress import IPv4Address

import httpx
import pytest

from compose.stack import Stack, until
from kit import docker
from kit.people import Person, publish, register

MEMBERS = ("mongo-0", "mongo-1", "mongo-2")
JOBS = {"secrets", "replica-set", "posts-migrations", "user-migrations", "sample-posts", "admin-backup"}
READABLE = """
import os
print([path for folder, _, names in os.walk("/secrets") for name in names
       if os.access(path := os.path.join(folder, name), os.R_OK)])
"""
READ_USERS = """
import pymongo
with pymongo.MongoClient(open("/secrets/posts-service/mongo_url").read()) as client:
    try:
        client.get_default_database()["users"].find_one()
    except pymongo.errors.OperationFailure as error:
        print(error.code)
"""
NOT_AUTHORIZED = "13"


def test_it_is_healthy_and_every_job_has_done_its_work(stack: Stack) -> None:
    states = {name: container["State"] for name, container in stack.containers().items()}

    jobs = {name: state["ExitCode"] for name, state in states.items() if state["Status"] == "exited"}
    assert jobs == dict.fromkeys(JOBS, 0)
    healthy = {name for name, state in states.items() if state.get("Health", {}).get("Status") == "healthy"}
    assert healthy == states.keys() - JOBS


def test_no_container_has_rights_that_it_does_not_need(stack: Stack) -> None:
    for name, container in stack.containers().items():
        host = container["HostConfig"]
        assert host["ReadonlyRootfs"], name
        assert host["CapDrop"] == ["ALL"], name
        assert host["SecurityOpt"] == ["no-new-privileges:true"], name
        assert host["Memory"], name
        assert host["PidsLimit"], name
        assert container["Config"]["User"].split(":")[0] not in {"", "0", "root"}, name
        published = [binding for bindings in (host["PortBindings"] or {}).values() for binding in bindings]
        assert {binding["HostIp"] for binding in published} <= {"127.0.0.1"}, name


def test_the_page_and_the_api_answer_at_the_port(stack: Stack, api: httpx.Client) -> None:
    page, posts, statistics = httpx.get(stack.url), api.get("/posts"), api.get("/stats")

    assert '<script type="module"' in page.text
    assert len(posts.json()) == 5  # the sample posts
    assert statistics.json()["posts"] == 5


def test_all_three_members_belong_to_one_set(stack: Stack) -> None:
    said = [stack.hello(member) for member in MEMBERS]

    assert [hello["setName"] for hello in said] == ["rs0"] * 3
    assert {tuple(hello["hosts"]) for hello in said} == {tuple(f"{member}:27017" for member in MEMBERS)}
    assert sorted(hello["isWritablePrimary"] for hello in said) == [False, False, True]
    assert all(hello["isWritablePrimary"] or hello["secondary"] for hello in said)


def test_mongosh_in_a_member_reads_the_blog_and_cannot_write(stack: Stack) -> None:
    primary = _primary(stack)

    assert int(stack.mongosh(primary, "db.posts.countDocuments()")) >= 5
    assert "not authorized" in stack.mongosh(primary, "db.posts.deleteMany({})")


@pytest.mark.parametrize("credentials", [[], ["--username", "posts", "--password", "guessed"]])
def test_nobody_reads_without_the_right_password(stack: Stack, credentials: list[str]) -> None:
    command = ("compose", "--project-name", stack.project, "exec", "-T", "mongo-0", "mongosh", "--quiet")
    address = "mongodb://mongo-0/blog?authSource=admin"

    refused = docker.run(*command, address, *credentials, "--eval", "db.posts.findOne()")

    assert refused.returncode == 1
    assert "requires authentication" in refused.stderr or "Authentication failed" in refused.stderr


def test_a_service_reads_its_own_secrets_and_collections_alone(stack: Stack) -> None:
    assert stack.python("posts-service", READABLE) == "['/secrets/posts-service/mongo_url']"
    assert stack.python("posts-service", READ_USERS) == NOT_AUTHORIZED


def test_up_again_changes_no_secret_and_no_post(stack: Stack, api: httpx.Client) -> None:
    def kept() -> tuple[str, int]:
        sums = stack.compose(
            "exec", "-T", "mongo-0", "sh", "-c", "cat $(find /data/configdb -type f | sort) | sha256sum"
        )
        return sums, len(api.get("/posts").json())

    before = kept()

    stack.compose("up", "--wait")

    assert kept() == before


def test_a_service_that_is_made_anew_at_another_address_is_found_again(stack: Stack, api: httpx.Client) -> None:
    post = api.get("/posts").json()[0]["id"]
    before = _addresses(stack)

    # Docker gives the lowest address that is free: who had the higher one comes first now, and the two change places.
    lower, higher = sorted(before, key=lambda service: IPv4Address(before[service]))
    stack.compose("rm", "--stop", "--force", lower, higher)
    stack.compose("up", "--detach", "--no-deps", higher)
    stack.compose("up", "--detach", "--force-recreate", "--no-deps", lower)

    until(lambda: api.get(f"/posts/{post}").is_success, within=90)
    until(lambda: api.get("/users/nobody").status_code == 404, within=90)
    assert _addresses(stack) == {lower: before[higher], higher: before[lower]}


def test_what_was_acknowledged_survives_the_primary(stack: Stack, api: httpx.Client) -> None:
    author = register(api)
    kept = publish(api, author, title="셋이 나눠 가진 글").json()["id"]
    primary = _primary(stack)

    stack.compose("kill", primary)

    read = [api.get(f"/posts/{kept}").status_code for _ in range(3)]
    late = _publish_when_there_is_a_primary(api, author)
    stack.compose("up", "--wait", "--no-deps", primary)  # until its mongod answers
    until(lambda: bool(stack.hello(primary).get("secondary")), within=120)
    assert read == [200] * 3
    assert {api.get(f"/posts/{post}").status_code for post in (kept, late)} == {200}
    both = f"db.posts.countDocuments({{_id: {{$in: [ObjectId('{kept}'), ObjectId('{late}')]}}}})"
    until(lambda: stack.mongosh(primary, both) == "2", within=90)


def test_down_leaves_nothing(stack: Stack) -> None:
    """The last one: it takes the platform down."""
    stack.compose("down", "--volumes", "--timeout", "5")  # what mongod still writes then goes away anyway

    of_it = f"--filter=label=com.docker.compose.project={stack.project}"
    for kind in (("ps", "--all"), ("volume", "ls"), ("network", "ls")):
        assert docker.output(*kind, "--quiet", of_it) == ""


def _primary(stack: Stack) -> str:
    return str(stack.hello("mongo-0")["primary"]).removesuffix(":27017")


def _addresses(stack: Stack) -> dict[str, str]:
    containers = stack.containers()
    networks = {
        service: containers[service]["NetworkSettings"]["Networks"] for service in ("posts-service", "user-service")
    }
    return {service: str(of_it[f"{stack.project}_front"]["IPAddress"]) for service, of_it in networks.items()}


def _publish_when_there_is_a_primary(api: httpx.Client, author: Person) -> str:
    answers: list[httpx.Response] = []

    def published() -> bool:
        draft = {"title": "새 프라이머리에게", "body": "기다렸다."}
        answers.append(api.post("/posts", json=draft, headers=author.headers))
        return answers[-1].status_code == 201

    until(published, within=120)
    assert {answer.status_code for answer in answers} <= {201, 503}, "a client hears of nothing worse than 503"
    return str(answers[-1].json()["id"])
