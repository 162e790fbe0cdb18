import unicodedata

import pytest
from fastapi.testclient import TestClient

from posts_service.words import LONGEST_WORD, words

from .factories import Headers, publish, titles


@pytest.fixture(autouse=True)
def three_posts(client: TestClient, minji: Headers) -> None:
    """Oldest first."""
    publish(client, minji, title="쿠버네티스를 배우며", body="오늘은 파드를 만들었다.", tags=["환영"])
    publish(
        client,
        minji,
        title="Two people",
        body="They edit the same post; C++ is 2.0 (or so).",
        tags=["GitOps", "argo cd"],
    )
    publish(
        client, minji, title="장애 훈련", body="프라이머리가 사라져도\n쿠버네티스에서 글은 남는다", tags=["MongoDB"]
    )


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("쿠버네티스", ["장애 훈련", "쿠버네티스를 배우며"]),
        ("쿠버네티스를", ["쿠버네티스를 배우며"]),
        ("쿠버", ["장애 훈련", "쿠버네티스를 배우며"]),
        ("파드", ["쿠버네티스를 배우며"]),
        ("환영", ["쿠버네티스를 배우며"]),
        ("글은 쿠버네티스", ["장애 훈련"]),
        ("쿠버네티스 파드 환영", ["쿠버네티스를 배우며"]),
        ("쿠버네티스 people", []),
        ("PEOPLE gitops", ["Two people"]),
        ("argo", ["Two people"]),
        ("mongodb", ["장애 훈련"]),
        ("네티스", []),  # the middle of a word is not found, and the page on search says so
        ("없는말", []),
    ],
)
def test_every_word_of_the_question_begins_a_word_of_the_post(
    client: TestClient, question: str, found: list[str]
) -> None:
    assert titles(client.get("/posts", params={"q": question})) == found


def test_decomposed_korean_is_found(client: TestClient) -> None:
    typed_on_a_mac = unicodedata.normalize("NFD", "쿠버네티스")

    assert titles(client.get("/posts", params={"q": typed_on_a_mac})) == ["장애 훈련", "쿠버네티스를 배우며"]


@pytest.mark.parametrize("question", [".*", ".", "^", "$", "()", "[", "\\", "|", "?", "+", " ", "", "{$gt: ''}", "%"])
def test_characters_of_a_pattern_are_none(client: TestClient, question: str) -> None:
    assert titles(client.get("/posts", params={"q": question})) in ([], titles(client.get("/posts?q=gt")))


@pytest.mark.parametrize(
    ("question", "found"), [("(쿠버네티스)", 2), ("people.*", 1), ("쿠.버", 0), ("c++", 1), ("2.0", 1)]
)
def test_between_words_they_only_separate(client: TestClient, question: str, found: int) -> None:
    assert len(titles(client.get("/posts", params={"q": question}))) == found


def test_only_the_first_words_of_a_long_question_count(client: TestClient) -> None:
    question = " ".join(["people", *(f"people{n}" for n in range(20))])

    answer = client.get("/posts", params={"q": question})

    assert (answer.status_code, answer.json()) == (200, [])


def test_a_post_is_found_by_each_of_its_words_once() -> None:
    assert words("Pod, pod; 파드!", "C++ 파드_2") == ["c", "pod", "파드", "파드_2"]


def test_the_end_of_a_very_long_word_is_left_out() -> None:
    assert words("a" * 1000) == ["a" * LONGEST_WORD]


def test_a_very_long_word_is_found(client: TestClient, minji: Headers) -> None:
    publish(client, minji, title="가" * 200)

    assert titles(client.get("/posts", params={"q": "가" * 200})) == ["가" * 200]
