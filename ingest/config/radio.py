"""`[network]` and `[[udp]]`: LoRaWAN without a network server (docs/lorawan.md)."""

from __future__ import annotations

import os
import stat
from ipaddress import ip_address
from pathlib import Path  # noqa: TC003  (pydantic reads the annotations)
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from gateways.lorawan.regions import PLANS, plan
from ingest.config.base import Name, Section, Text, host_and_port
from ingest.config.errors import ENV_PREFIX, suggestion

KEY_VARIABLE = f"{ENV_PREFIX}NETWORK_KEY"
"""The environment variable that holds the network key."""

_LONGEST_KEY = 4096
_EUI_BYTES = 8
_CHECK_BYTES = {"none": 0, "crc8": 1, "sum8": 1, "xor8": 1, "crc16_modbus": 2, "crc16_ccitt": 2, "crc32": 4}


class Frame(Section):
    """Frames of LoRa radios that speak no LoRaWAN."""

    name: Annotated[Text, Field(examples=["level"])]
    """What their devices are called."""
    model: Annotated[Text, Field(examples=["Dragino LDDS75"])]
    """Which model decodes the payload: `citylora models` lists them, those of decoders.folder too."""
    starts_with: Annotated[str, Field(examples=["a55a"])] = ""
    """Bytes, in hex, with which each of these frames begins."""
    least: Annotated[int, Field(ge=1, le=255, examples=[9])]
    """The fewest bytes that such a frame has, its checksum included."""
    most: Annotated[int, Field(ge=1, le=255)] = 255
    """The most bytes that it has."""
    device_at: Annotated[int, Field(ge=0, le=254, examples=[2])]
    """Where the device's number begins: 0 is the first byte of the frame."""
    device_bytes: Annotated[int, Field(ge=1, le=8, examples=[2])]
    """How many bytes it has."""
    eui: Annotated[str, Field(examples=["fffe00000001"])]
    """What stands before that number, in hex, so that both together are the 8 bytes of a DevEUI."""
    counter_at: Annotated[int | None, Field(ge=0, le=254, examples=[4])] = None
    """Where its counter begins. Default: it has none, and frames that are lost are not noticed."""
    counter_bytes: Annotated[int, Field(ge=1, le=4)] = 1
    """How many bytes the counter has."""
    payload_at: Annotated[int, Field(ge=0, le=254, examples=[5])]
    """Where the payload begins; it ends where the checksum begins."""
    f_port: Annotated[int, Field(ge=1, le=223)] = 1
    """The FPort that the decoder is told."""
    order: Literal["big", "little"] = "big"
    """The order of the bytes of device and counter."""
    check: Literal["none", "crc8", "crc16_modbus", "crc16_ccitt", "crc32", "sum8", "xor8"] = "crc16_modbus"
    """The checksum, which stands last and covers everything before it. With "none" noise can become a measurement.
    Default: "crc16_modbus"."""
    check_order: Literal["big", "little"] = "big"
    """The order of its bytes."""

    @field_validator("starts_with", "eui")
    @classmethod
    def _is_hex(cls, value: str) -> str:
        try:
            return bytes.fromhex(value).hex()
        except ValueError as error:
            raise ValueError("is no hex; write two digits a byte") from error

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.eui) // 2 + self.device_bytes != _EUI_BYTES:
            raise ValueError(
                f"makes a DevEUI of {len(self.eui) // 2} + {self.device_bytes} bytes; eui and device_bytes must make 8"
            )
        if self.least > self.most:
            raise ValueError("has a least above its most; make least smaller")
        ends = [self.device_at + self.device_bytes, self.payload_at]
        ends += [] if self.counter_at is None else [self.counter_at + self.counter_bytes]
        if max(ends) + _CHECK_BYTES[self.check] > self.least:
            raise ValueError(
                f"reads beyond its shortest frame; make least {max(ends) + _CHECK_BYTES[self.check]} or more"
            )
        return self


class Network(Section):
    """The network side of what modems and packet forwarders hear."""

    name: Name = "radio"
    """What stands in the topics of its events in the place of an application's id."""
    region: str = "as923_2"
    """The radio plan, as ChirpStack names it; in Việt Nam as923_2."""
    key_file: Annotated[Path | None, Field(examples=["network.key"])] = None
    """Holds the key with which the devices' keys are encrypted on disk: 64 hex digits, made by `openssl rand -hex 32`,
    in a file that only its owner can read (chmod 600). Keep a copy elsewhere: without it every device has to be entered
    again. Or the variable CITYLORA_NETWORK_KEY holds the key: it wins."""
    frame: tuple[Frame, ...] = ()
    """Frames of LoRa radios that speak no LoRaWAN, and what decodes them. Anybody can send such a frame: nothing in it
    is signed."""

    @field_validator("region")
    @classmethod
    def _known_region(cls, value: str) -> str:
        if plan(value) is None:
            raise ValueError(f"is no radio plan; {suggestion(value, sorted(PLANS))}")
        return value

    @property
    def key(self) -> str | None:
        """The network key as it is written; None where nobody says one. Read again each time.

        Of a file that holds no text something is given that is no key either.
        """
        given = os.environ.get(KEY_VARIABLE)
        if given or self.key_file is None:
            return given or None
        with self.key_file.open("rb") as file:  # which may have no end
            return file.read(_LONGEST_KEY).decode("utf-8", errors="replace")

    @property
    def open_to_others(self) -> bool:
        """Whether others than its owner can read the key."""
        if self.key_file is None or os.environ.get(KEY_VARIABLE):
            return False
        return bool(stat.S_IMODE(self.key_file.stat().st_mode) & 0o077)


class Udp(Section):
    """A port that packet forwarders send to."""

    name: Annotated[Name, Field(examples=["roof"])]
    """What `status` and the log call it: lower-case letters, digits, - and _."""
    listen: str = "127.0.0.1:1700"
    """Host and port. The protocol knows neither passwords nor encryption: whoever reaches it can pretend to be a
    gateway."""
    gateways: Annotated[tuple[str, ...], Field(examples=[["0016c001f0000001"]])] = ()
    """The ids of the gateways that are heard. Default: all of them, which is only allowed on this machine itself."""
    rate: Annotated[int, Field(ge=1, le=100_000)] = 1000
    """How many datagrams a second one address may send; more are dropped, and counted."""

    @field_validator("listen")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        return host_and_port(value)

    @field_validator("gateways")
    @classmethod
    def _ids(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        plain = tuple(one.lower().replace("-", "").replace(":", "") for one in value)
        for one in plain:
            if len(one) != 2 * _EUI_BYTES or set(one) - set("0123456789abcdef"):
                raise ValueError(f'has "{one}", which is no id of a gateway; write its 16 hex digits')
        return plain

    @model_validator(mode="after")
    def _not_for_everybody(self) -> Self:
        host = self.listen.rpartition(":")[0].strip("[]")
        if not self.gateways and not _is_loopback(host):
            raise ValueError(
                "listens beyond this machine and hears every gateway; name those that are ours in gateways = [...]"
            )
        return self

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
