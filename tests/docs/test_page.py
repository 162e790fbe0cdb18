from textwrap import dedent

import pytest

from docs.page import Command, Marks, PageError, parse


def block(text: str) -> str:
    return f"```console\n{dedent(text).strip()}\n```\n"


def test_a_block_is_commands_and_what_each_prints() -> None:
    (found,) = parse(
        "Some words.\n\n"
        + block("""
            $ cat <<END
            > two
            > END
            two
            $ true
            """)
    )

    assert found.line == 3
    assert found.commands == [Command(4, "cat <<END\ntwo\nEND", ["two"]), Command(8, "true")]


def test_comments_above_a_block_tell_how_to_run_it() -> None:
    marked = '<!-- run: until "ready:" -->\n<!-- run: within 300 seconds -->\n' + block("$ make run")
    first, second = parse(f"{marked}\n{block('$ true')}")

    assert (first.marks, second.marks) == (Marks(until="ready:", seconds=300), Marks())


def test_a_block_may_need_a_program() -> None:
    (found,) = parse("<!-- run: needs mongorestore on PATH -->\n" + block("$ mongorestore"))

    assert found.marks == Marks(program="mongorestore")


def test_what_a_program_asks_for_is_typed_and_no_longer_shown() -> None:
    (found,) = parse(
        '<!-- run: typed after "blog> " -->\n'
        + block("""
        $ mongosh
        rs0 blog> db.posts.countDocuments()
        5
        rs0 blog> exit
    """)
    )

    assert found.typed == ["mongosh", "db.posts.countDocuments()", "exit"]
    assert found.commands[0].shown == ["…", "5", "…"]


def test_a_page_may_need_a_cluster_as_a_whole() -> None:
    blocks = parse("<!-- page: needs cluster -->\n\n" + block("$ true") + "\n" + block("$ false"))

    assert [found.marks.cluster for found in blocks] == [True, True]


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ("<!-- run: now and then -->\n" + block("$ true"), "unknown mark"),
        ("<!-- run: skip because -->\n" + block("$ true"), "unknown mark"),
        ("<!-- run: fails -->\n\nA paragraph.\n", "right above"),
        (block("printed by nobody"), "begins with a command"),
        ("```bash\nmake run\n```\n", "go into ```console"),
        (block("^C"), "nothing goes on"),
    ],
)
def test_a_page_that_cannot_be_run_as_it_is_written_says_where(page: str, reason: str) -> None:
    with pytest.raises(PageError, match=rf"^line \d+: .*{reason}"):
        parse(page)
