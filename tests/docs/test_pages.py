"""The documentation holds: what a page says is printed is what its commands print, in both languages.

Why the runner is written by hand: byexample and tesh run each page by itself, and know neither a second terminal for
what goes on running nor a second language that shows the same run. Markdown is read by markdown-it-py.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from docs.checkout import PAGES, ROOT
from docs.page import read
from docs.session import Session, hindrance
from docs.shown import difference

LANGUAGES = ("en", "ko")
SHOWN = [
    pytest.param(
        path.name,
        number,
        language,
        id=f"{path.name}-{number}-{language}",
        marks=[pytest.mark.cluster] if block.marks.cluster else [],
    )
    for path in PAGES
    for number, block in enumerate(read(path))
    for language in LANGUAGES
    if not block.marks.skip
]


def test_every_page_is_there_in_both_languages() -> None:
    pages = {language: {path.name for path in (ROOT / "docs" / language).glob("*.md")} for language in LANGUAGES}

    assert pages["en"] == pages["ko"]
    assert "README.md" in pages["en"]


@pytest.mark.parametrize("path", PAGES, ids=[path.name for path in PAGES])
def test_both_languages_have_the_reader_type_the_same(path: Path) -> None:
    english, korean = (
        [(b.typed, b.marks) for b in read(ROOT / "docs" / language / path.name)] for language in LANGUAGES
    )

    assert english == korean


@pytest.mark.timeout(3600)  # one block may have to wait for all before it, and images are built
@pytest.mark.parametrize(("name", "number", "language"), SHOWN)
def test_a_page_shows_what_is_printed(name: str, number: int, language: str, readers: Callable[[str], Session]) -> None:
    page = ROOT / "docs" / language / name
    block = read(page)[number]
    if why := hindrance(block):
        pytest.skip(f"{name}:{block.line} {why}")

    outcome = readers(name).outcome(number)

    for command, (printed, wrong) in zip(block.commands, outcome, strict=True):
        if wrong := wrong or difference(command.shown, printed):
            pytest.fail(f"{page.relative_to(ROOT)}:{command.line}: $ {command.typed}\n{wrong}", pytrace=False)
