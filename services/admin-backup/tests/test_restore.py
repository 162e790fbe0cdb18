from typing import Any

from pymongo.database import Database

from admin_backup import report

from .command import Admin

Blog = Database[dict[str, Any]]


def contents(blog: Blog) -> dict[str, list[dict[str, Any]]]:
    names = set(blog.list_collection_names()) - {report.COLLECTION}
    return {name: list(blog[name].find(sort=[("_id", 1)])) for name in sorted(names)}


def test_a_lost_blog_comes_back_with_its_indexes(admin: Admin, live: Blog) -> None:
    before, indexes = contents(live), live["posts"].index_information()
    admin.run("backup")
    live.client.drop_database(live)

    answer = admin.run("restore").answer

    assert (contents(live), live["posts"].index_information()) == (before, indexes)
    assert (answer["documents"], answer["replaced"], answer["left"]) == (4, [], [])


def test_a_blog_that_is_not_empty_is_refused(admin: Admin, live: Blog) -> None:
    admin.run("backup")
    live["posts"].insert_one({"_id": 3})

    failure = admin.run("restore").failure

    assert failure == "the database live_blog is not empty (idempotency, posts, users): --replace gives them up"
    assert live["posts"].count_documents({}) == 3


def test_told_to_it_replaces_what_is_there_and_leaves_what_it_does_not_know(admin: Admin, live: Blog) -> None:
    before = contents(live)
    admin.run("backup")
    live["posts"].delete_many({})
    live["letters"].insert_one({"_id": 1})

    answer = admin.run("restore", "--replace").answer

    assert contents(live) == before | {"letters": [{"_id": 1}]}
    assert (answer["replaced"], answer["left"]) == (["idempotency", "posts", "users"], ["letters"])


def test_one_may_be_chosen(admin: Admin, live: Blog) -> None:
    first = admin.run("backup").answer["name"]
    live["posts"].insert_one({"_id": 3})
    while admin.run("backup").status != 0:  # one a second
        pass

    admin.run("restore", "--replace", first).answer  # noqa: B018

    assert live["posts"].count_documents({}) == 2


def test_a_collection_keeps_its_options(admin: Admin, live: Blog) -> None:
    rule = {"$jsonSchema": {"required": ["name"]}}
    live.create_collection("strict", validator=rule, collation={"locale": "ko"})
    admin.run("backup")

    admin.run("restore", "--replace").answer  # noqa: B018

    options = live["strict"].options()
    assert (options["validator"], options["collation"]["locale"]) == (rule, "ko")


def test_remains_of_a_killed_restore_are_taken_away(admin: Admin, live: Blog) -> None:
    live["restore_20260101T000000Z_posts"].insert_one({})
    admin.run("backup")

    admin.run("restore", "--replace").answer  # noqa: B018

    assert sorted(contents(live)) == ["idempotency", "posts", "users"]


def test_a_damaged_backup_changes_nothing(admin: Admin, live: Blog) -> None:
    admin.run("backup")
    archive = admin.archive()
    archive.write_bytes(archive.read_bytes()[:-9])
    before = contents(live)

    assert admin.run("restore", "--replace").failure.startswith(f"{archive.name}: ")
    assert contents(live) == before
