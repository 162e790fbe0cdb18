"""The pages, and readers who work through them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from blogctl import ports
from cluster.images import Image
from docs import on_cluster
from docs.checkout import PAGES, ROOT, clone
from docs.page import read
from docs.session import Session, hindrance

PORT = 8080  # where every page says that the blog is


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which commands of the pages nobody runs, and why."""
    for path in PAGES:
        lines: dict[str, list[str]] = {}
        for block in read(path):
            if why := hindrance(block):
                lines.setdefault(why, []).append(str(block.line))
        for why, where in lines.items():
            terminalreporter.line(f"not run: {path.relative_to(ROOT)}:{','.join(where)}: {why}")


@pytest.fixture(scope="session")
def images() -> Iterator[Callable[[], list[Image]]]:
    """Give this tree's images, on the cluster from the first time on that somebody asks."""
    with ExitStack() as at_the_end:
        there: list[list[Image]] = []

        def published() -> list[Image]:
            if not there:
                there.append(at_the_end.enter_context(on_cluster.namespace()))
            return there[0]

        yield published


@pytest.fixture(scope="session")
def readers(
    tmp_path_factory: pytest.TempPathFactory, images: Callable[[], list[Image]]
) -> Iterator[Callable[[str], Session]]:
    """Give the reader of a page; each has a clone of their own."""
    reading: dict[str, Session] = {}

    def reader(name: str) -> Session:
        if name not in reading:
            for earlier in reading.values():
                earlier.close()
            reading.clear()
            if not ports.is_free(PORT):
                pytest.skip(f"port {PORT} is taken, and the pages need it: stop what listens there")
            blocks = read(ROOT / "docs" / "en" / name)
            built = images() if any(block.marks.cluster for block in blocks) else []
            directory = clone(tmp_path_factory.mktemp("page") / "blog-platform")
            if built:
                on_cluster.name_images(directory, built)
            reading[name] = Session(blocks, directory)
        return reading[name]

    yield reader

    for session in reading.values():
        session.close()
