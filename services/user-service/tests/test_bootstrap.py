"""The Secrets that are made in the cluster: pure parts here, the rest on the cluster that KUBECONFIG names."""

import base64
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from joserfc.jwk import ECKey

from chassis.failure import Failure
from user_service.bootstrap import contents, rotation
from user_service.bootstrap.address import Address
from user_service.bootstrap.cluster import Secrets
from user_service.keys import ID_FORMAT

ROLE = Path(__file__).parents[3] / "k8s/base/bootstrap"
CHAPTERS_OWN = "mongodb://mongo-0.mongo:27017/blog"
MEMBERS = "mongo-0.mongo:27017,mongo-1.mongo:27017,mongo-2.mongo:27017"


def at(answer: Callable[[httpx.Request], httpx.Response]) -> Secrets:
    """The Secrets of an API server that answers so."""
    return Secrets(httpx.Client(base_url="https://api.example", transport=httpx.MockTransport(answer)), "blog-platform")


def kubectl(*arguments: str, stdin: str | None = None) -> str:
    done = subprocess.run(["kubectl", *arguments], input=stdin, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def account() -> Iterator[Secrets]:
    """A namespace of our own, as the service account that the Job has, with the rights that it has."""
    if not os.environ.get("KUBECONFIG") or not shutil.which("kubectl"):
        pytest.skip("no cluster: KUBECONFIG is not set, or kubectl not on PATH")
    namespace = f"bootstrap-{uuid.uuid4().hex[:8]}"
    kubectl("create", "namespace", namespace)
    try:
        for name in ("serviceaccount", "role", "rolebinding"):
            found = yaml.safe_load((ROLE / f"{name}.yaml").read_text("utf-8"))
            kubectl("apply", "--namespace", namespace, "--filename", "-", stdin=json.dumps(found))
        token = kubectl("create", "token", "bootstrap", "--namespace", namespace).strip()
        cluster = json.loads(kubectl("config", "view", "--raw", "--minify", "--output", "json"))["clusters"][0][
            "cluster"
        ]
        authority = ssl.create_default_context(cadata=_authority(cluster))
        authority.verify_flags &= ~ssl.VERIFY_X509_STRICT
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=cluster["server"], headers=headers, verify=authority) as client:
            yield Secrets(client, namespace)
    finally:
        kubectl("delete", "namespace", namespace, "--wait=false")


def _authority(cluster: dict[str, Any]) -> str:
    if given := cluster.get("certificate-authority-data"):
        return base64.b64decode(given).decode()
    return Path(cluster["certificate-authority"]).read_text("utf-8")


@pytest.fixture
def secrets(account: Secrets) -> Secrets:
    """No Secrets yet."""
    kubectl("delete", "secret", "--all", "--namespace", account.namespace)
    return account


def everything(secrets: Secrets) -> dict[str, dict[str, str]]:
    names = (contents.ADDRESSES, contents.KEYFILE, contents.USERS, contents.TOKEN_KEYS)
    return {name: secrets.values(name) for name in names}


@pytest.mark.parametrize(
    "text",
    [
        CHAPTERS_OWN,
        f"mongodb://posts:p%40ss@{MEMBERS}/blog?replicaSet=rs0&authSource=admin",
        "mongodb+srv://posts:secret@cluster0.example.net/blog?retryWrites=true",
    ],
)
def test_an_address_comes_back_as_it_was(text: str) -> None:
    assert str(Address.parse(text)) == text


def test_an_address_names_all_members_and_escapes_what_it_must() -> None:
    address = Address.of_members(3, user="posts", password="비밀/@:")

    assert str(address) == (
        f"mongodb://posts:%EB%B9%84%EB%B0%80%2F%40%3A@{MEMBERS}/blog?replicaSet=rs0&authSource=admin"
    )
    assert Address.parse(str(address)).password == "비밀/@:"


@pytest.mark.parametrize("text", ["", "http://mongo/blog", "mongodb://", "mongo-0.mongo:27017/blog"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an address of MongoDB"):
        Address.parse(text)


def test_whoever_keeps_writing_is_not_waited_for_for_ever() -> None:
    somebody_is_faster = at(lambda request: httpx.Response(404 if request.method == "GET" else 409))

    with pytest.raises(Failure, match="Secret mongo-keyfile: somebody else keeps writing it"):
        somebody_is_faster.update("mongo-keyfile", lambda _: {"keyfile": "x"})


def test_a_refusal_says_what_the_api_server_said() -> None:
    refusing = at(lambda _: httpx.Response(403, json={"message": 'secrets "blog-secrets" is forbidden'}))

    with pytest.raises(Failure, match='403 secrets "blog-secrets" is forbidden'):
        contents.complete(refusing, 3)


def test_outside_of_a_cluster_one_line_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    program = subprocess.run(
        [sys.executable, "-m", "user_service.bootstrap"], env={**os.environ, "MEMBERS": "3"}, check=False
    )

    assert program.returncode == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("bootstrap: not in a pod with a service account: ")


def test_everything_is_made_at_random_with_a_user_each(secrets: Secrets) -> None:
    contents.complete(secrets, 3)

    made = everything(secrets)
    addresses, users = made["blog-secrets"], made["mongo-users"]
    assert addresses.keys() == contents.LOGINS.keys() >= {"mongo_url", "user_mongo_url", "migrations_mongo_url"}
    assert addresses["mongo_url"] == (
        f"mongodb://posts:{users['posts']}@{MEMBERS}/blog?replicaSet=rs0&authSource=admin"
    )
    assert users.keys() == {*contents.LOGINS.values(), "reader"}
    assert len(set(users.values())) == len(users)
    assert 6 <= len(made["mongo-keyfile"]["keyfile"]) <= 1024
    ((name, key),) = made["token-keys"].items()
    assert re.fullmatch(r"\d{8}T\d{6}Z\.pem", name)
    assert ECKey.import_key(key).is_private


def test_a_second_run_changes_nothing(secrets: Secrets) -> None:
    contents.complete(secrets, 3)
    before = everything(secrets)

    contents.complete(secrets, 3)

    assert everything(secrets) == before


def test_what_a_reader_made_stays_and_what_is_missing_comes_to_it(secrets: Secrets) -> None:
    own = f"mongodb://posts:chosen@{MEMBERS}/blog?replicaSet=rs0&authSource=admin"
    secrets.update("blog-secrets", lambda _: {"mongo_url": own, "SMTP": "mine"})

    contents.complete(secrets, 3)

    addresses = secrets.values("blog-secrets")
    assert (addresses["mongo_url"], addresses["SMTP"]) == (own, "mine")
    assert addresses["user_mongo_url"].startswith("mongodb://user:")
    assert secrets.values("mongo-users")["posts"] == "chosen"


def test_an_address_without_a_user_is_refused_with_the_command_that_helps(secrets: Secrets) -> None:
    secrets.update("blog-secrets", lambda _: {"mongo_url": CHAPTERS_OWN})

    with pytest.raises(Failure, match="mongo_url names no user") as refused:
        contents.complete(secrets, 3)

    _, _, command = str(refused.value).partition("made anew: ")
    subprocess.run(command, shell=True, check=True, stdout=subprocess.DEVNULL)  # noqa: S602
    contents.complete(secrets, 3)
    assert secrets.values("blog-secrets")["mongo_url"].startswith("mongodb://posts:")


def test_nobody_makes_up_the_address_of_an_external_database(secrets: Secrets) -> None:
    secrets.update("blog-secrets", lambda _: {"mongo_url": "mongodb+srv://a:b@c.example/blog"})

    with pytest.raises(Failure, match=r"lacks .*migrations_mongo_url, user_mongo_url, and"):
        contents.complete(secrets, 0)


def test_with_an_external_database_only_token_keys_are_made(secrets: Secrets) -> None:
    given = dict.fromkeys(contents.LOGINS, "mongodb+srv://a:b@c.example/blog")
    secrets.update("blog-secrets", lambda _: given)

    contents.complete(secrets, 0)

    made = everything(secrets)
    assert made["blog-secrets"] == given
    assert (made["mongo-keyfile"], made["mongo-users"]) == ({}, {})
    assert len(made["token-keys"]) == 1


def test_a_key_that_somebody_else_adds_meanwhile_is_kept(secrets: Secrets) -> None:
    secrets.update("mongo-users", lambda _: {"posts": "first"})
    tries = []

    def late(held: Any) -> dict[str, str]:
        tries.append(dict(held))
        if len(tries) == 1:
            secrets.update("mongo-users", lambda _: {"reader": "theirs"})
        return {} if "reader" in held else {"reader": "ours"}

    assert secrets.update("mongo-users", late) == {"posts": "first", "reader": "theirs"}
    assert tries == [{"posts": "first"}, {"posts": "first", "reader": "theirs"}]


def test_only_its_own_secrets_can_be_read(secrets: Secrets) -> None:
    with pytest.raises(Failure, match='secrets "somebody-elses" is forbidden'):
        secrets.values("somebody-elses")


def test_passwords_go_to_a_second_user_and_back(secrets: Secrets, tmp_path: Path) -> None:
    contents.complete(secrets, 3)
    first = secrets.values("mongo-users")

    rotation.prepare(secrets, tmp_path)
    assert secrets.values("blog-secrets")["mongo_url"].startswith("mongodb://posts:")
    rotation.switch(secrets)

    second = secrets.values("mongo-users")
    address = Address.parse(secrets.values("blog-secrets")["mongo_url"])
    assert (address.user, address.password) == ("posts-2", second["posts-2"])
    assert second["posts"] == first["posts"]
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == second

    rotation.prepare(secrets, tmp_path)
    rotation.switch(secrets)

    third = secrets.values("mongo-users")
    address = Address.parse(secrets.values("blog-secrets")["mongo_url"])
    assert (address.user, address.password) == ("posts", third["posts"])
    assert third["posts"] != first["posts"]
    assert third["posts-2"] == second["posts-2"]


def test_a_rotation_that_was_killed_begins_again(secrets: Secrets, tmp_path: Path) -> None:
    contents.complete(secrets, 3)
    in_use = secrets.values("mongo-users")["posts"]

    rotation.prepare(secrets, tmp_path)
    rotation.prepare(secrets, tmp_path)

    assert secrets.values("mongo-users")["posts"] == in_use
    assert secrets.values("mongo-users").keys() >= {"posts", "posts-2"}


def test_switching_before_there_are_passwords_is_refused(secrets: Secrets) -> None:
    contents.complete(secrets, 3)

    with pytest.raises(Failure, match="no password for posts-2"):
        rotation.switch(secrets)


def test_a_new_token_key_leaves_the_one_that_still_signs(secrets: Secrets) -> None:
    now = datetime.now(UTC)
    made = [(now - age).strftime(ID_FORMAT) for age in (timedelta(days=3), timedelta(hours=2), timedelta(minutes=5))]
    secrets.update("token-keys", lambda _: {f"{key}.pem": "x" for key in made})

    rotation.rotate_token_key(secrets)

    left = sorted(key.removesuffix(".pem") for key in secrets.values("token-keys"))
    assert left[:-1] == made[1:]
    assert datetime.strptime(left[-1], ID_FORMAT).replace(tzinfo=UTC) - now < timedelta(minutes=1)
