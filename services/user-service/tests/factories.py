"""People, registered and logged in through the API."""

from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response
from pymongo.database import Database

Blog = Database[dict[str, Any]]
PASSWORD = "벚꽃이 피는 밤 4월"


def registration(**fields: Any) -> dict[str, Any]:
    """What a new user sends."""
    return {"name": "minji", "password": PASSWORD, **fields}


def register(client: TestClient, **fields: Any) -> Response:
    """Register somebody, minji unless the fields say another name."""
    answer = client.post("/users", json=registration(**fields))
    assert answer.status_code == 201, answer.text
    return answer


def log_in(client: TestClient, name: str = "minji", password: str = PASSWORD, **headers: str) -> Response:
    """Send OAuth2's password form; headers are named with underscores."""
    form = {"grant_type": "password", "username": name, "password": password}
    return client.post("/token", data=form, headers={name.replace("_", "-"): value for name, value in headers.items()})


def bearer(login: Response) -> dict[str, str]:
    """The headers of somebody who has logged in."""
    assert login.status_code == 200, login.text
    return {"Authorization": f"Bearer {login.json()['access_token']}"}
