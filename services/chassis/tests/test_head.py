import httpx

from .process import Running


def test_head_is_answered_like_get_without_the_body(notebook: Running) -> None:
    with httpx.Client(base_url=notebook.url) as client:
        got = client.get("/livez")

        asked = client.head("/livez")

        assert (asked.status_code, asked.content) == (200, b"")
        assert asked.headers["Content-Length"] == str(len(got.content))
        assert client.get("/livez").content == got.content  # the connection is still in step


def test_head_of_what_is_not_there_is_not_found(notebook: Running) -> None:
    assert httpx.head(f"{notebook.url}/notes/none").status_code == 404
