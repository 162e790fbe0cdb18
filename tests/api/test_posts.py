from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from kit.people import Person, publish, unique
from kit.problems import assert_problem

NOBODYS = "000000000000000000ffffff"


def edit(api: httpx.Client, person: Person, url: str, etag: str | None, **change: Any) -> httpx.Response:
    headers = person.headers if etag is None else {**person.headers, "If-Match": etag}
    return api.patch(url, json=change, headers=headers)


def path(answer: httpx.Response) -> str:
    """The post's address below the API, out of what publishing it answered."""
    location = answer.headers["Location"]
    assert location == f"/api/posts/{answer.json()['id']}"
    return location.removeprefix("/api")


def test_a_post_is_read_as_it_was_published(api: httpx.Client, author: Person) -> None:
    draft = {"title": "파드가 죽은 날", "body": "바로 새로 생겼다.", "tags": ["장애 훈련", "Kubernetes"]}

    published = publish(api, author, **draft)

    post = api.get(path(published)).json()
    assert post == published.json()
    assert (post["title"], post["body"], post["tags"]) == (draft["title"], draft["body"], ["장애 훈련", "kubernetes"])
    assert (post["author"], post["version"], post["created_at"]) == (author.name, 1, post["updated_at"])


@pytest.mark.parametrize("post_id", [NOBODYS, "hello", "0" * 23])
def test_a_post_that_is_not_there_is_a_404(api: httpx.Client, post_id: str) -> None:
    assert_problem(api.get(f"/posts/{post_id}"), 404)


def test_an_unchanged_post_costs_no_body(api: httpx.Client, author: Person) -> None:
    url = path(publish(api, author))
    etag = api.get(url).headers["ETag"]

    again = api.get(url, headers={"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")


def test_an_edit_takes_the_tag_that_gzip_made_weak_and_a_late_one_is_refused(api: httpx.Client, author: Person) -> None:
    url = path(publish(api, author, body="긴 글이다. " * 300))
    read = api.get(url, headers={"Accept-Encoding": "gzip"})
    etag = read.headers["ETag"]
    assert etag == 'W/"1"'

    edited = edit(api, author, url, etag, title="고친 제목")
    late = edit(api, author, url, etag, title="늦은 제목")

    assert (edited.status_code, edited.json()["version"], edited.json()["body"]) == (200, 2, read.json()["body"])
    assert_problem(late, 412)
    assert api.get(url).json() == edited.json()


def test_an_edit_says_which_version_it_is_of(api: httpx.Client, author: Person) -> None:
    url = path(publish(api, author))

    assert_problem(edit(api, author, url, None, title="눈 감고 고친 제목"), 428)

    assert api.get(url).json()["version"] == 1


def test_only_the_author_edits_and_deletes(api: httpx.Client, author: Person, stranger: Person) -> None:
    published = publish(api, author)
    url, etag = path(published), published.headers["ETag"]

    assert_problem(edit(api, stranger, url, etag, title="남이 고친 제목"), 403)
    assert_problem(api.delete(url, headers=stranger.headers), 403)
    for nobody in (
        api.post("/posts", json={"title": "제목", "body": "내용"}),
        api.patch(url, json={"title": "제목"}, headers={"If-Match": etag}),
        api.delete(url),
        api.delete(url, headers={"Authorization": "Bearer a.forged.token"}),
    ):
        assert_problem(nobody, 401)
        assert nobody.headers["WWW-Authenticate"].startswith("Bearer")

    assert api.get(url).json() == published.json()


def test_a_deleted_post_is_gone(api: httpx.Client, author: Person) -> None:
    tag = unique("지울-")
    url = path(publish(api, author, tags=[tag]))

    deleted = api.delete(url, headers=author.headers)

    assert (deleted.status_code, deleted.content) == (204, b"")
    assert_problem(api.get(url), 404)
    assert_problem(api.delete(url, headers=author.headers), 404)
    assert api.get("/posts", params={"tag": tag}).json() == []


def test_a_repeated_key_writes_once_also_at_the_same_moment(api: httpx.Client, author: Person) -> None:
    tag = unique("한번-")
    draft = {"title": "한 번만", "body": "여러 번 보낸 글", "tags": [tag]}
    headers = {**author.headers, "Idempotency-Key": unique("key-")}

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: api.post("/posts", json=draft, headers=headers), range(4)))
    answers.append(api.post("/posts", json=draft, headers=headers))

    assert {answer.status_code for answer in answers} == {201}
    (first,) = {answer.json()["id"] for answer in answers}
    assert [post["id"] for post in api.get("/posts", params={"tag": tag}).json()] == [first]
    assert_problem(api.post("/posts", json={**draft, "title": "다른 글"}, headers=headers), 422)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ({"body": "내용"}, "title"),
        ({"title": "", "body": "내용"}, "title"),
        ({"title": "가" * 201, "body": "내용"}, "title"),
        ({"title": "제목", "body": "가" * 100_001}, "body"),
        ({"title": "제목", "body": "\0"}, "body"),
        ({"title": "제목", "body": "내용", "tags": [f"태그{number}" for number in range(11)]}, "tags"),
        ({"title": "제목", "body": "내용", "tags": ["가" * 51]}, "tags.0"),
        ({"title": "제목", "body": 1}, "body"),
        ({"title": "제목", "body": "내용", "author": "minji"}, "author"),
    ],
)
def test_a_refused_draft_hears_which_field_is_wrong(
    api: httpx.Client, author: Person, draft: dict[str, Any], field: str
) -> None:
    problem = assert_problem(api.post("/posts", json=draft, headers=author.headers), 422)

    assert [(error["field"], bool(error["reason"])) for error in problem["errors"]] == [(field, True)]


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [(b"{", "application/json", 400), (b"title=x", "application/x-www-form-urlencoded", 415), (b"{}", "", 415)],
)
def test_a_body_that_is_no_json_is_refused(
    api: httpx.Client, author: Person, body: bytes, media_type: str, status: int
) -> None:
    assert_problem(api.post("/posts", content=body, headers={**author.headers, "Content-Type": media_type}), status)
