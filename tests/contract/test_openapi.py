"""Each operation of both OpenAPI documents, driven with generated input, answers as its document says."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import hypothesis
import pymongo
import pytest
import schemathesis
from schemathesis.generation.stateful.state_machine import APIStateMachine

import posts_service.app
import user_service.app
from kit.people import Person
from posts_service.settings import PostsSettings
from user_service import keys
from user_service.settings import UserSettings

Blog = pymongo.database.Database[dict[str, Any]]
NOWHERE = "mongodb://nowhere/blog"
REFUSED = [400, 401, 403, 404, 405, 409, 413, 415, 422, 428, 429]
CONFIG = {
    "seed": 1,
    "generation": {"deterministic": True, "max-examples": 25, "database": "none"},
    "checks": {"negative_data_rejection": {"expected-statuses": REFUSED}},
    "operations": [
        {
            "include-name": "GET /posts",
            # A cursor is opaque: only a page can give one that holds. What isn't documented is ignored in a query.
            "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", 304, 400]}},
            "generation": {"allow-extra-parameters": False},
        },
        {
            "include-name": "PATCH /posts/{post_id}",
            "checks": {
                "missing_required_header": {"expected-statuses": [428]},
                "positive_data_acceptance": {"expected-statuses": ["2xx", 404, 412]},
            },
        },
    ],
}

RUNS = hypothesis.settings(
    max_examples=30,
    stateful_step_count=6,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(hypothesis.HealthCheck),  # they find the test slow: its services are real
)


def posts_document() -> dict[str, Any]:
    return posts_service.app.create_app(PostsSettings.model_validate({"mongo_url": NOWHERE})).openapi()


def users_document() -> dict[str, Any]:
    with TemporaryDirectory() as directory:
        keys.make(Path(directory))
        settings = UserSettings.model_validate({"mongo_url": NOWHERE, "keys_dir": directory})
        return user_service.app.create_app(settings).openapi()


# Tests are made of them, one an operation, before any service runs.
POSTS = schemathesis.openapi.from_dict(posts_document(), config=schemathesis.Config.from_dict(CONFIG))
USERS = schemathesis.openapi.from_dict(users_document(), config=schemathesis.Config.from_dict(CONFIG))


@pytest.fixture(scope="session")
def blog(contract_mongo_url: str) -> Iterator[Blog]:
    """What the services have stored."""
    with pymongo.MongoClient[dict[str, Any]](contract_mongo_url) as client:
        yield client.get_default_database()


def test_the_documents_are_the_ones_that_the_services_show(posts_url: str, users_url: str) -> None:
    assert httpx.get(f"{posts_url}/openapi.json").json() == posts_document()
    assert httpx.get(f"{users_url}/openapi.json").json() == users_document()


@POSTS.parametrize()
def test_posts_service_answers_as_documented(
    case: schemathesis.Case[Any], posts_url: str, author: Person, blog: Blog
) -> None:
    if case.method == "POST":
        blog["idempotency"].delete_many({})  # generated keys repeat, each time with another post: 422, and rightly

    case.call_and_validate(base_url=posts_url, headers=author.headers)


@USERS.parametrize()
def test_user_service_answers_as_documented(case: schemathesis.Case[Any], users_url: str, author: Person) -> None:
    case.call_and_validate(base_url=users_url, headers=author.headers)


def test_what_one_operation_answers_the_next_one_takes(posts_url: str, author: Person, blog: Blog) -> None:
    machine: type[APIStateMachine] = POSTS.as_state_machine()

    class Author(machine):  # type: ignore[misc,valid-type]
        """Publishes, reads, edits and deletes, in any order; what is deleted has to be gone."""

        def setup(self) -> None:
            for name in ("posts", "idempotency"):
                blog[name].delete_many({})  # a run that finds other posts than the first one did isn't the same run

        def get_call_kwargs(self, case: schemathesis.Case[Any]) -> dict[str, Any]:  # noqa: ARG002
            return {"base_url": posts_url, "headers": author.headers}

        def before_call(self, case: schemathesis.Case[Any]) -> None:
            blog["idempotency"].delete_many({})
            if case.method == "PATCH":
                case.headers["If-Match"] = '"1"'

    Author.run(settings=RUNS)
