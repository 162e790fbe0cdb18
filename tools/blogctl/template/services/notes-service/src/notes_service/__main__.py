"""`python -m notes_service`: serve, migrate."""

from chassis.command import commands
from notes_service.migrations import MIGRATIONS
from notes_service.settings import SERVICE, NotesSettings

cli = commands(SERVICE, NotesSettings, "notes_service.app", MIGRATIONS)

if __name__ == "__main__":
    cli()
