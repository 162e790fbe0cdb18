"""What a page asks its reader to type, and what it says they will see.

A ```console block holds commands: `$ ` begins one, `> ` goes on with it, and the lines below are what it prints. In
those, `…` stands for anything within a line, and a line of `…` alone for any lines. `^C` is typed in the terminal
where the last command that goes on runs. Two spaces and more are a gap of any width: a column is as wide as what it
holds. Comments above a block, unseen in the rendered page, tell the rest:

    <!-- run: skip because REASON -->          never run; the reason is printed
    <!-- run: needs docker -->                 skipped where Docker does not answer
    <!-- run: needs PROGRAM on PATH -->        skipped where it isn't
    <!-- run: until "TEXT" -->                 goes on in a terminal of its own once it has printed a line with TEXT
    <!-- run: fails -->                        its last command must end with another status than 0
    <!-- run: within N seconds -->             has longer than the usual minute
    <!-- run: typed after "TEXT" -->           what stands behind TEXT is typed too, once the program asks with it
    <!-- run: always -->                       tidies up: also run when a test run is cut short

And one is for the whole page:

    <!-- page: needs cluster -->               skipped where no cluster answers to kubectl
"""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from markdown_it import MarkdownIt

INTERRUPT = "^C"
SECONDS = 120
SHELLS = {"bash", "sh", "shell", "zsh", "shell-session"}
ANYTHING = "…"
_MARK = re.compile(r"<!-- run: (.+?) -->")
_PAGE = "<!-- page: needs cluster -->"
_MARKS = re.compile(
    r'skip because (?P<skip>.+)|(?P<docker>needs docker)|needs (?P<program>\S+) on PATH|until "(?P<until>.+)"'
    r'|(?P<fails>fails)|within (?P<seconds>\d+) seconds|typed after "(?P<asks>.+)"|(?P<always>always)'
)


class PageError(Exception):
    """The page can't be run as it's written."""


@dataclass(frozen=True)
class Marks:
    """What the comments above a block say."""

    skip: str | None = None
    docker: bool = False
    program: str | None = None
    cluster: bool = False
    until: str | None = None
    fails: bool = False
    seconds: int = SECONDS
    asks: str | None = None
    always: bool = False


@dataclass(frozen=True)
class Command:
    """What is typed, and the lines that the page shows below."""

    line: int
    typed: str
    shown: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)  # typed when the program asks


@dataclass(frozen=True)
class Block:
    """A ```console block."""

    line: int
    marks: Marks
    commands: list[Command]

    @property
    def typed(self) -> list[str]:
        """All that is typed in it."""
        return [text for command in self.commands for text in (command.typed, *command.answers)]


def read(path: Path) -> list[Block]:
    """Read the blocks of a page.

    Args:
        path: A Markdown file.

    Returns:
        Its console blocks, in order.

    Raises:
        PageError: A mark is unknown or marks nothing, a block doesn't begin with a command, or commands stand in a
            block of another language, where nobody would run them.
    """
    return parse(path.read_text("utf-8"))


def parse(text: str) -> list[Block]:
    """Read the blocks of a page's text; see `read`."""
    blocks: list[Block] = []
    said: list[str] = []
    for token in MarkdownIt("commonmark").parse(text):
        line = token.map[0] + 1 if token.map else 0
        language = token.info.partition(" ")[0]
        if language in SHELLS:
            raise PageError(f"line {line}: commands go into ```console, so that they are run")
        if token.type == "html_block" and (found := _MARK.findall(token.content)):
            said += found
        elif language == "console":
            marks = replace(_marks(said, line), cluster=_PAGE in text)
            blocks.append(
                Block(line, marks, [_conversation(c, marks.asks) for c in _commands(token.content, line + 1)])
            )
            said = []
        elif said:
            raise PageError(f"line {line}: a mark stands right above a ```console block")
    if said:
        raise PageError("a mark at the end of the page marks nothing")
    _demand_pairs(blocks)
    return blocks


def _demand_pairs(blocks: list[Block]) -> None:
    """Make sure that Ctrl-C meets a command that goes on."""
    going_on = 0
    for block in blocks:
        for command in block.commands:
            if command.typed == INTERRUPT:
                going_on -= 1
            elif block.marks.until:
                going_on += 1
            if going_on < 0:
                raise PageError(f"line {command.line}: nothing goes on that {INTERRUPT} could end")


def _marks(texts: list[str], line: int) -> Marks:
    said: dict[str, str] = {}
    for text in texts:
        mark = _MARKS.fullmatch(text)
        if mark is None:
            raise PageError(f"line {line}: unknown mark {text!r}")
        said |= {name: value for name, value in mark.groupdict().items() if value}
    return Marks(
        skip=said.get("skip"),
        docker="docker" in said,
        program=said.get("program"),
        until=said.get("until"),
        fails="fails" in said,
        seconds=int(said.get("seconds", SECONDS)),
        asks=said.get("asks"),
        always="always" in said,
    )


def _commands(content: str, line: int) -> list[Command]:
    commands: list[Command] = []
    goes_on = False
    for number, text in enumerate(content.splitlines(), line):
        if text.startswith("$ ") or text == INTERRUPT:
            commands.append(Command(number, text.removeprefix("$ ")))
            goes_on = True
        elif not commands:
            raise PageError(f"line {number}: a console block begins with a command: `$ ` or {INTERRUPT}")
        elif goes_on and text.startswith("> "):
            commands[-1] = replace(commands[-1], typed=f"{commands[-1].typed}\n{text.removeprefix('> ')}")
        else:
            commands[-1].shown.append(text.rstrip())
            goes_on = False
    return commands


def _conversation(command: Command, asks: str | None) -> Command:
    """Take what is typed into a program out of the lines that are shown; its line editor redraws those at each key."""
    if not asks:
        return command
    answers = [line.partition(asks)[2].strip() for line in command.shown if asks in line]
    shown = [ANYTHING if asks in line else line for line in command.shown]
    return replace(command, shown=shown, answers=answers)
