from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from chassis.problems import Invalid, InvalidJson, UnsupportedMediaType
from kit.refusals import assert_refused
from kit.signer import Signer
from posts_service.errors import EditConflict, PostNotFound, VersionRequired

from .factories import Headers, edit, publish, titles


def test_only_what_was_sent_changes(client: TestClient, minji: Headers) -> None:
    post = publish(client, minji, title="첫 글", body="파드를 만들었다.", tags=["파드"])

    edited = edit(client, minji, post, title="둘째")

    assert (edited.status_code, edited.headers["ETag"]) == (200, '"2"')
    assert edited.json() == client.get(post.headers["Location"]).json()
    before, after = post.json(), edited.json()
    assert {name for name in before if before[name] != after[name]} == {"title", "updated_at", "version"}
    assert (after["title"], after["version"]) == ("둘째", 2)
    assert after["updated_at"] > before["updated_at"]


def test_tags_are_tidied_again(client: TestClient, minji: Headers) -> None:
    post = publish(client, minji, tags=["파드"])

    edited = edit(client, minji, post, tags=[" Argo CD", "argo cd"])

    assert edited.json()["tags"] == ["argo cd"]


def test_an_edited_post_is_found_by_its_new_words_only(client: TestClient, minji: Headers) -> None:
    post = publish(client, minji, title="파드", body="서비스", tags=["배포"])

    edit(client, minji, post, title="노드")

    found = {word: len(client.get("/posts", params={"q": word}).json()) for word in ("노드", "서비스", "배포", "파드")}
    assert found == {"노드": 1, "서비스": 1, "배포": 1, "파드": 0}


def test_a_lost_update_is_refused_and_changes_nothing(client: TestClient, minji: Headers) -> None:
    post = publish(client, minji, title="첫 글")
    edit(client, minji, post, title="둘째")

    late = edit(client, minji, post, title="셋째")  # still with the first ETag

    assert_refused(late, EditConflict)
    assert client.get(post.headers["Location"]).json()["title"] == "둘째"


def test_of_several_edits_at_the_same_moment_one_is_stored(client: TestClient, minji: Headers) -> None:
    post = publish(client, minji, title="첫 글")

    with ThreadPoolExecutor(6) as all_at_once:
        answers = list(all_at_once.map(lambda title: edit(client, minji, post, title=title), "가나다라마바"))

    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 5
    (stored,) = (answer.json() for answer in answers if answer.status_code == 200)
    assert client.get(post.headers["Location"]).json() == stored


@pytest.mark.parametrize("headers", [{}, {"If-Match": "*"}])
def test_an_edit_says_which_version_it_is_of(client: TestClient, minji: Headers, headers: Headers) -> None:
    post = publish(client, minji, title="첫 글")

    blind = client.patch(post.headers["Location"], json={"title": "둘째"}, headers=minji | headers)

    assert_refused(blind, VersionRequired)
    assert client.get(post.headers["Location"]).json() == post.json()


@pytest.mark.parametrize("etag", ['W/"1"', '"7", "1"', ' "1" '])
def test_the_etag_may_come_as_the_client_got_it(client: TestClient, minji: Headers, etag: str) -> None:
    """nginx's gzip makes a tag weak."""
    post = publish(client, minji)

    edited = client.patch(post.headers["Location"], json={"title": "둘째"}, headers=minji | {"If-Match": etag})

    assert (edited.status_code, edited.json()["title"]) == (200, "둘째")


@pytest.mark.parametrize("etag", ['"abc"', '"2"', "1", '""', "", '"1', f'"{"1" * 5000}"'])
def test_an_etag_that_is_not_the_stored_version_is_refused(client: TestClient, minji: Headers, etag: str) -> None:
    post = publish(client, minji)

    late = client.patch(post.headers["Location"], json={"title": "둘째"}, headers=minji | {"If-Match": etag})

    assert_refused(late, EditConflict)
    assert client.get(post.headers["Location"]).json() == post.json()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, "body"),
        ({"title": "한" * 201}, "title"),
        ({"title": None}, "title"),
        ({"body": ""}, "body"),
        ({"tags": [""]}, "tags.0"),
        ({"title": "둘째", "author": "alex"}, "author"),
        ({"title": "둘째", "version": 7}, "version"),
    ],
)
def test_a_wrong_change_is_named_and_nothing_changes(
    client: TestClient, minji: Headers, change: dict[str, Any], field: str
) -> None:
    post = publish(client, minji)

    answer = edit(client, minji, post, **change)

    assert [wrong["field"] for wrong in assert_refused(answer, Invalid)["errors"]] == [field]
    assert client.get(post.headers["Location"]).json() == post.json()


def test_a_change_that_is_not_json_is_refused(client: TestClient, minji: Headers) -> None:
    post = publish(client, minji)
    headers = minji | {"If-Match": '"1"'}

    plain = client.patch(post.headers["Location"], content="둘째", headers=headers | {"Content-Type": "text/plain"})
    broken = client.patch(post.headers["Location"], content="{", headers=headers | {"Content-Type": "application/json"})

    assert_refused(plain, UnsupportedMediaType)
    assert_refused(broken, InvalidJson)


@pytest.mark.parametrize("post_id", ["6744f3a0c2a1b2d3e4f5a6b7", "첫-글"])
def test_a_post_that_is_not_there_can_not_be_edited(client: TestClient, minji: Headers, post_id: str) -> None:
    answer = client.patch(f"/posts/{post_id}", json={"title": "둘째"}, headers=minji | {"If-Match": '"1"'})

    assert_refused(answer, PostNotFound)


# Who may change a post of minji's, and who may not.
PEOPLE = [("minji", (), 200, 204), ("alex", (), 403, 403), ("root", ("admin",), 200, 204), (None, (), 401, 401)]


@pytest.mark.parametrize(("name", "roles", "status", "_"), PEOPLE)
def test_who_may_edit_a_post(
    client: TestClient, signer: Signer, name: str | None, roles: tuple[str, ...], status: int, _: int
) -> None:
    post = publish(client, signer.headers("minji"), title="첫 글")
    headers = signer.headers(name, roles=roles) if name else {}

    answer = edit(client, headers, post, title="둘째")

    assert (answer.status_code, answer.json()["title"]) == {
        200: (200, "둘째"),
        401: (401, "Log in first"),
        403: (403, "Only the author may do that"),
    }[status]
    stored = client.get(post.headers["Location"]).json()
    assert (stored["title"], stored["author"]) == ("둘째" if status == 200 else "첫 글", "minji")


@pytest.mark.parametrize(("name", "roles", "_", "status"), PEOPLE)
def test_who_may_delete_a_post(
    client: TestClient, signer: Signer, name: str | None, roles: tuple[str, ...], _: int, status: int
) -> None:
    post = publish(client, signer.headers("minji"), title="첫 글")
    headers = signer.headers(name, roles=roles) if name else {}

    answer = client.delete(post.headers["Location"], headers=headers)

    assert answer.status_code == status
    assert titles(client.get("/posts")) == ([] if status == 204 else ["첫 글"])
    assert (answer.content == b"") == (status == 204)


@pytest.mark.parametrize("post_id", ["6744f3a0c2a1b2d3e4f5a6b7", "첫-글"])
def test_a_post_that_is_not_there_can_not_be_deleted(client: TestClient, minji: Headers, post_id: str) -> None:
    assert_refused(client.delete(f"/posts/{post_id}", headers=minji), PostNotFound)


def test_a_deleted_post_is_gone(client: TestClient, minji: Headers) -> None:
    post = publish(client, minji)

    client.delete(post.headers["Location"], headers=minji)

    assert_refused(client.get(post.headers["Location"]), PostNotFound)
    assert_refused(client.delete(post.headers["Location"], headers=minji), PostNotFound)
    assert_refused(edit(client, minji, post, title="둘째"), PostNotFound)
