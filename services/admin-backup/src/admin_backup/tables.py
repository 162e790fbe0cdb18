"""What a person reads."""

from rich.console import Console
from rich.table import Table

from admin_backup.catalog import Backup
from admin_backup.manifest import Manifest, Proof
from admin_backup.statistics import Statistics

MB = 1_000_000
# rich folds at 80 columns where there is no terminal; a line that a program reads must stay one line.
console = Console(soft_wrap=True, highlight=False, markup=False)


def written(manifest: Manifest) -> str:
    """Say what was backed up."""
    size = f"{manifest.size / MB:.1f} MB"
    return f"{manifest.archive}: {manifest.documents} documents, {size}, in {manifest.took_seconds:.1f} s"


def verified(proof: Proof) -> str:
    """Say what was proven."""
    how = f"restored into MongoDB {proof.server_version} and compared"
    return f"{proof.name}: {how}, in {proof.took_seconds:.1f} s"


def restored(manifest: Manifest, *, took_seconds: float, replaced: list[str], left: list[str]) -> str:
    """Say what was brought back, and what became of the rest."""
    line = f"{manifest.name}: {manifest.documents} documents are back, in {took_seconds:.1f} s"
    line += f"; replaced: {', '.join(replaced) or 'nothing'}"
    return line + (f"; not in the backup and left as they were: {', '.join(left)}" if left else "")


def show_backups(backups: list[Backup]) -> None:
    """Print a row for each."""
    table = Table("backup", "documents", "MB", "encrypted", "verified")
    for each in backups:
        manifest = each.manifest
        proven = f"{each.verified_at:%Y-%m-%d %H:%M} UTC" if each.verified_at else "no"
        size = f"{manifest.size / MB:.1f}"
        table.add_row(each.name, str(manifest.documents), size, "yes" if manifest.encrypted else "no", proven)
    console.print(table)


def show_statistics(taken: Statistics) -> None:
    """Print what was counted."""
    console.print(f"posts: {taken.posts}, users: {taken.users}, at {taken.taken_at:%Y-%m-%d %H:%M} UTC")
    authors, tags = Table("author", "posts"), Table("tag", "posts")
    for author in taken.authors:
        authors.add_row(author.author, str(author.posts))
    for tag in taken.tags:
        tags.add_row(tag.tag, str(tag.posts))
    days = Table("day", "posts", "users")
    for day in taken.days:
        days.add_row(day.day, str(day.posts), str(day.users))
    for table in (authors, tags, days):
        console.print(table)
