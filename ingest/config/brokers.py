"""`[[broker]]` and `[[lns]]`: where events come from."""

from __future__ import annotations

import os
from pathlib import Path  # noqa: TC003  (pydantic reads the annotations)
from typing import TYPE_CHECKING, Annotated, Literal, Self
from uuid import UUID  # noqa: TC003  (pydantic reads the annotations)

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator

from gateways.chirpstack.topics import clash, device_filters, gateway_filters, is_filter, of_gateway
from ingest.config.api import Api  # noqa: TC001  (pydantic reads the annotations)
from ingest.config.base import DAY, Duration, Name, Section, Text
from ingest.config.errors import ENV_PREFIX

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_SESSION_EXPIRY = 7 * DAY  # a long weekend and the journey to the machine


def password_variable(broker: str) -> str:
    """The environment variable that holds a broker's password."""
    return f"{ENV_PREFIX}BROKER_{broker.upper().replace('-', '_')}_PASSWORD"


class Broker(Section):
    """An MQTT broker."""

    name: Annotated[Name, Field(examples=["city"])]
    """What `status` and the log call it: lower-case letters, digits, - and _."""
    host: Annotated[Text, Field(examples=["localhost"])]
    """Name or address of its machine."""
    tls: Annotated[bool, Field(examples=[True])] = False
    """Encrypt the connection, and check the broker's certificate."""
    port: Annotated[int, Field(ge=1, le=65_535, validate_default=True, examples=[8883])] = 0
    """Default: 1883, and 8883 with TLS."""
    ca_file: Annotated[Path | None, Field(examples=["ca.crt"])] = None
    """The authority that signed the broker's certificate, where the system does not know it (PEM). Needs tls."""
    cert_file: Annotated[Path | None, Field(examples=["citylora.crt"])] = None
    """Our own certificate, where the broker asks for one (PEM). Needs tls and key_file."""
    key_file: Annotated[Path | None, Field(examples=["citylora.key"])] = None
    """The key of that certificate (PEM)."""
    username: Annotated[Text | None, Field(examples=["citylora"])] = None
    """Our user at the broker."""
    password_file: Annotated[Path | None, Field(examples=["mqtt-password"])] = None
    """Holds the user's password and nothing else. This file and those of TLS are read again at every connection and at
    SIGHUP, so they can be changed while citylora runs."""
    password: Annotated[SecretStr | None, Field(validate_default=True)] = None
    """The user's password."""
    client_id: Annotated[str, Field(validate_default=True, examples=["citylora-city"])] = ""
    """The broker keeps our queue under this name: never change it while events wait there, never use it twice. Default:
    citylora-<name>."""
    protocol: Literal["5", "3.1.1"] = "5"
    """The version of MQTT; "3.1.1" is for older brokers."""
    session_expiry: Annotated[Duration, Field(le=0xFFFF_FFFE)] = 30 * DAY
    """How long the broker keeps our queue while we are away, 7 days at least. MQTT 5; with 3.1.1 the broker decides."""
    keepalive: Annotated[Duration, Field(ge=5, le=65_535)] = 30
    """The time between pings."""
    receive_maximum: Annotated[int, Field(ge=1, le=65_535)] = 1000
    """How many messages the broker may have under way to us, unacknowledged. MQTT 5; with 3.1.1 the broker decides."""

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
    if not is_filter(topic):
        raise ValueError('has an entry that is no topic filter; write one such as "application/+/device/+/event/+"')


def _plain(text: str) -> bool:
    """Whether it can stand in a topic: neither wildcard nor what begins a shared subscription."""
    return not set(text) & {"+", "#", "\0"} and not text.startswith("$")


class Lns(Section):
    """A network server whose events come through a broker.

    Attributes:
        topics: the topic filters that follow from the other keys, or what the file says instead of all of them.
    """

    name: Annotated[Name, Field(examples=["chirpstack"])]
    """What it is called here: lower-case letters, digits, - and _."""
    broker: Annotated[str, Field(examples=["city"])] = ""
    """The broker's name. Default: the first broker."""
    topic_prefix: Annotated[str, Field(examples=["danang/"])] = ""
    """What stands before every topic of this server, with its slash, where its topics were changed to have a prefix."""
    applications: Annotated[tuple[UUID, ...], Field(examples=[["52f14cd4-c6f1-4fbd-8f87-4025e1d49242"]])] = ()
    """Take only these applications, by their ids in ChirpStack. So several workers share the work: each has its own
    data_dir, client_id and applications. (Shared subscriptions, $share/..., are refused: the broker keeps no queue of
    our own there.) Default: all of them."""
    gateways: Annotated[bool | tuple[str, ...], Field(examples=[["as923_2"]])] = True
    """Take the statistics and connections of the gateways: of every region; of none; or of some, by the topic_prefix of
    each region in ChirpStack. Where several workers or [[lns]] share a server, one of them takes the gateways."""
    topics: Annotated[
        tuple[str, ...],
        Field(
            min_length=1,
            validate_default=True,
            examples=[["application/+/device/+/event/+", "+/gateway/+/event/stats", "+/gateway/+/state/conn"]],
        ),
    ] = ()
    """The topic filters themselves, instead of topic_prefix, applications and gateways. No two may reach the same topic
    at one broker. Default: what follows from those three."""
    api: Api | None = None
    """The server's API: what `citylora device`, `citylora gateway` and `citylora doctor` ask. The worker needs none."""

    @field_validator("topic_prefix")
    @classmethod
    def _ends_a_level(cls, value: str) -> str:
        if value and (not _plain(value) or not value.endswith("/")):
            raise ValueError('is no prefix of topics; write it without wildcards and with its slash, such as "danang/"')
        return value

    @field_validator("gateways", mode="before")
    @classmethod
    def _regions(cls, value: object) -> object:
        if isinstance(value, bool):
            return value
        if not isinstance(value, list) or not all(isinstance(one, str) and _plain(one) for one in value):
            raise ValueError(
                "is neither true nor false nor a list of regions; write the topic_prefix of each region"
                ' of the server, such as ["as923_2"]'
            )
        return tuple(one.rstrip("/") for one in value)

    @field_validator("applications", mode="before")
    @classmethod
    def _none_is_not_all(cls, value: object) -> object:
        if value in ([], ()):
            raise ValueError("is empty; name the applications that this worker takes, or take the line out for all")
        return value

    @field_validator("topics", mode="before")
    @classmethod
    def _usual_topics(cls, value: object, info: ValidationInfo) -> object:
        given = info.data
        if value != ():
            return value
        if not {"topic_prefix", "applications", "gateways"} <= given.keys():
            return ("#",)  # never used: the key that is missing here was wrong, and says so
        prefix, gateways = given["topic_prefix"], given["gateways"]
        regions = gateways if isinstance(gateways, tuple) else ("+",) * gateways
        return (*device_filters(prefix, map(str, given["applications"])), *gateway_filters(prefix, regions))

    @field_validator("topics")
    @classmethod
    def _filters(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for topic in value:
            _check_filter(topic)
        return value

    @model_validator(mode="after")
    def _say_it_once(self) -> Self:
        shaped = [key for key in ("topic_prefix", "applications") if getattr(self, key)]
        shaped += [] if self.gateways is True else ["gateways"]
        if "topics" in self.model_fields_set and shaped:
            raise ValueError(f"has topics beside {shaped[0]}, which topics overrules; take one of them out")
        return self


def check_overlaps(brokers: Sequence[Broker], servers: Sequence[Lns]) -> None:
    """Refuse topic filters that would bring one event twice.

    Raises:
        ValueError: two filters at one broker reach the same events.
    """
    places = {broker.name: f"{broker.host}:{broker.port}" for broker in brokers}
    for place in sorted(set(places.values())):
        here = [topic for lns in servers if places[lns.broker] == place for topic in lns.topics]
        if pair := clash(here):
            remedy = (
                "set gateways = false in all but one [[lns]], or list the regions of each"
                if all(map(of_gateway, pair))
                else "take one of them out, or name the applications of each [[lns]]"
            )
            raise ValueError(
                f'would have every event twice: "{pair[0]}" and "{pair[1]}" reach the same topics at {place}; {remedy}'
            )
