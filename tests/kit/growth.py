"""What this tree could grow by: services that it doesn't have."""

from blogctl import checkout

WORDS = ("comments", "bookmarks", "events")  # a fork may have the first of them already
NEW, SECOND = [word for word in WORDS if not (checkout.ROOT / "services" / f"{word}-service").exists()][:2]
OPTIONAL: list[str] = ["admin-backup"]  # what a blog can do without
