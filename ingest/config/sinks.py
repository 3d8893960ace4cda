"""`[sinks]`: where readings end up."""

from __future__ import annotations

import re
from pathlib import Path  # noqa: TC003  (pydantic reads the annotations)
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator

from ingest.config.base import Duration, Section, Text

_LOGIN = re.compile(r"//[^/]*@")


def _is_base(url: str) -> bool:
    try:
        parts = urlsplit(url)
        extra = parts.query or parts.fragment or parts.port == 0
    except ValueError:  # a port that is no number, half an IPv6 address
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not extra


class InfluxDB(Section):
    """An InfluxDB, 1.x to 3, or whatever takes its line protocol."""

    url: Annotated[str, Field(examples=["http://localhost:8086"])]
    """Its base address, http or https, without a login in it."""
    api: Literal["v1", "v2"] = "v1"
    """Which way to write. "v1" is /write, which all versions have; it needs database, and username and password or a
    token where the server asks for them. "v2" is /api/v2/write; it needs bucket, org and a token."""
    database: Annotated[Text | None, Field(examples=["citylora"])] = None
    """For v1: the database, which is made where it is missing (InfluxDB 1.x, and our user may)."""
    bucket: Annotated[Text | None, Field(examples=["citylora"])] = None
    """For v2: the bucket."""
    org: Annotated[Text | None, Field(examples=["da-nang"])] = None
    """For v2: the organisation."""
    username: Annotated[Text | None, Field(examples=["citylora"])] = None
    """For v1: our user. Needs a password."""
    password_file: Annotated[Path | None, Field(examples=["influxdb-password"])] = None
    """For v1: holds the user's password and nothing else. Read again after a write that failed, and at SIGHUP."""
    password: Annotated[SecretStr | None, Field(validate_default=True)] = None
    """The user's password."""
    token_file: Annotated[Path | None, Field(examples=["influxdb-token"])] = None
    """Holds an API token and nothing else; v2 needs one, v1 takes one. Read again after a write that failed, and at
    SIGHUP."""
    token: Annotated[SecretStr | None, Field(validate_default=True)] = None
    """The API token."""
    ca_file: Annotated[Path | None, Field(examples=["influxdb-ca.crt"])] = None
    """The authority that signed the certificate of an https:// address, where the system does not know it (PEM)."""
    retention: Annotated[Duration | None, Field(ge=3600, examples=["365d"])] = None
    """How long the database keeps points: older ones are not sent, and counted. Default: for ever."""
    gzip: Annotated[bool, Field(examples=[True])] = False
    """Send compressed bodies: worth it over a slow line, not to this machine."""
    timeout: Annotated[Duration, Field(ge=1, le=300)] = 10
    """How long a write may take."""

    @field_validator("url")
    @classmethod
    def _http(cls, value: str) -> str:
        if _LOGIN.search(value):
            raise ValueError("holds a login; take it out and use username with password_file, or token_file")
        if not _is_base(value):
            raise ValueError('is no base address; write one such as "http://localhost:8086"')
        return value.rstrip("/")

    @field_validator("token")
    @classmethod
    def _fits_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        token = "" if value is None else value.get_secret_value()
        if not (token.isascii() and token.isprintable()):
            raise ValueError("holds a line break or a letter that no token has; copy the token again, and nothing else")
        return value

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.ca_file and not self.url.startswith("https://"):
            raise ValueError('has ca_file but no TLS; write url = "https://..." or take ca_file out')
        if self.api == "v1" and not self.database:
            raise ValueError('has no database, which api = "v1" needs; add database = "citylora"')
        if self.api == "v2" and not (self.bucket and self.org and self.token):
            raise ValueError('needs bucket, org and a token for api = "v2"; add them (token_file = "...")')
        if self.api == "v1" and (self.bucket or self.org):
            raise ValueError('has bucket or org, which api = "v1" does not use; write api = "v2" or take them out')
        if self.api == "v2" and (self.database or self.username or self.password):
            raise ValueError('has database, username or password, which api = "v2" does not use; take them out')
        if (self.username is None) != (self.password is None):
            raise ValueError("has only one of username and password; add the other (password_file) or take it out")
        return self


class Store(Section):
    """The embedded store; on where no other sink is configured."""

    enabled: bool = True
    """Keep readings there. Default: true where there is no other sink, else false."""
    retention: Annotated[Duration | None, Field(ge=3600, examples=["365d"])] = None
    """How long it keeps points: older ones are removed. Default: for ever."""


class Sinks(Section):
    """Where readings end up."""

    influxdb: InfluxDB | None = None
    """InfluxDB 1.x, 2.x or 3. Without this table the embedded store is the sink."""
    store: Annotated[Store, Field(validate_default=True)] = Store()
    """The embedded store (SQLite), which `citylora readings` reads."""

    @field_validator("store", mode="before")
    @classmethod
    def _where_no_other(cls, value: object, info: ValidationInfo) -> object:
        alone = info.data.get("influxdb") is None
        given = value if isinstance(value, dict) else {} if isinstance(value, Store) else None
        return value if given is None else {"enabled": alone, **given}
