"""What a client sends to change some fields of something."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError


def _some_field(schema: dict[str, Any]) -> None:
    """Say in the document what `Change` means: no field has a default, and one has to be sent."""
    schema["minProperties"] = 1
    for field in schema["properties"].values():
        field.pop("default", None)


class Change(BaseModel):
    """Fields of which at least one is sent; what isn't sent stays as it is.

    A subclass gives its fields defaults that nobody sees: read it by `model_dump(exclude_unset=True)`.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra=_some_field)

    @model_validator(mode="after")
    def changes_something(self) -> Self:
        """Refuse a change that says nothing."""
        if not self.model_fields_set:
            fields = ", ".join(type(self).model_fields)
            raise PydanticCustomError("nothing_sent", "send at least one of {fields}", {"fields": fields})
        return self
