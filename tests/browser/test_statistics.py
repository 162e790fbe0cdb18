"""The page of statistics: what GET /stats says, as bars, in words and as tables."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from browser.reader import Reader

ANSWER_STATISTICS = """
const [body, status] = arguments;
const real = window.fetch;
window.fetch = (address, ...rest) =>
  address === '/api/stats' ? Promise.resolve(new Response(body, { status })) : real(address, ...rest);
"""
COUNTED = {
    "taken_at": "2026-01-31T16:00:00Z",  # one at night in Korea, on the first of February
    "posts": 12345,
    "users": 67,
    "authors": [{"author": "minji", "posts": 12000}, {"author": "alex", "posts": 345}],
    "tags": [{"tag": "장애 훈련", "posts": 400}],
    "days": [
        {"day": "2025-12-01", "posts": 99, "users": 9},  # longer ago than the chart goes
        {"day": "2026-01-03", "posts": 1, "users": 0},
        {"day": "2026-01-31", "posts": 4, "users": 2},
        {"day": "2026-02-01", "posts": 2, "users": 0},
    ],
}


def look_at(reader: Reader, statistics: dict[str, Any], status: int = 200) -> None:
    """Open the page while the API answers that."""
    reader.go("/")
    reader.browser.execute_script(ANSWER_STATISTICS, json.dumps(statistics), status)
    reader.click("footer a", "Statistics")


def heights(reader: Reader, what: str) -> list[float]:
    bars = reader.browser.execute_script(
        "return [...document.querySelectorAll(`[data-part=${arguments[0]}-chart] rect`)]"
        ".map((bar) => bar.getAttribute('height'))",
        what,
    )
    return [float(height) for height in bars]


def test_each_of_thirty_days_has_a_bar_and_the_best_one_is_as_high_as_the_chart(reader: Reader) -> None:
    look_at(reader, COUNTED)

    reader.sees("main h1", "Statistics")
    assert heights(reader, "posts") == [0.25, *[0] * 27, 1, 0.5]
    assert heights(reader, "users") == [*[0] * 28, 1, 0]


def test_who_sees_no_chart_has_it_in_words_and_as_a_table(reader: Reader) -> None:
    look_at(reader, COUNTED)

    assert reader.sees("figcaption", "New posts in 30 days: 7, at most 4 on a day")
    assert [time.text for time in reader.all("[data-part=posts-chart] time")] == ["January 3, 2026", "February 1, 2026"]
    assert [total.text for total in reader.all(".totals dd")] == ["12,345", "67"]
    reader.click("summary", "As a table")
    assert [row.text for row in reader.all("[data-part=days] tr")][:2] == [
        "February 1, 2026 2 0",
        "January 31, 2026 4 2",
    ]
    assert [row.text for row in reader.all(".tables tbody tr")] == ["minji 12,000", "alex 345", "장애 훈련 400"]


def test_names_lead_to_their_posts(reader: Reader) -> None:
    look_at(reader, COUNTED)

    reader.click(".tables a", "장애 훈련")

    reader.sees("main h1", "Posts tagged “장애 훈련”")


def test_it_speaks_korean(reader: Reader) -> None:
    look_at(reader, COUNTED)
    reader.sees("main h1", "Statistics")

    reader.click("#language", "한국어")

    reader.sees("main h1", "통계")
    assert reader.sees("figcaption", "30일 동안 새 글 7개, 하루 최다 4개")
    assert reader.browser.title == "통계 · 블로그"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "There are no statistics yet."), ("ko", "아직 통계가 없습니다.")]
)
def test_before_the_first_night_it_says_so(open_browser: Callable[[str], Reader], language: str, said: str) -> None:
    reader = open_browser(language)
    reader.go("/")
    reader.browser.execute_script(ANSWER_STATISTICS, json.dumps({"title": "There are no statistics yet"}), 404)

    reader.go("/statistics", {"en": "Statistics", "ko": "통계"}[language])

    reader.sees("main", said)
    assert reader.all(".chart, table, dl") == []


def test_on_a_narrow_screen_nothing_is_cut_off(reader: Reader) -> None:
    reader.browser.set_window_size(360, 740)
    look_at(reader, COUNTED)
    reader.sees(".tables a", "minji")

    assert reader.browser.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
