"""Both services as processes of their own, on a real MongoDB, and a token that both take."""

from collections.abc import Iterator

import httpx
import pytest

from kit.mongodb import database
from kit.people import Person, register
from kit.programs import Tree, running_service


@pytest.fixture(scope="session")
def contract_mongo_url(mongod_url: str) -> str:
    """A database of these tests' own, migrated."""
    url = database(mongod_url, "contract_tests")
    Tree().migrate(url)
    return url


@pytest.fixture(scope="session")
def users_url(contract_mongo_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """user-service, which lets this run log in more often than a person may."""
    keys = tmp_path_factory.mktemp("keys")
    assert Tree().run("user_service", "new-key", str(keys)).returncode == 0
    settings = {"MONGO_URL": contract_mongo_url, "KEYS_DIR": str(keys), "LOGIN_ATTEMPTS_PER_ADDRESS": "100000"}
    with running_service("user_service", tmp_path_factory.mktemp("user-service"), **settings) as url:
        yield url


@pytest.fixture(scope="session")
def posts_url(contract_mongo_url: str, users_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """posts-service."""
    settings = {"MONGO_URL": contract_mongo_url, "JWKS_URL": f"{users_url}/.well-known/jwks.json"}
    with running_service("posts_service", tmp_path_factory.mktemp("posts-service"), **settings) as url:
        yield url


@pytest.fixture(scope="session")
def author(users_url: str) -> Person:
    with httpx.Client(base_url=users_url) as api:
        return register(api)
