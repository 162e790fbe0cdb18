"""Text as people write it: composed (NFC), without NUL, not blank."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

# All that Python or JavaScript counts as white space; they differ in what follows \s.
_BLANK = r"\s\u0000\u001c-\u001f\u0085\ufeff"
_SHOWN = re.compile(f"[^{_BLANK}]")


def _whole(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise PydanticCustomError("surrogate", "must not contain half a character (a lone surrogate)") from error
    return text


def _storable(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("nul", "must not contain NUL")
    return unicodedata.normalize("NFC", _whole(text))


def _not_blank(text: str) -> str:
    if not _SHOWN.search(text):
        raise PydanticCustomError("blank", "must not be blank")
    return text


def _whole_secret(secret: SecretStr) -> SecretStr:
    _whole(secret.get_secret_value())
    return secret


WholeSecret = AfterValidator(_whole_secret)  # after a secret's own limits, whose messages are better than ours
Text = Annotated[str, AfterValidator(_storable), Field(json_schema_extra={"pattern": "^[^\\u0000]*$"})]
WrittenText = Annotated[
    str,
    AfterValidator(_storable),
    AfterValidator(_not_blank),
    Field(json_schema_extra={"pattern": f"^[^\\u0000]*[^{_BLANK}][^\\u0000]*$"}),
]
Absent = SkipJsonSchema[None]  # a query parameter or a header that isn't sent: no value in it means null
