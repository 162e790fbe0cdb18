"""What only notes-service reads from the environment."""

from pydantic import HttpUrl

from chassis.settings import Settings

SERVICE = "notes-service"


class NotesSettings(Settings):
    """Settings of notes-service."""

    jwks_url: HttpUrl = HttpUrl("http://user-service:3000/.well-known/jwks.json")
