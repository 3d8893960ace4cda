"""The tables of the configuration file: what each may hold, and what must go together.

A validator's message goes on after key and value, and ends with the remedy: "has no database ...; add it".
"""

from __future__ import annotations

import os
import re
from pathlib import Path  # noqa: TC003  (pydantic reads the annotations)
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from decoders.catalog import UnknownModel, find
from ingest.config_errors import ENV_PREFIX
from ingest.units import parse_duration, parse_size

DAY = 86_400
LEAST_SESSION_EXPIRY = 7 * DAY  # a long weekend and the journey to the machine
_LOGIN = re.compile(r"//[^/]*@")

Duration = Annotated[int, BeforeValidator(parse_duration)]
Size = Annotated[int, BeforeValidator(parse_size)]
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]


def password_variable(broker: str) -> str:
    """The environment variable that holds a broker's password."""
    return f"{ENV_PREFIX}BROKER_{broker.upper().replace('-', '_')}_PASSWORD"


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


class _Section(BaseModel):
    """A table of the file: frozen, and without a key that we do not know."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)

    @field_validator("ca_file", "cert_file", "key_file", "password_file", "token_file", "file", check_fields=False)
    @classmethod
    def _files_are_readable(cls, value: Path | None) -> Path | None:
        return None if value is None else _readable(value)

    @field_validator("password", "token", mode="before", check_fields=False)
    @classmethod
    def _secrets_from_files(cls, value: object, info: ValidationInfo) -> object:
        path = info.data.get(f"{info.field_name}_file")
        return _secret_in(path) if value is None and path is not None else value


class Broker(_Section):
    """An MQTT broker.

    Attributes:
        session_expiry: seconds that the broker keeps our queue while we are away (MQTT 5 only).
        keepalive: seconds between pings.
        receive_maximum: messages that the broker may have under way to us, unacknowledged (MQTT 5 only).
    """

    name: Name
    host: Text
    tls: bool = False
    port: Annotated[int, Field(ge=1, le=65_535, validate_default=True)] = 0
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    username: Text | None = None
    password_file: Path | None = None
    password: Annotated[SecretStr | None, Field(validate_default=True)] = None
    client_id: Annotated[str, Field(validate_default=True)] = ""
    protocol: Literal["5", "3.1.1"] = "5"
    session_expiry: Annotated[Duration, Field(le=0xFFFF_FFFE)] = 30 * DAY
    keepalive: Annotated[Duration, Field(ge=5, le=65_535)] = 30
    receive_maximum: Annotated[int, Field(ge=1, le=65_535)] = 1000

    @field_validator("port", mode="before")
    @classmethod
    def _usual_port(cls, value: object, info: ValidationInfo) -> object:
        return value or (8883 if info.data.get("tls") else 1883)

    @field_validator("session_expiry")
    @classmethod
    def _outlives_an_outage(cls, value: int) -> int:
        if value < LEAST_SESSION_EXPIRY:
            raise ValueError('is too short: the broker would forget what it keeps for us; write "7d" or more')
        return value

    @field_validator("client_id")
    @classmethod
    def _stable_client_id(cls, value: str, info: ValidationInfo) -> str:
        return value or f"citylora-{info.data.get('name', '')}"

    @field_validator("password", mode="before")
    @classmethod
    def _password_of_environment(cls, value: object, info: ValidationInfo) -> object:
        return os.environ.get(password_variable(info.data.get("name", ""))) or value

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if not self.tls and (self.ca_file or self.cert_file or self.key_file):
            raise ValueError("has certificates but no TLS; add tls = true or take ca_file, cert_file, key_file out")
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("has only one of cert_file and key_file; a client certificate needs both")
        if self.password is not None and self.username is None:
            raise ValueError('has a password but no username; add username = "..."')
        return self


def _check_filter(topic: str) -> None:
    """Refuse a topic filter that MQTT would refuse, or that would lose events."""
    if topic.startswith(("$share/", "$queue/")):
        raise ValueError(
            "has a shared subscription, which has no queue of its own while we are away (Mosquitto 2.0.11 forgets it"
            " over a restart); take the prefix out, and split the work by application"
        )
    levels = topic.split("/")
    if not topic or "\0" in topic or "#" in levels[:-1] or any(len(x) > 1 and set(x) & {"+", "#"} for x in levels):
        raise ValueError('has an entry that is no topic filter; write one such as "application/+/device/+/event/+"')


class Lns(_Section):
    """A network server whose events come through a broker."""

    name: Name
    broker: str = ""
    topics: Annotated[tuple[str, ...], Field(min_length=1)] = ("application/+/device/+/event/+",)

    @field_validator("topics")
    @classmethod
    def _filters(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for topic in value:
            _check_filter(topic)
        return value


class Journal(_Section):
    """The log on disk: at most `max_size` bytes; at the cap the oldest go (evict) or intake stops (stop)."""

    max_size: Annotated[Size, Field(ge=1024**2)] = 10 * 1024**3
    on_full: Literal["evict", "stop"] = "evict"


def _is_base(url: str) -> bool:
    try:
        parts = urlsplit(url)
        extra = parts.query or parts.fragment or parts.port == 0
    except ValueError:  # a port that is no number, half an IPv6 address
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not extra


class InfluxDB(_Section):
    """An InfluxDB, 1.x to 3, or whatever takes its line protocol.

    Attributes:
        retention: seconds that the database keeps points; older ones are not sent. None: for ever.
        timeout: seconds.
    """

    url: str
    api: Literal["v1", "v2"] = "v1"
    database: Text | None = None
    bucket: Text | None = None
    org: Text | None = None
    username: Text | None = None
    password_file: Path | None = None
    password: Annotated[SecretStr | None, Field(validate_default=True)] = None
    token_file: Path | None = None
    token: Annotated[SecretStr | None, Field(validate_default=True)] = None
    retention: Annotated[Duration, Field(ge=3600)] | None = None
    gzip: bool = False
    timeout: Annotated[Duration, Field(ge=1, le=300)] = 10

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


class Store(_Section):
    """The embedded store; on where no other sink is configured."""

    enabled: bool = True


class Sinks(_Section):
    """Where readings end up."""

    influxdb: InfluxDB | None = None
    store: Annotated[Store, Field(validate_default=True)] = Store()

    @field_validator("store", mode="before")
    @classmethod
    def _where_no_other(cls, value: object, info: ValidationInfo) -> object:
        alone = info.data.get("influxdb") is None
        given = value if isinstance(value, dict) else {} if isinstance(value, Store) else None
        return value if given is None else {"enabled": alone, **given}


class Devices(_Section):
    """What is known of devices beside the network server's own tags."""

    file: Path | None = None


class Decoders(_Section):
    """Which decoder an uplink gets where neither devices.csv nor a tag says it: by the device profile's name or id."""

    profiles: dict[Text, Text] = {}

    @field_validator("profiles")
    @classmethod
    def _models_exist(cls, value: dict[str, str]) -> dict[str, str]:
        for profile, model in value.items():
            try:
                find(model)
            except UnknownModel as exc:
                raise ValueError(f'has for "{profile}" {exc}; `citylora models` lists them all') from exc
        return value


class Metrics(_Section):
    """Where Prometheus may ask for metrics: "host:port"; None: nowhere."""

    listen: str | None = None

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, value: str | None) -> str | None:
        host, _, port = (value or "localhost:1").rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) <= 65_535:  # noqa: PLR2004
            raise ValueError('is no address; write host and port, such as "127.0.0.1:9464"')
        return value
