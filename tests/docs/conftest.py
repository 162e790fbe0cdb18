"""The pages, and readers who work through them."""

from collections.abc import Callable, Iterator

import pytest

from blogctl import ports
from docs.checkout import PAGES, ROOT, clone
from docs.page import read
from docs.session import Session

PORT = 8080  # where every page says that the blog is


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which commands of the pages nobody runs, and why."""
    for path in PAGES:
        for block in read(path):
            if block.marks.skip:
                terminalreporter.line(f"not run: {path.relative_to(ROOT)}:{block.line}: {block.marks.skip}")


@pytest.fixture(scope="session")
def readers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Session]]:
    """Give the reader of a page; each has a clone of their own."""
    reading: dict[str, Session] = {}

    def reader(name: str) -> Session:
        if name not in reading:
            for earlier in reading.values():
                earlier.close()
            reading.clear()
            if not ports.is_free(PORT):
                pytest.skip(f"port {PORT} is taken, and the pages need it: stop what listens there")
            directory = clone(tmp_path_factory.mktemp("page") / "blog-platform")
            reading[name] = Session(read(ROOT / "docs" / "en" / name), directory)
        return reading[name]

    yield reader

    for session in reading.values():
        session.close()
