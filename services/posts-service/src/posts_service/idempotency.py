"""A repeated `Idempotency-Key` answers the first result and writes once.

The post and the record of it are one transaction: a process that is killed leaves neither, and of two requests
at the same moment the second runs into the first one's write, waits, and is given the first one's answer.
"""

import hashlib
from datetime import UTC, datetime, timedelta

from chassis import mongo
from posts_service.errors import KeyUsedForAnotherPost
from posts_service.migrations import IDEMPOTENCY
from posts_service.posts import Posts
from posts_service.schemas import Post, PostDraft

KEPT = timedelta(hours=24)


class Idempotency:
    """The collection `idempotency`: what was answered to which key of which author."""

    def __init__(self, blog: mongo.Database) -> None:
        self._blog = blog
        self._answers = blog[IDEMPOTENCY]

    async def publish_once(self, posts: Posts, draft: PostDraft, author: str, key: str) -> Post:
        """Publish, unless this author's key has published already.

        Args:
            posts: Where the post is stored.
            draft: What the author wrote.
            author: Whose key it is.
            key: What the client made up for this one post.

        Returns:
            The post of the first time.

        Raises:
            KeyUsedForAnotherPost: The key came with another draft before.
        """
        answer_of = {"_id": {"author": author, "key": key}}
        digest = hashlib.sha256(draft.model_dump_json().encode()).digest()

        async def first_or_kept(session: mongo.Session) -> mongo.Document:
            if kept := await self._answers.find_one(answer_of, session=session):
                return kept
            post = await posts.publish(draft, author, session=session)
            kept = {**answer_of, "digest": digest, "post": post.model_dump(), "expires_at": datetime.now(UTC) + KEPT}
            await self._answers.insert_one(kept, session=session)
            return kept

        try:
            kept = await mongo.in_transaction(self._blog, first_or_kept)
        except mongo.DuplicateKeyError:  # the other one was stored between our look and our write
            kept = await self._answers.find_one(answer_of) or {}
        if kept["digest"] != digest:
            raise KeyUsedForAnotherPost
        return Post.model_validate(kept["post"])
