import pytest

from docs.shown import difference


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ([], ""),
        (["one", "two"], "one\ntwo"),
        (["… ms"], "3.1 ms"),
        (["HTTP/1.1 200 OK", "…", "ETag: …"], 'HTTP/1.1 200 OK\nServer: nginx\nDate: today\nETag: "1"'),
        (["one", "…", "two"], "one\ntwo"),
        (["[a-z]*"], "[a-z]*"),
        (["NAME      READY", "mongo-…  1/1"], "NAME    READY\nmongo-0      1/1"),
    ],
)
def test_dots_stand_for_what_differs(shown: list[str], printed: str) -> None:
    assert difference(shown, printed) is None


@pytest.mark.parametrize(
    ("shown", "printed", "reason"),
    [
        (["one", "three"], "one\ntwo", "this line was not printed: three"),
        (["one", "…", "three"], "one\ntwo", "this line was not printed: three"),
        (["one"], "one\ntwo", "more was printed"),
        ([], "one", "more was printed"),
        (["a … c"], "a\nc", "this line was not printed: a … c"),
        (["a  b"], "a b", "this line was not printed: a  b"),
    ],
)
def test_everything_else_has_to_be_the_same(shown: list[str], printed: str, reason: str) -> None:
    assert difference(shown, printed) == f"{reason}\nprinted was:\n{printed}"
