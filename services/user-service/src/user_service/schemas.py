"""Users and logins as a client sees them."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from chassis.changes import Change
from chassis.text import Text, WholeSecret, WrittenText
from chassis.times import Utc

Name = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9_-]{2,31}$", examples=["minji"])]  # a part of addresses
Password = Annotated[SecretStr, Field(min_length=8, max_length=200), WholeSecret]
DisplayName = Annotated[WrittenText, Field(min_length=1, max_length=50, examples=["김민지"])]
Bio = Annotated[Text, Field(max_length=500)]


class Registration(BaseModel):
    """What a new user sends."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    password: Password
    display_name: DisplayName | None = Field(default=None, description="The name, unless another one is sent.")
    bio: Bio = ""


class ProfileChange(Change):
    """What a user changes about themselves; what isn't sent stays as it is."""

    display_name: DisplayName = ""
    bio: Bio = ""


class User(BaseModel):
    """A user, as everybody may see them."""

    name: str
    display_name: str
    bio: str
    created_at: Utc


class Credentials(BaseModel):
    """The form of OAuth2's password grant (RFC 6749, 4.3.2)."""

    grant_type: Literal["password"] = "password"
    username: Annotated[Text, Field(min_length=1, max_length=200)]
    password: Annotated[SecretStr, Field(min_length=1, max_length=200)]


class Token(BaseModel):
    """A bearer token (RFC 6749, 5.1)."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 (the type's name)
    expires_in: int = Field(description="Seconds.")
