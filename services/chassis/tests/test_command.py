from .process import run


def test_help_names_the_commands() -> None:
    done = run("--help")

    assert done.returncode == 0
    assert all(word in done.stdout for word in ("notebook of the blog platform", "serve", "migrate"))


def test_a_migration_is_logged_and_safe_to_run_twice(blog_url: str) -> None:
    done = run("migrate", MONGO_URL=blog_url)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
