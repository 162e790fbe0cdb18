import io

import pytest

from blogctl.up.log_lines import LogStream

REQUEST = (
    '{"timestamp":"2026-01-01T00:00:00Z","level":"info","event":"request","service":"posts-service","method":"GET",'
    '"route":"/posts","path":"/posts","status":200,"took_ms":3.1,"request_id":"0123456789abcdef","trace_id":"00"}'
)
EVENT = '{"timestamp":"2026-01-01T00:00:00Z","level":"warning","event":"key_ignored","service":"s","file":"열쇠.pem"}'


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("line", "short"),
    [
        (REQUEST, "GET /posts 200 3.1 ms  0123456789abcdef"),
        (EVENT, "key_ignored  file=열쇠.pem"),
        ("no JSON", "no JSON"),
    ],
)
def test_a_person_reads_the_short_form(monkeypatch: pytest.MonkeyPatch, line: str, short: str) -> None:
    monkeypatch.setenv("TERM", "dumb")
    out = Terminal()

    LogStream(["posts-service"], out).show("posts-service", line)

    assert out.getvalue().startswith("posts-service | ")
    assert out.getvalue().endswith(f"{short}\n")


def test_a_program_reads_the_line_as_it_is() -> None:
    out = io.StringIO()

    LogStream(["mongod", "posts-service"], out).show("mongod", REQUEST)

    assert out.getvalue() == f"mongod        | {REQUEST}\n"


def test_what_mongod_says_on_a_good_day_is_left_out() -> None:
    out = io.StringIO()

    LogStream(["mongod"], out).show("mongod", '{"s":"I","c":"NETWORK","id":22943,"msg":"Connection accepted"}')

    assert not out.getvalue()
