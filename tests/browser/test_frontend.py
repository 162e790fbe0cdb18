"""The page, as somebody with a browser meets it."""

import uuid
from collections.abc import Callable

import httpx
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from browser.reader import PASSWORD, Reader

EDIT_ELSEWHERE = """
const [id, title] = arguments;
const token = JSON.parse(sessionStorage.session).token;
return fetch(`/api/posts/${id}`)
  .then((answer) => fetch(`/api/posts/${id}`, {
    method: 'PATCH', body: JSON.stringify({ title }), headers: {
      Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'If-Match': answer.headers.get('ETag') } }))
  .then((answer) => answer.status);
"""
LOSE_THE_NEXT_ANSWER = """
const real = window.fetch;
window.fetch = async (...request) => {
  const answer = await real(...request);
  if (request[1].method !== 'POST') return answer;
  window.fetch = real;
  throw new TypeError('the connection broke after the request was served');
};
Object.defineProperty(crypto, 'randomUUID', { value: undefined });  // as on plain HTTP from another host
"""


def test_an_author_registers_writes_finds_edits_and_deletes_a_post(reader: Reader) -> None:
    name = f"browser-{uuid.uuid4().hex[:12]}"
    word = f"파드{uuid.uuid4().hex[:8]}"
    reader.go("/register")
    reader.fill(name=name, display_name="김민지", password=PASSWORD)
    reader.click("main .primary")
    reader.sees("#notice", f"Welcome, {name}.")

    reader.publish(
        title=f"{word}를 지운 날", body="바로 새로 생겼다.\n\n" + "긴 글이다. " * 30, tags="Kubernetes, 장애 훈련"
    )
    assert reader.sees(".post .byline a", "김민지")
    assert [tag.text for tag in reader.all(".post .tags a")] == ["kubernetes", "장애 훈련"]

    reader.fill(q=word + Keys.ENTER)
    reader.click(".posts h2 a", word)
    reader.click("[data-part=edit]")
    assert reader.typed("title") == f"{word}를 지운 날"
    reader.fill(title=f"{word}를 되살린 날")
    reader.click("main .primary")
    reader.sees(".post h1", "되살린")
    reader.sees("#notice", "Saved.")

    reader.click("[data-part=delete]")
    assert reader.focused().text == "Keep it"
    reader.click("dialog .danger")
    reader.sees("#notice", "The post is deleted.")
    reader.go(f"/search?q={word}")
    reader.sees("main", "Nothing found.")


def test_an_edit_through_gzip_carries_the_version_that_was_read(reader: Reader, author: str) -> None:
    reader.log_in(author)
    post = reader.publish(title="긴 글", body="긴 글이다. " * 100)
    packed = httpx.get(f"{reader.url}/api/posts/{post}", headers={"Accept-Encoding": "gzip"})
    assert (packed.headers["content-encoding"], packed.headers["etag"]) == ("gzip", 'W/"1"')

    reader.click("[data-part=edit]")
    reader.fill(title="더 긴 글")
    reader.click("main .primary")

    reader.sees(".post h1", "더 긴 글")
    assert httpx.get(f"{reader.url}/api/posts/{post}").json()["version"] == 2


def test_a_conflict_is_explained_and_the_draft_is_kept(reader: Reader, author: str) -> None:
    reader.log_in(author)
    post = reader.publish(title="첫 제목", body="내용")
    reader.click("[data-part=edit]")
    reader.fill(title="내 제목", body="내가 쓴 내용")
    assert reader.browser.execute_script(EDIT_ELSEWHERE, post, "다른 창의 제목") == 200

    reader.click("main .primary")
    reader.sees(".error", "Somebody changed this post")
    assert reader.focused().get_attribute("role") == "alert"
    assert reader.sees(".theirs h3").text == "다른 창의 제목"
    assert (reader.typed("title"), reader.typed("body")) == ("내 제목", "내가 쓴 내용")
    assert httpx.get(f"{reader.url}/api/posts/{post}").json()["title"] == "다른 창의 제목"

    reader.click("main .primary")
    reader.sees(".post h1", "내 제목")
    assert httpx.get(f"{reader.url}/api/posts/{post}").json()["version"] == 3


def test_a_draft_outlives_a_reload_and_a_login_that_has_ended(reader: Reader, author: str) -> None:
    reader.log_in(author)
    reader.go("/write")
    reader.fill(title="덜 쓴 글", body="아직 쓰는 중")
    reader.browser.refresh()
    assert reader.typed("title") == "덜 쓴 글"
    reader.browser.execute_script(
        "sessionStorage.session = JSON.stringify({ ...JSON.parse(sessionStorage.session), token: 'worn.out.token' })"
    )

    reader.click("main .primary")
    reader.sees(".error", "Your login has ended.")
    reader.click(".error button")
    reader.fill(username=author, password=PASSWORD)
    reader.click("main .primary", "Log in")

    reader.sees("main h1", "New post")
    assert (reader.typed("title"), reader.typed("body")) == ("덜 쓴 글", "아직 쓰는 중")


def test_a_post_whose_answer_was_lost_can_be_sent_again_and_is_there_once(reader: Reader, author: str) -> None:
    reader.log_in(author)
    reader.go("/write")
    reader.fill(title="한 번만", body="두 번 보낸 글")
    reader.browser.execute_script(LOSE_THE_NEXT_ANSWER)

    reader.click("main .primary")
    reader.sees(".error", "What you typed is kept")
    reader.click("main .primary")

    reader.sees(".post h1", "한 번만")
    assert len(httpx.get(f"{reader.url}/api/posts", params={"author": author}).json()) == 1


def test_the_page_says_that_posts_cannot_be_reached_and_recovers_by_itself(reader: Reader, author: str) -> None:
    reader.log_in(author)
    post = reader.publish(title="다시 보일 글", body="내용")
    reader.go("/", "Newest posts")
    reader.reach_the_api(allowed=False)

    reader.click(".posts h2 a", "다시 보일 글")
    reader.sees(".outage [role=status]", "Posts can’t be reached right now.")
    assert reader.sees(".outage", "Trying again in")
    assert reader.all(".posts li"), "the last list stays"

    reader.reach_the_api(allowed=True)
    reader.sees(".post h1", "다시 보일 글")
    reader.sees("#notice", "Posts can be reached again.")
    assert reader.browser.current_url.endswith(post)


def test_a_page_that_is_loaded_during_an_outage_shows_the_last_list(reader: Reader, author: str) -> None:
    reader.log_in(author)
    reader.publish(title="마지막으로 본 글", body="내용")
    reader.go("/", "Newest posts")
    reader.sees(".posts h2", "마지막으로 본 글")
    reader.reach_the_api(allowed=False)

    reader.browser.refresh()
    reader.sees(".outage", "Posts can’t be reached right now.")
    reader.sees("main", "This is the last list that this browser has seen.")
    assert reader.all(".posts h2")[0].text == "마지막으로 본 글"

    reader.reach_the_api(allowed=True)
    reader.sees("#notice", "Posts can be reached again.")


def test_older_posts_are_a_page_of_their_own(reader: Reader, author: str) -> None:
    reader.log_in(author)
    headers = {"Authorization": f"Bearer {reader.token()}"}
    tag = f"쪽-{uuid.uuid4().hex[:8]}"
    for number in range(1, 22):
        draft = {"title": f"{number}번째 글", "body": "내용", "tags": [tag]}
        httpx.post(f"{reader.url}/api/posts", json=draft, headers=headers).raise_for_status()

    reader.go(f"/tags/{tag}", tag)
    reader.sees(".posts h2", "21번째 글")
    assert len(reader.all(".posts li")) == 20
    reader.click("a[rel=next]", "Older posts")
    reader.sees(".posts h2", "1번째 글")
    reader.sees(".posts li:only-child")

    reader.browser.back()
    reader.sees(".posts h2", "21번째 글")


@pytest.mark.parametrize(
    ("language", "spoken", "heading", "write", "date"),
    [
        ("ko", "ko", "새 글", "글쓰기", "년"),
        ("ko-KR", "ko", "새 글", "글쓰기", "년"),
        ("en-GB", "en", "Newest posts", "Write", ", 20"),
        ("fr", "en", "Newest posts", "Write", ", 20"),
    ],
)
def test_the_page_speaks_the_language_of_the_browser(
    open_browser: Callable[[str], Reader], language: str, spoken: str, heading: str, write: str, date: str
) -> None:
    reader = open_browser(language)

    reader.go("/", heading)

    assert reader.browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == spoken
    assert heading in reader.browser.title
    assert reader.sees("header nav a").text == write
    assert date in reader.sees(".posts time").text


def test_the_other_language_is_a_click_away_remembered_and_takes_nothing(reader: Reader) -> None:
    reader.go("/login", "Log in")
    reader.fill(username="half-typed")

    reader.click("#language", "한국어")
    reader.sees("main h1", "로그인")
    assert reader.typed("username") == "half-typed"
    assert reader.browser.title == "로그인 · 블로그"

    reader.browser.refresh()
    reader.sees("main h1", "로그인")


def test_somebody_logs_in_with_the_keyboard_alone(reader: Reader, author: str) -> None:
    reader.go("/", "Newest posts")
    reader.tab_to("#skip").send_keys(Keys.ENTER)
    assert reader.focused().get_attribute("id") == "main"
    reader.browser.refresh()
    reader.sees("main h1")
    reader.tab_to("a[href='#/login']").send_keys(Keys.ENTER)
    reader.sees("main h1", "Log in")
    assert reader.focused().tag_name == "h1"

    reader.tab_to("#username").send_keys(author)
    reader.tab_to("#password").send_keys("wrong password", Keys.ENTER)
    reader.sees(".error", "Name or password is wrong.")
    assert reader.focused().get_attribute("role") == "alert"
    reader.tab_to("#password").send_keys(Keys.CONTROL + "a", Keys.NULL, PASSWORD)
    reader.tab_to("main .primary").send_keys(Keys.SPACE)

    reader.sees("#notice", f"Welcome, {author}.")
    assert reader.focused().tag_name == "h1"


def test_markup_in_a_post_is_text(reader: Reader, author: str) -> None:
    markup = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
    reader.log_in(author)

    reader.publish(title=markup, body=markup, tags="<b>")

    assert reader.sees(".prose").text == markup
    assert reader.all(".post img, .post script, .post b") == []
    assert reader.browser.title == f"{markup} · Blog"


def test_only_the_author_is_offered_to_change_a_post(
    reader: Reader, author: str, open_browser: Callable[[str], Reader]
) -> None:
    reader.log_in(author)
    post = reader.publish(title="남의 글", body="내용")
    visitor = open_browser("en")

    visitor.go(f"/posts/{post}", "남의 글")
    assert visitor.all(".own") == []
    assert reader.all(".own") != []


def test_an_address_with_nothing_behind_it_says_so(reader: Reader) -> None:
    reader.go("/posts/no-such-id", "There is nothing here")
    reader.go("/nowhere", "There is nothing here")
    assert httpx.get(f"{reader.url}/nowhere.html").status_code == 404


@pytest.mark.parametrize("service", ["posts", "users"])
def test_the_api_is_documented_under_the_policy_of_the_page(reader: Reader, service: str) -> None:
    reader.browser.get(f"{reader.url}/api/docs/{service}")

    reader.sees(".opblock", f"/{service}")
