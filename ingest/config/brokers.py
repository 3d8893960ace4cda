"""`[[broker]]` and `[[lns]]`: where events come from."""

from __future__ import annotations

import os
from pathlib import Path  # noqa: TC003  (pydantic reads the annotations)
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator

from ingest.config.base import DAY, Duration, Name, Section, Text
from ingest.config.errors import ENV_PREFIX

LEAST_SESSION_EXPIRY = 7 * DAY  # a long weekend and the journey to the machine


def password_variable(broker: str) -> str:
    """The environment variable that holds a broker's password."""
    return f"{ENV_PREFIX}BROKER_{broker.upper().replace('-', '_')}_PASSWORD"


class Broker(Section):
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


class Lns(Section):
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
