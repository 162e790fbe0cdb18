from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.checkout import readers_environment
from docs.terminal import Printed, Stuck, Terminal, clean


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path, readers_environment())
    yield opened
    opened.close()


def test_directory_and_variables_stay_and_the_status_is_told(terminal: Terminal) -> None:
    terminal.run("mkdir 글 && cd 글 && NAME='민지!'", within=30)

    assert terminal.run('echo "$(basename "$PWD") $NAME"; false', within=30) == Printed("글 민지!", 1)


def test_programs_find_a_terminal(terminal: Terminal) -> None:
    assert terminal.run("test -t 1 && tput cols", within=30).text == "140"


def test_what_goes_on_is_read_up_to_a_line_and_ended_by_ctrl_c(terminal: Terminal) -> None:
    trap = "trap 'echo stopping; exit' INT"
    loop = f'bash -c "{trap}; echo ready: here; while :; do echo {"log " * 20}; sleep 0.01; done"'

    assert terminal.start(loop, until="ready:", within=30) == "ready: here"
    assert terminal.interrupt().endswith("stopping")


def test_a_program_that_asks_is_answered(terminal: Terminal) -> None:
    asks = "for n in 1 2; do read -p 'name> ' name; echo \"hello $name\"; done"

    assert terminal.run(asks, within=30, asks="name> ", answers=["민지", "hana"]).text.endswith("hello hana")


def test_what_hangs_is_interrupted_and_the_next_command_runs(terminal: Terminal) -> None:
    with pytest.raises(Stuck, match="still not there after 1 s"):
        terminal.run("sleep 60", within=1)

    assert terminal.run("echo here", within=30) == Printed("here", 0)


def test_what_ends_too_early_says_so(terminal: Terminal) -> None:
    with pytest.raises(Stuck, match=r"has ended \(status 3\)"):
        terminal.start("bash -c 'exit 3'", until="ready:", within=30)


def test_colours_and_redrawn_lines_are_gone() -> None:
    assert clean("\x1b[1;32mgreen\x1b[0m\n10 %\r50 %\r100 %\r\nend  \n\n") == "green\n100 %\nend"
