"""The posts: every query to their collection."""

from collections.abc import Set

from chassis import mongo, times
from chassis.mongo import AFTER, DESCENDING, ObjectId
from chassis.together import OneRead, SameRead
from chassis.tokens import Caller
from posts_service.errors import EditConflict, NotTheAuthor, PostNotFound
from posts_service.representation import OnePost, Page, one_of, page_etag, page_of, to_post
from posts_service.schemas import Post, PostChange, PostDraft
from posts_service.wanted import Wanted
from posts_service.words import words

NEWEST_FIRST = [("created_at", DESCENDING), ("_id", DESCENDING)]
SHOWN = mongo.projection(without="words")
VERSIONS = {"_id": True, "created_at": True, "version": True}  # what the list's index covers


class Posts:
    """The collection `posts`."""

    def __init__(self, blog: mongo.Database) -> None:
        self._posts = blog["posts"]
        self._page = SameRead(self._read_page)
        self._page_etag = SameRead(self._read_page_etag)
        self._one = OneRead(self._read_ones)

    async def newest(self, wanted: Wanted, *, known: str | None = None) -> Page:
        """Read one page of the list, newest first.

        Args:
            wanted: Which posts.
            known: The ETag of the page that the client holds; compared by the index alone, without reading a post.

        Returns:
            The page, without JSON when the client's is still right.

        Raises:
            BadCursor: The cursor isn't one that a page gave.
        """
        if known is not None and (etag := await self._page_etag(wanted)) in known:
            return Page(etag)
        return await self._page(wanted)

    async def read(self, post_id: ObjectId) -> OnePost:
        """Read one post.

        Raises:
            PostNotFound: No post has that id.
        """
        found = await self._one(post_id)
        if found is None:
            raise PostNotFound
        return found

    async def _read_page(self, wanted: Wanted) -> Page:
        query = wanted.filter()

        def page(posts: mongo.Reading) -> Page:
            found = list(posts.find(query, SHOWN, sort=NEWEST_FIRST, limit=wanted.limit + 1))
            return page_of(found, wanted.limit)

        return await mongo.in_one_hop(self._posts, page)

    async def _read_page_etag(self, wanted: Wanted) -> str:
        query = wanted.filter()

        def etag(posts: mongo.Reading) -> str:
            found = list(posts.find(query, VERSIONS, sort=NEWEST_FIRST, limit=wanted.limit + 1))
            return page_etag(found, wanted.limit)

        return await mongo.in_one_hop(self._posts, etag)

    async def _read_ones(self, post_ids: Set[ObjectId]) -> dict[ObjectId, OnePost]:
        def ones(posts: mongo.Reading) -> dict[ObjectId, OnePost]:
            found = posts.find({"_id": {"$in": list(post_ids)}}, SHOWN)
            return {post["_id"]: one_of(post) for post in found}

        return await mongo.in_one_hop(self._posts, ones)

    async def publish(self, draft: PostDraft, author: str, *, session: mongo.Session | None = None) -> Post:
        """Store a new post.

        Args:
            draft: What the author wrote.
            author: The author's name.
            session: The transaction that it is a part of, if any.

        Returns:
            The post as it is stored.
        """
        now = times.now()
        post = {
            "_id": ObjectId(),
            **draft.model_dump(),
            "author": author,
            "created_at": now,
            "updated_at": now,
            "version": 1,
            "words": words(draft.title, draft.body, *draft.tags),
        }
        await self._posts.insert_one(post, session=session)
        return to_post(post)

    async def edit(self, post_id: ObjectId, change: PostChange, caller: Caller, *, versions: list[int]) -> Post:
        """Change a post that nobody else has changed since it was read.

        The words that it is found by come from all of its text, so the stored text is read first; the update's
        filter then demands that very version, and no edit in between can be lost.

        Args:
            post_id: Which post.
            change: The fields that change.
            caller: Who asks.
            versions: The versions that the caller has read; one of them has to be stored still.

        Returns:
            The post as it is stored now.

        Raises:
            PostNotFound: No post has that id.
            NotTheAuthor: The caller neither wrote it nor is an admin.
            EditConflict: Another version is stored.
        """
        stored = await self._posts.find_one({"_id": post_id}, SHOWN)
        if stored is None:
            raise PostNotFound
        _demand_author(stored, caller)
        if stored["version"] not in versions:
            raise EditConflict
        changed = change.model_dump(exclude_unset=True)
        text = {**stored, **changed}
        changed |= {"words": words(text["title"], text["body"], *text["tags"]), "updated_at": times.now()}
        edited = await self._posts.find_one_and_update(
            {"_id": post_id, "version": stored["version"]},
            {"$set": changed, "$inc": {"version": 1}},
            projection=SHOWN,
            return_document=AFTER,
        )
        if edited is None:
            raise EditConflict
        return to_post(edited)

    async def delete(self, post_id: ObjectId, caller: Caller) -> None:
        """Remove a post.

        Raises:
            PostNotFound: No post has that id.
            NotTheAuthor: The caller neither wrote it nor is an admin.
        """
        own = {"_id": post_id} if caller.is_admin else {"_id": post_id, "author": caller.name}
        if (await self._posts.delete_one(own)).deleted_count:
            return
        if await self._posts.find_one({"_id": post_id}, {"_id": True}) is None:
            raise PostNotFound
        raise NotTheAuthor


def _demand_author(post: mongo.Document, caller: Caller) -> None:
    if post["author"] != caller.name and not caller.is_admin:
        raise NotTheAuthor
