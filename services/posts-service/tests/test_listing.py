import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from chassis.problems import Invalid
from kit.refusals import assert_refused
from kit.signer import Signer
from posts_service.errors import BadCursor

from .factories import Blog, Headers, edit, publish, titles


def next_page(page: Response) -> str:
    """The address that a page leads to, or nothing."""
    found = re.fullmatch(r'<(/\S+)>; rel="next"', page.headers.get("Link", ""))
    return found[1] if found else ""


def test_an_empty_blog_is_an_empty_array(client: TestClient) -> None:
    answer = client.get("/posts")

    assert (answer.status_code, answer.json()) == (200, [])
    assert answer.headers["Content-Type"] == "application/json"
    assert "Link" not in answer.headers


def test_the_newest_post_comes_first(client: TestClient, minji: Headers) -> None:
    posts = [publish(client, minji, title=title).json() for title in ("첫째", "둘째", "셋째")]

    answer = client.get("/posts")

    assert answer.json() == posts[::-1]


def test_a_page_has_20_posts_unless_asked_otherwise(client: TestClient, minji: Headers) -> None:
    for number in range(21):
        publish(client, minji, title=f"{number}")

    assert [len(client.get(url).json()) for url in ("/posts", "/posts?limit=1", "/posts?limit=100")] == [20, 1, 21]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        (f"limit={'9' * 5000}", "limit"),
        ("tag=%00", "tag"),
        (f"tag={'a' * 51}", "tag"),
        ("author=%00", "author"),
        (f"author={'a' * 33}", "author"),
        ("q=%00", "q"),
        (f"q={'a' * 201}", "q"),
    ],
)
def test_a_wrong_question_is_named(client: TestClient, query: str, field: str) -> None:
    answer = client.get(f"/posts?{query}")

    assert [wrong["field"] for wrong in assert_refused(answer, Invalid)["errors"]] == [field]


@pytest.mark.parametrize("cursor", ["", "x", "첫 글", "A" * 26, "_" * 27, "A" * 60_000, "%00", "&cursor=x"])
def test_a_cursor_that_no_page_gave_is_refused(client: TestClient, cursor: str) -> None:
    assert_refused(client.get(f"/posts?cursor={cursor}"), BadCursor)
    assert_refused(client.get(f"/posts?cursor={cursor}", headers={"If-None-Match": '"x"'}), BadCursor)


@pytest.mark.parametrize("prefix", ["", "/api"])
def test_links_lead_through_all_posts_once(client: TestClient, minji: Headers, prefix: str) -> None:
    for number in range(5):
        publish(client, minji, title=f"{number}")

    url, pages = f"{prefix}/posts?limit=2", []
    while url:
        page = client.get(url)
        pages.append(titles(page))
        url = next_page(page)
        assert url == "" or url.startswith(f"{prefix}/posts?")

    assert pages == [["4", "3"], ["2", "1"], ["0"]]


def test_a_full_page_that_is_the_last_leads_nowhere(client: TestClient, minji: Headers) -> None:
    for number in range(2):
        publish(client, minji, title=f"{number}")

    assert next_page(client.get("/posts?limit=2")) == ""


def test_pages_stay_right_while_posts_are_added_and_deleted(client: TestClient, minji: Headers) -> None:
    posts = {title: publish(client, minji, title=title) for title in "일이삼사오육"}
    first = client.get("/posts?limit=2")

    publish(client, minji, title="칠")
    for title in "오삼":  # the one that the page ended with, and one to come
        client.delete(posts[title].headers["Location"], headers=minji)
    edit(client, minji, posts["이"], title="둘")
    second = client.get(next_page(first))
    third = client.get(next_page(second))

    assert [titles(page) for page in (first, second)] == [["육", "오"], ["사", "둘"]]
    assert (titles(third), next_page(third)) == (["일"], "")


def test_posts_of_the_same_moment_are_each_shown_once(client: TestClient, minji: Headers, blog: Blog) -> None:
    moment = publish(client, minji).json()["created_at"]
    for number in range(4):
        publish(client, minji, title=f"{number}")
    first = blog["posts"].find_one({"title": "첫 글"})
    assert first
    blog["posts"].update_many({}, {"$set": {"created_at": first["created_at"]}})

    page = client.get("/posts?limit=2")
    shown = titles(page)
    while url := next_page(page):
        page = client.get(url)
        shown += titles(page)

    assert shown == ["3", "2", "1", "0", "첫 글"]
    assert {post["created_at"] for post in client.get("/posts").json()} == {moment}


def test_posts_are_listed_by_tag_and_by_author(client: TestClient, signer: Signer) -> None:
    publish(client, signer.headers("minji"), title="첫째", tags=["파드", "Argo CD"])
    publish(client, signer.headers("minji"), title="둘째", tags=["파드"])
    publish(client, signer.headers("alex"), title="셋째", tags=["파드"])

    found = {
        query: titles(client.get(f"/posts?{query}"))
        for query in (
            "tag=파드",
            "tag=argo cd",
            "tag=Argo CD",
            "author=minji",
            "tag=파드&author=alex",
            "tag=노드",
            "tag=",
        )
    }

    assert found == {
        "tag=파드": ["셋째", "둘째", "첫째"],
        "tag=argo cd": ["첫째"],
        "tag=Argo CD": ["첫째"],
        "author=minji": ["둘째", "첫째"],
        "tag=파드&author=alex": ["셋째"],
        "tag=노드": [],
        "tag=": [],
    }


def test_the_next_page_keeps_the_question(client: TestClient, signer: Signer) -> None:
    for title in ("첫째", "둘째", "셋째"):
        publish(client, signer.headers("minji"), title=title, body="쿠버네티스를 배웠다", tags=["a b&c"])
        publish(client, signer.headers("alex"))

    first = client.get("/posts", params={"limit": 2, "tag": "a b&c", "author": "minji", "q": "쿠버네티스"})
    second = client.get(next_page(first))

    assert [titles(page) for page in (first, second)] == [["셋째", "둘째"], ["첫째"]]


def test_a_question_asked_twice_counts_once_and_an_unknown_one_not_at_all(client: TestClient, minji: Headers) -> None:
    for number in range(3):
        publish(client, minji, title=f"{number}")

    first = client.get("/posts?limit=1&limit=2&sort=오래된&sort=%ED%A0%80")

    assert titles(first) == ["2", "1"]
    assert titles(client.get(next_page(first))) == ["0"]


def test_an_unchanged_list_is_not_sent_again(client: TestClient, minji: Headers) -> None:
    publish(client, minji)
    etag = client.get("/posts").headers["ETag"]

    for known in (etag, f"W/{etag}", f'"x", {etag}'):
        answer = client.get("/posts", headers={"If-None-Match": known})

        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", etag)


@pytest.mark.parametrize("happens", ["edited", "deleted", "published"])
def test_a_change_in_the_middle_of_the_page_sends_it_again(client: TestClient, minji: Headers, happens: str) -> None:
    posts = [publish(client, minji, title=title) for title in ("첫째", "둘째", "셋째")]
    etag = client.get("/posts").headers["ETag"]

    match happens:
        case "edited":
            edit(client, minji, posts[1], title="바뀜")
        case "deleted":
            client.delete(posts[1].headers["Location"], headers=minji)
        case "published":
            publish(client, minji, title="넷째")
    answer = client.get("/posts", headers={"If-None-Match": etag})

    assert answer.headers["ETag"] != etag
    assert (
        titles(answer)
        == {
            "edited": ["셋째", "바뀜", "첫째"],
            "deleted": ["셋째", "첫째"],
            "published": ["넷째", "셋째", "둘째", "첫째"],
        }[happens]
    )


def test_a_page_that_is_followed_by_another_now_is_sent_again(client: TestClient, minji: Headers) -> None:
    older = publish(client, minji, title="첫째")
    publish(client, minji, title="둘째")
    etag = client.get("/posts?limit=1").headers["ETag"]

    client.delete(older.headers["Location"], headers=minji)
    answer = client.get("/posts?limit=1", headers={"If-None-Match": etag})

    assert (titles(answer), next_page(answer)) == (["둘째"], "")


@contextmanager
def profiled(blog: Blog) -> Iterator[list[dict[str, Any]]]:
    """What MongoDB did for each query in the block, filled in at its end."""
    queries: list[dict[str, Any]] = []
    blog.command("profile", 2)
    try:
        yield queries
    finally:
        blog.command("profile", 0)
        queries += blog["system.profile"].find({"op": "query", "ns": blog["posts"].full_name})
        blog["system.profile"].drop()


@pytest.mark.parametrize("query", ["", "?limit=2", "?author=minji"])
def test_an_index_alone_answers_for_an_unchanged_list(
    client: TestClient, minji: Headers, blog: Blog, query: str
) -> None:
    for number in range(3):
        publish(client, minji, title=f"{number}")
    etag = client.get(f"/posts{query}").headers["ETag"]

    with profiled(blog) as queries:
        answer = client.get(f"/posts{query}", headers={"If-None-Match": etag})

    assert answer.status_code == 304
    assert [(asked["docsExamined"], asked["keysExamined"]) for asked in queries] == [(0, 3)]


def test_a_page_of_a_long_list_reads_that_page_alone(client: TestClient, minji: Headers, blog: Blog) -> None:
    for number in range(12):
        publish(client, minji, title=f"{number}")
    page = client.get("/posts?limit=3")
    third = next_page(client.get(next_page(page)))

    with profiled(blog) as queries:
        client.get(third)

    assert [asked["docsExamined"] <= 3 + 2 for asked in queries] == [True]
