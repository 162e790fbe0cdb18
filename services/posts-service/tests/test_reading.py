import pytest
from fastapi.testclient import TestClient

from kit.refusals import assert_refused
from posts_service.errors import PostNotFound

from .factories import Headers, edit, publish


def test_anybody_may_read_a_post(client: TestClient, minji: Headers) -> None:
    post = publish(client, minji, title="첫 글")

    answer = client.get(post.headers["Location"])

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == post.json()


def test_the_words_that_it_is_found_by_stay_inside(client: TestClient, minji: Headers) -> None:
    post = publish(client, minji)

    for url in ("/posts", post.headers["Location"]):
        assert "words" not in client.get(url).text


@pytest.mark.parametrize("known", ['"1"', 'W/"1"', '"7", "1"'])
def test_what_a_client_holds_is_not_sent_again(client: TestClient, minji: Headers, known: str) -> None:
    post = publish(client, minji)

    answer = client.get(post.headers["Location"], headers={"If-None-Match": known})

    assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", '"1"')


@pytest.mark.parametrize("known", ['"1"', '"22"', "2"])
def test_an_edited_post_is_sent_again(client: TestClient, minji: Headers, known: str) -> None:
    post = publish(client, minji)
    edit(client, minji, post, title="둘째")

    answer = client.get(post.headers["Location"], headers={"If-None-Match": known})

    assert (answer.status_code, answer.headers["ETag"], answer.json()["title"]) == (200, '"2"', "둘째")


@pytest.mark.parametrize("post_id", ["6744f3a0c2a1b2d3e4f5a6b7", "첫-글", "0", "zzzzzzzzzzzz", "%00", "a" * 5000])
def test_an_id_that_nobody_has_and_one_that_is_malformed_are_not_found(client: TestClient, post_id: str) -> None:
    answer = client.get(f"/posts/{post_id}")

    assert_refused(answer, PostNotFound)
