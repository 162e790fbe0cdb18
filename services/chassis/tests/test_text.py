import unicodedata

import pytest
from pydantic import TypeAdapter, ValidationError

from chassis.text import Text, WrittenText

text, written = TypeAdapter[str](Text), TypeAdapter[str](WrittenText)


@pytest.mark.parametrize("kind", [text, written])
@pytest.mark.parametrize("sent", ["파드", "파드를\n만들었다.", "🐳 e\u0301", "a" * 100_000])
def test_text_is_composed(kind: TypeAdapter[str], sent: str) -> None:
    assert kind.validate_python(unicodedata.normalize("NFD", sent)) == unicodedata.normalize("NFC", sent)


@pytest.mark.parametrize("kind", [text, written])
@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ("파\0드", "must not contain NUL"),
        ("\ud800", "must not contain half a character"),
        ("파드 \udfff", "must not contain half a character"),
        (7, "valid string"),
    ],
)
def test_what_mongodb_can_not_keep_is_refused(kind: TypeAdapter[str], sent: object, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        kind.validate_python(sent)


@pytest.mark.parametrize("sent", ["", " ", "\n\t", "\u3000"])
def test_written_text_is_not_blank(sent: str) -> None:
    assert text.validate_python(sent) == sent
    with pytest.raises(ValidationError, match="must not be blank"):
        written.validate_python(sent)
