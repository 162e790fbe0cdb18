"""Settings come from the environment, are typed, and are made once at start-up."""

import os
import sys
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri

from chassis.failure import Failure


class FromFiles(PydanticBaseSettingsSource):
    """`NAME_FILE` names a file whose text is the value of `NAME`: how a mounted Secret arrives."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        """Read the file that `FIELD_NAME_FILE` names, without its last line break.

        Raises:
            Failure: It can't be read.
        """
        variable = f"{field_name.upper()}_FILE"
        path = os.environ.get(variable)
        try:
            return (Path(path).read_text("utf-8").rstrip("\n") if path else None), field_name, False
        except OSError as error:
            raise Failure(f"{variable}: {path}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise Failure(f"{variable}: {path}: not text") from error

    def __call__(self) -> dict[str, Any]:
        """Collect every field that a file gives."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


class FromEnvironment(BaseSettings):
    """Settings that come from `NAME` or from the file in `NAME_FILE`, and from nowhere else."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Given values first, then `NAME`, then the file in `NAME_FILE`."""
        return init_settings, env_settings, FromFiles(settings_cls)


class Settings(FromEnvironment):
    """What every service reads. A service adds its own fields."""

    host: str = "0.0.0.0"  # noqa: S104 (a pod is reached by its own address)
    port: int = Field(default=3000, ge=1, le=65535)
    mongo_url: SecretStr
    request_seconds: float = Field(default=10, gt=0)  # to receive a body; with the answer, below nginx's 15 s
    answer_seconds: float = Field(default=2.9, gt=0)  # from then on, so that a client hears 503 within 3 s
    mongo_seconds: float = Field(default=2.4, gt=0)  # one operation; the driver may add half a second
    drain_seconds: int = Field(default=20, ge=1)  # requests in flight at SIGTERM; longer than both of the first
    max_body_bytes: int = Field(default=2 * 1024 * 1024, ge=1)  # nginx's client_max_body_size
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    git_sha: str = "unknown"
    build_date: str = "unknown"
    otel_exporter_otlp_endpoint: str | None = None

    @field_validator("mongo_url")
    @classmethod
    def names_a_database(cls, url: SecretStr) -> SecretStr:
        """Refuse an address that MongoDB's driver can't read, before anything is served."""
        try:
            if parse_uri(url.get_secret_value()).get("database"):
                return url
        except (PyMongoError, ValueError) as error:
            # The driver's own words may quote the address, and with it the password.
            raise ValueError("not an address of MongoDB (mongodb://host:27017/blog)") from error
        raise ValueError("names no database (mongodb://host:27017/blog)")


AnySettings = TypeVar("AnySettings", bound=BaseSettings)


def read(settings: type[AnySettings]) -> AnySettings:
    """Read the environment, or end the process with one line that names the variable.

    Args:
        settings: The class whose fields are wanted.

    Returns:
        The settings, checked.

    Raises:
        SystemExit: A value is missing or wrong; status 1.
    """
    try:
        return settings.model_validate({})
    except ValidationError as error:
        wrong = "; ".join(f"{str(e['loc'][0]).upper()}: {_reason(e['msg'], e['type'])}" for e in error.errors())
    except Failure as failure:
        wrong = str(failure)
    sys.stderr.write(f"settings: {wrong}\n")
    raise SystemExit(1)


def _reason(message: str, kind: str) -> str:
    return "is not set, and neither is its _FILE" if kind == "missing" else message.removeprefix("Value error, ")
