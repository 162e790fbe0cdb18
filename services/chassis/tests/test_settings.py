from pathlib import Path

import pytest
from pydantic import ValidationError

from chassis import settings
from chassis.settings import Settings

URL = "mongodb://posts:hunter2@mongo-0.mongo:27017/blog?replicaSet=rs0"


@pytest.fixture(autouse=True)
def only_what_a_test_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
        monkeypatch.delenv(f"{name.upper()}_FILE", raising=False)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGO_URL", URL)
    monkeypatch.setenv("PORT", "8080")
    monkeypatch.setenv("UNKNOWN", "ignored")

    read = settings.read(Settings)

    assert (read.mongo_url.get_secret_value(), read.port, read.host) == (URL, 8080, "0.0.0.0")  # noqa: S104


@pytest.mark.parametrize("text", [URL, f"{URL}\n"])
def test_a_file_may_hold_a_value(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    secret = tmp_path / "mongo_url"
    secret.write_text(text, "utf-8")
    monkeypatch.setenv("MONGO_URL_FILE", str(secret))

    assert settings.read(Settings).mongo_url.get_secret_value() == URL


def test_a_value_comes_before_a_file_and_an_empty_one_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "port").write_text("4000", "utf-8")
    monkeypatch.setenv("MONGO_URL", URL)
    monkeypatch.setenv("PORT_FILE", str(tmp_path / "port"))

    monkeypatch.setenv("PORT", "5000")
    assert settings.read(Settings).port == 5000
    monkeypatch.setenv("PORT", "")
    assert settings.read(Settings).port == 4000


def test_a_secret_is_not_shown_and_nothing_changes_later() -> None:
    read = Settings.model_validate({"mongo_url": URL})

    assert "hunter2" not in repr(read)
    with pytest.raises(ValidationError, match="frozen"):
        read.port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("MONGO_URL", "", "is not set, and neither is its _FILE"),
        ("MONGO_URL", "mongodb://db", "names no database"),
        ("MONGO_URL", "mongodb://db/?replicaSet=rs0", "names no database"),
        ("MONGO_URL", "mongodb://posts:hunter2@db:port/blog", "not an address of MongoDB"),
        ("MONGO_URL", "mongodb://posts:hunt@er2@db/blog", "not an address of MongoDB"),
        ("MONGO_URL", "hunter2", "not an address of MongoDB"),
        ("PORT", "0", "Input should be greater than or equal to 1"),
        ("PORT", "65536", "Input should be less than or equal to 65535"),
        ("PORT", "tcp://10.0.0.1:80", "Input should be a valid integer"),
        ("REQUEST_SECONDS", "0", "Input should be greater than 0"),
        ("MAX_BODY_BYTES", "1 MiB", "Input should be a valid integer"),
        ("LOG_LEVEL", "info", "String should match pattern"),
    ],
)
def test_a_wrong_value_ends_the_process_with_one_line_that_names_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv("MONGO_URL", URL)
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit) as ended:
        settings.read(Settings)

    line = capsys.readouterr().err
    assert ended.value.code == 1
    assert line.startswith(f"settings: {name}: {reason}")
    assert (line.count("\n"), "hunter2" in line) == (1, False)


def test_all_that_is_wrong_is_in_that_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PORT", "0")

    with pytest.raises(SystemExit):
        settings.read(Settings)

    named = [part.partition(":")[0] for part in capsys.readouterr().err.removeprefix("settings: ").split("; ")]
    assert named == ["PORT", "MONGO_URL"]


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "No such file or directory"), (b"\xff", "not text"), ("directory", "Is a directory")]
)
def test_a_file_that_can_not_be_read_is_named(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    content: bytes | str | None,
    reason: str,
) -> None:
    secret = tmp_path / "mongo_url"
    match content:
        case bytes():
            secret.write_bytes(content)
        case str():
            secret.mkdir()
    monkeypatch.setenv("MONGO_URL_FILE", str(secret))

    with pytest.raises(SystemExit) as ended:
        settings.read(Settings)

    assert (ended.value.code, capsys.readouterr().err) == (1, f"settings: MONGO_URL_FILE: {secret}: {reason}\n")
