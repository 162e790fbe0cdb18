"""Posts, written through the API."""

from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response
from pymongo.database import Database

Blog = Database[dict[str, Any]]
Headers = dict[str, str]


def draft(**fields: Any) -> dict[str, Any]:
    """What an author sends, a short post unless the fields say more."""
    return {"title": "첫 글", "body": "파드를 만들었다.", **fields}


def publish(client: TestClient, caller: Headers, **fields: Any) -> Response:
    """Publish a post."""
    answer = client.post("/posts", json=draft(**fields), headers=caller)
    assert answer.status_code == 201, answer.text
    return answer


def edit(client: TestClient, caller: Headers, post: Response, **change: Any) -> Response:
    """Change a post as it was when `post` was answered."""
    headers = {**caller, "If-Match": post.headers["ETag"]}
    return client.patch(post.headers["Location"], json=change, headers=headers)


def titles(answer: Response) -> list[str]:
    """The titles of a list, in its order."""
    assert answer.status_code == 200, answer.text
    return [post["title"] for post in answer.json()]
