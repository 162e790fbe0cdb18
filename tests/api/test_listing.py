import unicodedata
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from kit.people import Person, publish, unique
from kit.problems import assert_problem

FIELDS = {"id", "title", "body", "tags", "author", "created_at", "updated_at", "version"}


def titles(api: httpx.Client, **query: Any) -> list[str]:
    answer = api.get("/posts", params=query)
    assert answer.status_code == 200, answer.text
    return [post["title"] for post in answer.json()]


def test_the_list_is_an_array_of_posts_newest_first(api: httpx.Client, author: Person) -> None:
    for title in ("먼저 쓴 글", "나중에 쓴 글"):
        publish(api, author, title=title)

    answer = api.get("/posts", headers=author.headers)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    posts = answer.json()
    assert 2 <= len(posts) <= 20
    assert all(set(post) == FIELDS for post in posts)
    assert [post["created_at"] for post in posts] == sorted((post["created_at"] for post in posts), reverse=True)
    own = [post["title"] for post in posts if post["author"] == author.name]
    assert own.index("나중에 쓴 글") < own.index("먼저 쓴 글")


def test_links_lead_to_the_end_and_stay_right_while_posts_are_added(api: httpx.Client, author: Person) -> None:
    tag = unique("쪽-")
    for number in range(1, 6):
        publish(api, author, title=f"{number}번째 글", tags=[tag])

    page = api.get("/posts", params={"tag": tag, "limit": 2})
    found = [page.json()]
    publish(api, author, title="그사이에 쓴 글", tags=[tag])
    while "next" in page.links:
        link = page.links["next"]["url"]
        assert (urlsplit(link).path, parse_qs(urlsplit(link).query)["tag"]) == ("/api/posts", [tag])
        page = api.get(httpx.URL(api.base_url).join(link))
        found.append(page.json())

    assert [[post["title"] for post in posts] for posts in found] == [
        ["5번째 글", "4번째 글"],
        ["3번째 글", "2번째 글"],
        ["1번째 글"],
    ]


def test_posts_are_listed_by_author(api: httpx.Client, author: Person, stranger: Person) -> None:
    publish(api, author)
    title = unique("남의 글 ")
    publish(api, stranger, title=title)

    answer = api.get("/posts", params={"author": stranger.name}, headers=author.headers)

    assert {post["author"] for post in answer.json()} == {stranger.name}
    assert answer.json()[0]["title"] == title


@pytest.mark.parametrize(
    "query",
    [
        "{word}",  # the text says {word}를
        "{nfd}",  # as macOS types it
        "{word} 프라이머",  # every word begins one
        "KUBERNETES {word}",  # the tag, in any case
    ],
)
def test_korean_words_are_found_inside_a_sentence(api: httpx.Client, author: Person, query: str) -> None:
    word = unique("쿠버네티스")
    publish(api, author, title="찾을 글", body=f"오늘은 {word}를 배우고 프라이머리를 뽑았다.", tags=["Kubernetes"])

    found = titles(api, q=query.format(word=word, nfd=unicodedata.normalize("NFD", word)))

    assert found == ["찾을 글"]


@pytest.mark.parametrize("query", ["{word}.*", "{word} 세컨더리", "네티스{rest}", ".*", "$where"])
def test_a_search_is_words_and_never_a_pattern(api: httpx.Client, author: Person, query: str) -> None:
    word = unique("쿠버네티스")
    title = f"{word}를 배우며"
    publish(api, author, title=title)

    found = titles(api, author=author.name, q=query.format(word=f"{word}X", rest=word.removeprefix("쿠버네티스")))

    assert title not in found


@pytest.mark.parametrize("limit", [1, 100])
def test_a_page_has_one_to_a_hundred_posts(api: httpx.Client, author: Person, limit: int) -> None:
    publish(api, author)

    posts = api.get("/posts", params={"limit": limit}).json()

    assert 1 <= len(posts) <= limit


@pytest.mark.parametrize("limit", ["0", "101", "ten"])
def test_another_limit_is_refused(api: httpx.Client, limit: str) -> None:
    problem = assert_problem(api.get("/posts", params={"limit": limit}), 422)

    assert [error["field"] for error in problem["errors"]] == ["limit"]


def test_a_cursor_that_no_page_gave_is_refused(api: httpx.Client) -> None:
    assert_problem(api.get("/posts", params={"cursor": "not-a-cursor"}), 400)


def test_an_unchanged_list_costs_no_body(api: httpx.Client, author: Person) -> None:
    tag = unique("같은-")
    post = publish(api, author, tags=[tag]).json()
    publish(api, author, tags=[tag])
    etag = api.get("/posts", params={"tag": tag}, headers=author.headers).headers["ETag"]
    holding = {**author.headers, "If-None-Match": etag}

    again = api.get("/posts", params={"tag": tag}, headers=holding)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)

    api.delete(f"/posts/{post['id']}", headers=author.headers)
    changed = api.get("/posts", params={"tag": tag}, headers=holding)
    assert (changed.status_code, len(changed.json())) == (200, 1)


def test_tags_are_counted_most_used_first(api: httpx.Client, author: Person) -> None:
    publish(api, author, tags=["kubernetes"])

    answer = api.get("/tags")

    assert answer.status_code == 200
    assert all(set(tag) == {"tag", "posts"} for tag in answer.json())
    counts = [tag["posts"] for tag in answer.json()]
    assert counts == sorted(counts, reverse=True)


def test_statistics_are_there_once_the_admin_job_has_run(api: httpx.Client) -> None:
    answer = api.get("/stats")

    if answer.status_code == 404:
        assert_problem(answer, 404)
    else:
        assert answer.status_code == 200
        assert {"taken_at", "posts", "users"} <= set(answer.json())
