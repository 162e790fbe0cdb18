import pytest

from blogctl.git import reason


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (
            "To x\n ! [rejected] HEAD -> main (fetch first)\nerror: failed to push\n",
            "! [rejected] HEAD -> main (fetch first)",
        ),
        (
            "remote: no\nfatal: unable to access 'http://u:pw@host/x.git/': 403\n",
            "unable to access 'http://host/x.git/': 403",
        ),
        ("hint: look\nerror: could not revert 1a2b3c4\nhint: there\n", "could not revert 1a2b3c4"),
        ("something else\n", "something else"),
        ("", "it failed and didn't say why"),
    ],
)
def test_the_reason_is_one_line_without_a_password(said: str, line: str) -> None:
    assert reason(said) == line
