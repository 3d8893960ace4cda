"""What the tables of the configuration have in common.

A validator's message goes on after key and value, and ends with the remedy: "has no database ...; add it".
"""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (pydantic reads the annotations)
from typing import Annotated, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from ingest.units import parse_duration, parse_size

DAY = 86_400

Duration = Annotated[int, BeforeValidator(parse_duration)]
Size = Annotated[int, BeforeValidator(parse_size)]
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


def host_and_port(text: str) -> str:
    """An address to listen on, as a validator gives it back."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) <= 65_535:  # noqa: PLR2004
        raise ValueError('is no address; write host and port, such as "127.0.0.1:9464"')
    return text


def _readable(path: Path) -> Path:
    """A file that can be opened now, rather than an hour later."""
    try:
        with path.open("rb"):
            return path
    except OSError as exc:
        raise ValueError(f"cannot be read ({exc.strerror}); put the file there or correct the path") from exc


def _secret_in(path: Path) -> SecretStr:
    secret = path.read_text("utf-8").strip()
    if not secret:
        raise ValueError(f"is empty in {path}; write the secret into that file")
    return SecretStr(secret)


class Section(BaseModel):
    """A table of the file: frozen, and without a key that we do not know.

    The text under each key is what `citylora.example.toml` says of it; `examples` is the value that it shows.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    @field_validator(
        "ca_file",
        "cert_file",
        "key_file",
        "password_file",
        "secret_file",
        "token_file",
        "url_file",
        "file",
        check_fields=False,
    )
    @classmethod
    def _files_are_readable(cls, value: Path | None) -> Path | None:
        return None if value is None else _readable(value)

    @field_validator("password", "token", "url", mode="before", check_fields=False)
    @classmethod
    def _secrets_from_files(cls, value: object, info: ValidationInfo) -> object:
        path = info.data.get(f"{info.field_name}_file")
        return _secret_in(path) if value is None and path is not None else value
