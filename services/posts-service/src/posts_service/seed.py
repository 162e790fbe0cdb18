"""Many made-up posts, for a large blog on a laptop and for the benchmark."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from chassis import mongo
from posts_service.words import words

BODY_BYTES = 600
NEWEST = datetime(2026, 1, 1, tzinfo=UTC)
AUTHORS = ["minji", "alex", "seojun", "haeun", "sam", "jiwoo", "noor", "yuna"]
TAGS = ["kubernetes", "쿠버네티스", "mongodb", "argo cd", "gitops", "python", "네트워크", "관찰", "보안", "배포"]
KOREAN = (
    "파드를 서비스에 연결하고 배포를 다시 시작했다 클러스터의 노드가 준비되지 않아 로그를 읽었다 "
    "레플리카 셋은 프라이머리를 뽑고 세컨더리가 따라온다 매니페스트를 고쳐 커밋하면 동기화가 끝난다 "
    "컨테이너는 읽기 전용 파일 시스템에서 돈다"
).split()
ENGLISH = (
    "the pod restarts when its probe fails and the service keeps sending traffic to ready endpoints only a rollout "
    "waits for every replica before it goes on we read the digest from the registry and wrote it into one commit"
).split()


def posts(number: int, *, start: int = 0) -> Iterator[mongo.Document]:
    """Make posts, the same ones each time: half of them Korean, half English, of about 600 bytes.

    Args:
        number: How many.
        start: The number of the first; two calls with other starts make other posts.

    Yields:
        Documents as posts-service stores them, oldest first, a minute apart.
    """
    for index in range(start, start + number):
        chance = random.Random(index)  # noqa: S311 (made-up text, no secret)
        vocabulary = KOREAN if index % 2 else ENGLISH
        title = f"{' '.join(chance.choices(vocabulary, k=5))} {index}"
        body = _sentences(chance, vocabulary)
        tags = chance.sample(TAGS, k=chance.randint(1, 3))
        written_at = NEWEST + timedelta(minutes=index)
        yield {
            "_id": mongo.ObjectId(b"seed" + index.to_bytes(8, "big")),
            "title": title,
            "body": body,
            "tags": tags,
            "author": chance.choice(AUTHORS),
            "created_at": written_at,
            "updated_at": written_at,
            "version": 1,
            "words": words(title, body, *tags),
        }


def _sentences(chance: random.Random, vocabulary: list[str]) -> str:
    text = ""
    while len(text.encode()) < BODY_BYTES:
        text += " ".join(chance.choices(vocabulary, k=12)) + ". "
    return text.strip()
