"""A checkout, and what a command would change in it: decided as a whole before the first file is written."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field

from blogctl.failure import Failure
from blogctl.git import Git


@dataclass(frozen=True)
class Tree:
    """The files that git knows, and texts that are to take their places."""

    git: Git
    changes: dict[str, str | None] = field(default_factory=dict)  # by path; None: it goes

    @classmethod
    def here(cls, *, dry_run: bool) -> "Tree":
        """Find the checkout that the working directory is in.

        Args:
            dry_run: Write nothing.

        Raises:
            Failure: It isn't the blog platform's, or something in it isn't committed.
        """
        git = Git.here(dry_run=dry_run)
        if not (git.root / "services" / "chassis").is_dir():
            raise Failure(f"{git.root} is no checkout of the blog platform")
        if git.ask("status", "--porcelain"):
            raise Failure("something here isn't committed, and would be hard to tell from this change: git stash -u")
        return cls(git)

    def paths(self) -> list[str]:
        """Name every file, in order, as it will be."""
        tracked = filter(None, self.git.ask("ls-files", "-z").split("\0"))
        return sorted({*tracked, *self.changes} - {path for path, text in self.changes.items() if text is None})

    def services(self) -> list[str]:
        """Name the folders of services/ that an image is made of."""
        return [path.split("/")[1] for path in self.paths() if path.startswith("services/") and _is_image(path)]

    def read(self, path: str) -> str:
        """Give a file's text as it will be; of what isn't text, nothing."""
        if path in self.changes:
            return self.changes[path] or ""
        try:
            return (self.git.root / path).read_text("utf-8")
        except UnicodeDecodeError:
            return ""

    def write(self, path: str, text: str) -> None:
        """Give a file a new text."""
        if path in self.changes or not (self.git.root / path).is_file() or text != self.read(path):
            self.changes[path] = text

    def delete(self, path: str) -> None:
        """Take a file away."""
        self.changes[path] = None

    def difference(self) -> str:
        """Give the changes as `git diff` would."""
        return "".join(self._differences())

    def save(self) -> None:
        """Write the changes.

        Raises:
            Failure: A file can't be written; those before it are as they were again.
        """
        before = {path: self._stored(path) for path in self.changes}
        try:
            self._store(self.changes)
        except OSError as error:
            self._store({path: text for path, text in before.items() if self._stored(path) != text})
            raise Failure(f"{error.filename}: {error.strerror}; nothing was changed") from error

    def _stored(self, path: str) -> str | None:
        file = self.git.root / path
        return file.read_text("utf-8") if file.is_file() else None

    def _store(self, texts: dict[str, str | None]) -> None:
        for path, text in texts.items():
            file = self.git.root / path
            if text is not None:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, "utf-8")
                continue
            file.unlink(missing_ok=True)
            while file.parent != self.git.root and not any(file.parent.iterdir()):
                file = file.parent
                file.rmdir()

    def _differences(self) -> Iterator[str]:
        for path, text in sorted(self.changes.items()):
            before = self._stored(path)
            yield from difflib.unified_diff(
                (before or "").splitlines(keepends=True),
                (text or "").splitlines(keepends=True),
                "/dev/null" if before is None else f"a/{path}",
                "/dev/null" if text is None else f"b/{path}",
            )


def _is_image(path: str) -> bool:
    return path.count("/") == 2 and path.endswith("/Dockerfile")
