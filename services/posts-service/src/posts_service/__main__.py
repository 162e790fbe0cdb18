"""`python -m posts_service`: serve, migrate, sample-posts."""

from chassis.command import commands, with_database
from posts_service import samples
from posts_service.migrations import MIGRATIONS
from posts_service.settings import SERVICE, PostsSettings

cli = commands(SERVICE, PostsSettings, "posts_service.app", MIGRATIONS)


@cli.command()
def sample_posts() -> None:
    """Write the sample posts, once, where there are no posts."""
    with_database(SERVICE, samples.write)


if __name__ == "__main__":
    cli()
