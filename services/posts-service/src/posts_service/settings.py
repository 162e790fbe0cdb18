"""What only posts-service reads from the environment."""

from pydantic import Field, HttpUrl

from chassis.settings import Settings

SERVICE = "posts-service"


class PostsSettings(Settings):
    """Settings of posts-service."""

    jwks_url: HttpUrl = HttpUrl("http://user-service:3000/.well-known/jwks.json")
    tags_fresh_seconds: float = Field(default=10, ge=0)  # how old the counts of GET /tags may be
    backups_fresh_seconds: float = Field(default=30, ge=0)  # how often /metrics may ask what backups there are
