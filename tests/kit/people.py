"""People who use the blog through its API."""

import uuid
from dataclasses import dataclass
from typing import Any

import httpx

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Person:
    """Somebody who is registered and logged in."""

    name: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def unique(word: str) -> str:
    """A word that no other run has used: the platform may have been running for long."""
    return f"{word}{uuid.uuid4().hex[:12]}"


def register(api: httpx.Client, **profile: Any) -> Person:
    """Register somebody and log in."""
    name = unique("reader-")
    answer = api.post("/users", json={"name": name, "password": PASSWORD, **profile})
    assert answer.status_code == 201, answer.text
    return Person(name, log_in(api, name).json()["access_token"])


def log_in(api: httpx.Client, name: str, password: str = PASSWORD) -> httpx.Response:
    """Send OAuth2's password form."""
    return api.post("/token", data={"grant_type": "password", "username": name, "password": password})


def publish(api: httpx.Client, author: Person, **draft: Any) -> httpx.Response:
    """Publish a post, a short one unless the draft says more."""
    answer = api.post("/posts", json={"title": "첫 글", "body": "파드를 만들었다.", **draft}, headers=author.headers)
    assert answer.status_code == 201, answer.text
    return answer
