"""`python -m notes_service`, as a container runs it."""

from kit.programs import Tree

from .factories import Blog


def test_its_migrations_may_run_twice(blog: Blog, blog_url: str) -> None:
    blog["schema_migrations"].delete_many({"_id": {"$regex": "^notes-service/"}})

    first, second = (Tree().run("notes_service", "migrate", MONGO_URL=blog_url) for _ in range(2))

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert (first.stdout.count("migration_applied"), second.stdout) == (1, "")
    assert "newest" in blog["notes"].index_information()


def test_a_wrong_setting_is_one_line_that_names_it() -> None:
    done = Tree().run("notes_service", "serve")

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "settings: MONGO_URL: is not set, and neither is its _FILE\n"
