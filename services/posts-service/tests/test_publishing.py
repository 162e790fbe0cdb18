from fastapi.testclient import TestClient

from kit.signer import Signer


def test_a_post_is_stored_as_it_was_written(client: TestClient, signer: Signer) -> None:
    draft = {"title": "첫 글", "body": "파드를 만들었다.", "tags": ["Kubernetes ", "kubernetes", "파드"]}

    answer = client.post("/posts", json=draft, headers=signer.headers("minji"))

    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    stored = client.get(answer.headers["Location"]).json()
    assert stored == answer.json()
    assert (stored["title"], stored["tags"], stored["author"]) == ("첫 글", ["kubernetes", "파드"], "minji")
