"""The posts that a new blog begins with, so that its first reader sees something."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from chassis import mongo
from chassis.migrations import COLLECTION as RECORDS
from posts_service.words import words

RECORD = {"_id": "posts-service/sample-posts"}


class Sample(NamedTuple):
    """A post of the beginning."""

    title: str
    body: str
    tags: list[str]
    author: str


# Oldest first.
SAMPLES = [
    Sample(
        "블로그 플랫폼에 오신 것을 환영합니다",
        "이 글이 보인다면 모든 부품이 함께 움직이고 있는 것입니다. 브라우저의 요청은 nginx를 지나 posts-service로 가고, "
        "posts-service는 MongoDB 레플리카 셋에서 글을 읽어 옵니다.\n\n"
        "오른쪽 위에서 가입하고 로그인하면 직접 글을 쓸 수 있습니다. 쓴 글을 고치고, 찾고, 지워 보세요.",
        ["환영", "쿠버네티스"],
        "minji",
    ),
    Sample(
        "What happens when you push",
        "A commit reaches the main branch. The pipeline finds which services it touches, tests them and builds only "
        "their images. The digest of each image is written into the manifests in one commit, and Argo CD brings the "
        "cluster to what that commit says.\n\n"
        "The way back is as short: revert that one commit.",
        ["gitops", "argo cd"],
        "alex",
    ),
    Sample(
        "파드는 죽어도 글은 남는다",
        "kubectl delete pod mongo-0 을 입력하면 프라이머리가 사라집니다. 남은 두 멤버가 새 프라이머리를 뽑는 동안 읽기는 계속되고, "
        "쓰기는 잠시 기다립니다.\n\n"
        "과반수가 확인한 쓰기만 성공으로 알리기 때문에, 성공이라고 들은 글은 사라지지 않습니다.",
        ["mongodb", "쿠버네티스", "장애 훈련"],
        "minji",
    ),
    Sample(
        "Two people edit the same post",
        "Both read version 3. The first saves and it becomes version 4. The second still sends If-Match with version 3, "
        "and is told that the post has changed since, instead of silently overwriting it.\n\n"
        "Open this blog in two windows and try it.",
        ["http", "api"],
        "alex",
    ),
    Sample(
        "쿠버네티스를 한국어로 찾기",
        "'쿠버네티스'로 찾으면 '쿠버네티스를', '쿠버네티스에서'가 든 글도 나옵니다. 한국어는 낱말 뒤에 조사가 붙으므로, "
        "낱말이 어떻게 시작하는지로 찾습니다.\n\n"
        "위의 찾기 칸에 '파드'나 '프라이머리'를 넣어 보세요.",
        ["검색", "쿠버네티스"],
        "minji",
    ),
]


async def write(blog: mongo.Database) -> int:
    """Write the samples, once, where there are no posts.

    Their ids are fixed and they are only ever inserted, so two runs at the same moment write them once.

    Args:
        blog: The database, migrated.

    Returns:
        How many were written.
    """
    if await blog[RECORDS].find_one(RECORD) or await blog["posts"].find_one({}, {"_id": True}):
        return 0
    now = datetime.now(UTC).replace(microsecond=0)
    for number, sample in enumerate(SAMPLES):
        written_at = now - timedelta(hours=len(SAMPLES) - number)
        post = {
            **sample._asdict(),
            "created_at": written_at,
            "updated_at": written_at,
            "version": 1,
            "words": words(sample.title, sample.body, *sample.tags),
        }
        await blog["posts"].update_one({"_id": _fixed_id(number)}, {"$setOnInsert": post}, upsert=True)
    await blog[RECORDS].update_one(RECORD, {"$setOnInsert": {"applied_at": now}}, upsert=True)
    return len(SAMPLES)


def _fixed_id(number: int) -> mongo.ObjectId:
    return mongo.ObjectId(number.to_bytes(12, "big"))
