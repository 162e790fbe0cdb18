"""Links between files of the tree lead somewhere, and every page can be found from its index."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from docs.checkout import ROOT

PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
INDEXES = sorted(ROOT.glob("docs/*/README.md"))


def links(page: Path) -> Iterator[str]:
    def walk(tokens: list[Token]) -> Iterator[str]:
        for token in tokens:
            yield from (str(token.attrs[name]) for name in ("href", "src") if name in token.attrs)
            yield from walk(token.children or [])

    return walk(MarkdownIt("commonmark").parse(page.read_text("utf-8")))


def linked(page: Path) -> set[Path]:
    near = (link.partition("#")[0] for link in links(page) if ":" not in link)
    return {(page.parent / link).resolve() for link in near if link}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_to_files_lead_somewhere(page: Path) -> None:
    assert [str(target) for target in linked(page) if not target.exists()] == []


@pytest.mark.parametrize("index", INDEXES, ids=lambda page: str(page.relative_to(ROOT)))
def test_an_index_names_every_page(index: Path) -> None:
    assert set(index.parent.glob("*.md")) - {index} <= linked(index)


def test_both_readmes_show_the_same_commands() -> None:
    english, korean = (
        [token.content for token in MarkdownIt("commonmark").parse((ROOT / name).read_text("utf-8")) if token.info]
        for name in ("README.md", "README.ko.md")
    )

    assert english == korean
