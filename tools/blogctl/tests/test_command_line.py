from collections.abc import Callable
from subprocess import CompletedProcess

Blogctl = Callable[..., CompletedProcess[str]]


def test_help_names_the_commands(blogctl: Blogctl) -> None:
    answer = blogctl("--help")

    assert answer.returncode == 0
    assert {"up", "seed", "drill", "ci", "deploy", "fork"} <= set(answer.stdout.split())


def test_an_unknown_option_is_wrong_usage(blogctl: Blogctl) -> None:
    answer = blogctl("up", "--prot", "8081")

    assert (answer.returncode, answer.stdout) == (2, "")
    assert "--prot" in answer.stderr


def test_a_port_that_cannot_be_is_wrong_usage(blogctl: Blogctl) -> None:
    assert blogctl("up", "--port", "65536").returncode == 2
