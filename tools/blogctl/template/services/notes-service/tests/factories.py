"""Entries, written through the API."""

from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response
from pymongo.database import Database

Blog = Database[dict[str, Any]]
Headers = dict[str, str]


def write(client: TestClient, caller: Headers, text: str = "잘 읽었습니다.") -> Response:
    """Write one."""
    answer = client.post("/notes", json={"text": text}, headers=caller)
    assert answer.status_code == 201, answer.text
    return answer
