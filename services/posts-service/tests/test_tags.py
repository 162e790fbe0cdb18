from concurrent.futures import ThreadPoolExecutor

from fastapi.testclient import TestClient

from posts_service.app import create_app
from posts_service.settings import PostsSettings

from .factories import Blog, Headers, publish


def test_a_blog_without_posts_has_no_tags(client: TestClient) -> None:
    answer = client.get("/tags")

    assert (answer.status_code, answer.json()) == (200, [])


def test_the_most_used_tag_comes_first_then_the_alphabet_counts(client: TestClient, minji: Headers) -> None:
    for tags in (["파드", "노드"], ["파드", "argo cd"], ["노드", "파드"], []):
        publish(client, minji, tags=tags)

    answer = client.get("/api/tags")

    assert answer.json() == [
        {"tag": "파드", "posts": 3},
        {"tag": "노드", "posts": 2},
        {"tag": "argo cd", "posts": 1},
    ]


def test_no_more_than_a_hundred_are_listed(client: TestClient, minji: Headers) -> None:
    for tens in range(11):
        publish(client, minji, tags=[f"{tens:02}-{ones}" for ones in range(10)])

    counted = client.get("/tags").json()

    assert (len(counted), counted[0]["tag"]) == (100, "00-0")


def test_a_count_is_kept_for_a_moment(settings: PostsSettings, blog: Blog, minji: Headers) -> None:
    kept = settings.model_copy(update={"tags_fresh_seconds": 60})

    with TestClient(create_app(kept)) as client:
        publish(client, minji, tags=["파드"])
        before = client.get("/tags").json()
        publish(client, minji, tags=["파드"])
        after = client.get("/tags").json()

    assert before == after == [{"tag": "파드", "posts": 1}]


def test_whoever_asks_at_the_same_moment_hears_the_same(client: TestClient, minji: Headers) -> None:
    publish(client, minji, tags=["파드"])

    with ThreadPoolExecutor(4) as all_at_once:
        answers = list(all_at_once.map(lambda _: client.get("/tags").json(), range(8)))

    assert answers == [[{"tag": "파드", "posts": 1}]] * 8
