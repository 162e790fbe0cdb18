import re
import time
import uuid

import httpx
import pytest

from kit.people import Person, publish, unique
from kit.problems import assert_problem

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
OPERATORS = ["/metrics", "/livez", "/readyz", "/version", "/openapi.json"]
OLDEST_SECONDS = 2  # of a visitor's list


def test_the_page_and_its_script_are_there(front_door: httpx.Client) -> None:
    page, script = front_door.get("/"), front_door.get("/app.js")

    assert (page.status_code, page.headers["Content-Type"].partition(";")[0]) == (200, "text/html")
    assert "app.js" in page.text
    assert (script.status_code, script.headers["Content-Type"].partition(";")[0]) == (200, "text/javascript")


@pytest.mark.parametrize("path", ["/", "/app.js", "/no-such-page", "/api/posts", "/api/posts/0", "/api/nothing"])
def test_every_answer_carries_the_security_headers(front_door: httpx.Client, path: str) -> None:
    headers = front_door.get(path).headers

    assert {name: headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path", [*OPERATORS, *(f"/api{path}" for path in OPERATORS), "/docs", "/posts", "//api/metrics"]
)
def test_what_is_for_operators_is_not_reachable(front_door: httpx.Client, path: str) -> None:
    assert front_door.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/api/posts%2f..%2fmetrics", "/api/posts/%2e%2e/metrics", "/api/docs/posts/%2e%2e/metrics"]
)
def test_no_spelling_of_a_path_leads_around_that(front_door: httpx.Client, path: str) -> None:
    assert_problem(front_door.get(path), 404)


@pytest.mark.parametrize(("service", "row"), [("posts", "/posts/{post_id}"), ("users", "/users/{name}")])
def test_the_documentation_is_there_and_runs_no_inline_script(front_door: httpx.Client, service: str, row: str) -> None:
    page = front_door.get(f"/api/docs/{service}", follow_redirects=True)

    assert (page.status_code, page.url.path) == (200, f"/api/docs/{service}/")
    assert not re.search(r"<script(?![^>]*\bsrc=)|\bon\w+=|https?:", page.text)
    assets = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(assets) >= 3
    assert {asset: front_door.get(page.url.join(asset)).status_code for asset in assets} == dict.fromkeys(assets, 200)
    document = front_door.get(page.url.join("openapi.json")).json()
    assert row in document["paths"]
    assert document["servers"][0]["url"] == "/api"


def test_an_unknown_path_is_nginxs_own_problem(api: httpx.Client) -> None:
    assert_problem(api.get("/nothing"), 404)


def test_a_body_over_the_limit_is_refused_with_a_problem(api: httpx.Client, author: Person) -> None:
    draft = {"title": "제목", "body": "a" * 2_200_000}

    assert_problem(api.post("/posts", json=draft, headers=author.headers), 413)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("DELETE", "/posts", "GET, HEAD, POST"), ("PUT", "/users/me", "GET, HEAD, PATCH"), ("POST", "/tags", "GET, HEAD")],
)
def test_a_method_that_a_path_does_not_know_hears_which_it_does(
    api: httpx.Client, method: str, path: str, allowed: str
) -> None:
    answer = api.request(method, path)

    assert_problem(answer, 405)
    assert answer.headers["Allow"] == allowed


def test_a_request_keeps_the_id_that_it_came_with(api: httpx.Client) -> None:
    own = uuid.uuid4().hex
    asked = [api.get("/posts", headers={"X-Request-Id": own}) for _ in range(2)]  # the second may be a cached one
    refused = api.get("/posts/0", headers={"X-Request-Id": own})
    made_up = api.get("/tags", headers={"X-Request-Id": "two words"})

    assert [answer.headers.get_list("X-Request-Id") for answer in asked] == [[own], [own]]
    assert (refused.headers["X-Request-Id"], refused.json()["request_id"]) == (own, own)
    assert re.fullmatch("[A-Za-z0-9._-]{8,64}", made_up.headers["X-Request-Id"])


def test_a_visitors_list_is_kept_for_a_moment_and_an_authors_never(api: httpx.Client, author: Person) -> None:
    ask = {"tag": unique("쪽지-")}
    assert [api.get("/posts", params=ask).json() for _ in range(2)] == [[], []]

    post = publish(api, author, tags=[ask["tag"]]).json()
    published_at = time.monotonic()

    assert api.get("/posts", params=ask, headers=author.headers).json() == [post]
    asked_at = time.monotonic()
    while api.get("/posts", params=ask).json() != [post]:
        assert asked_at - published_at < OLDEST_SECONDS
        time.sleep(0.05)
        asked_at = time.monotonic()


def test_a_visitor_after_a_quiet_while_gets_no_old_list(api: httpx.Client, author: Person) -> None:
    ask = {"tag": unique("쪽지-")}
    time.sleep(1 - time.time() % 1)  # nginx counts whole seconds: a list that begins with one is kept the longest
    api.get("/posts", params=ask)
    post = publish(api, author, tags=[ask["tag"]]).json()

    time.sleep(OLDEST_SECONDS)

    assert api.get("/posts", params=ask).json() == [post]


def test_a_visitors_unchanged_list_costs_no_body(api: httpx.Client) -> None:
    ask = {"author": unique("nobody-")}
    etag = api.get("/posts", params=ask).headers["ETag"]

    again = api.get("/posts", params=ask, headers={"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")


def test_long_answers_are_compressed(api: httpx.Client, author: Person) -> None:
    post = publish(api, author, body="긴 글이다. " * 300).json()

    answer = api.get(f"/posts/{post['id']}", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.json() == post
