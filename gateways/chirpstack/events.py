"""ChirpStack's events, from the bytes of an MQTT message to an `Uplink` or a `Notice`. Pure.

Source: ChirpStack's api/proto/integration/integration.proto and gw/gw.proto, and events recorded from ChirpStack 4.20.
In JSON the integration messages carry every scalar, but the `gw` messages inside omit what is at its default: a missing
`rssi` or `snr` is 0. A not-a-number `snr` arrives as null. The order of `rxInfo` means nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

import msgspec

from gateways import rfc3339
from gateways.uplink import DeviceInfo, MalformedEvent, Message, Notice, RadioLink, Uplink

U32 = Annotated[int, msgspec.Meta(ge=0, le=0xFFFF_FFFF)]
"""A 32-bit counter or frequency."""

EUI_DIGITS = 16


class _Device(msgspec.Struct, gc=False, rename="camel"):
    dev_eui: str
    application_id: str = ""
    device_profile_id: str = ""
    device_profile_name: str = ""
    device_name: str = ""
    tags: dict[str, str] = {}


class _Reception(msgspec.Struct, gc=False, rename="camel"):
    gateway_id: str = ""
    rssi: float | None = 0.0
    snr: float | None = 0.0
    ns_time: str | None = None
    gw_time: str | None = None
    time_since_gps_epoch: str | None = None


class _Lora(msgspec.Struct, gc=False, rename="camel"):
    bandwidth: U32 = 0
    spreading_factor: U32 = 0


class _Modulation(msgspec.Struct, gc=False):
    lora: _Lora | None = None


_NOT_LORA = _Lora()


class _Transmission(msgspec.Struct, gc=False):
    frequency: U32 = 0
    modulation: _Modulation = msgspec.field(default_factory=_Modulation)


class _Up(msgspec.Struct, gc=False, rename="camel"):
    device_info: _Device
    deduplication_id: str = ""
    time: str | None = None
    dev_addr: str = ""
    f_cnt: U32 = 0
    f_port: Annotated[int, msgspec.Meta(ge=0, le=255)] = 0
    data: bytes = b""
    dr: U32 = 0
    adr: bool = False
    confirmed: bool = False
    rx_info: list[_Reception] = []
    tx_info: _Transmission = msgspec.field(default_factory=_Transmission)
    object: msgspec.Raw = msgspec.Raw()


class _Other(msgspec.Struct, gc=False, rename="camel"):
    """What every kind but `up` is known by."""

    device_info: _Device | None = None
    deduplication_id: str = ""
    queue_item_id: str = ""
    code: str = ""
    context: dict[str, str] = {}
    time: str | None = None


_decode_up = msgspec.json.Decoder(_Up).decode
_decode_other = msgspec.json.Decoder(_Other).decode

_BY_QUEUE_ITEM = frozenset({"ack", "txack"})
_BY_DEDUPLICATION = frozenset({"join", "status", "location", "integration"})


def parse(topic: str, payload: bytes) -> Message:
    """Understand one event.

    Args:
        topic: its last level is the kind of event: `application/<id>/device/<DevEUI>/event/up`.
        payload: JSON, UTF-8.

    Raises:
        MalformedEvent: with reason `not_json` (the bytes), `wrong_shape` (a field) or `wrong_time`.
    """
    kind = topic.rsplit("/", 1)[-1]
    try:
        return _uplink(_decode_up(payload)) if kind == "up" else _notice(kind, _decode_other(payload))
    except msgspec.ValidationError as error:
        raise MalformedEvent("wrong_shape", str(error)) from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise MalformedEvent("not_json", str(error) or type(error).__name__) from error
    except (ValueError, OverflowError) as error:
        raise MalformedEvent("wrong_time", str(error)) from error


def _uplink(up: _Up) -> Uplink:
    lora = up.tx_info.modulation.lora or _NOT_LORA
    return Uplink(
        up.deduplication_id,
        _device(up.device_info),
        up.dev_addr,
        up.f_cnt,
        up.f_port,
        up.data,
        rfc3339.parse(up.time) if up.time else None,
        tuple([_link(reception) for reception in up.rx_info]),
        up.dr,
        up.adr,
        up.confirmed,
        up.tx_info.frequency,
        lora.spreading_factor,
        lora.bandwidth,
        bytes(up.object),
    )


def _device(info: _Device) -> DeviceInfo:
    return DeviceInfo(
        _eui(info.dev_eui),
        info.device_name,
        info.application_id,
        info.device_profile_id,
        info.device_profile_name,
        info.tags,
    )


@lru_cache(maxsize=16_384)
def _eui(text: str) -> str:
    try:
        whole = len(text) == EUI_DIGITS and len(bytes.fromhex(text)) * 2 == EUI_DIGITS
    except ValueError:
        whole = False
    if not whole:
        raise MalformedEvent("wrong_shape", f"devEui {text[:40]!r} is not 16 hex digits")
    return text.lower()


def _link(reception: _Reception) -> RadioLink:
    gps = reception.time_since_gps_epoch
    return RadioLink(
        reception.gateway_id,
        reception.rssi or 0.0,
        reception.snr,
        rfc3339.parse(reception.ns_time) if reception.ns_time else None,
        rfc3339.parse(reception.gw_time) if reception.gw_time else None,
        rfc3339.from_gps(gps) if gps else None,
    )


def _notice(kind: str, other: _Other) -> Notice:
    if not kind:
        raise MalformedEvent("wrong_shape", "no topic says what kind of event it is")
    return Notice(
        kind,
        _identity(kind, other),
        rfc3339.parse(other.time) if other.time else None,
        _device(other.device_info) if other.device_info else None,
    )


def _identity(kind: str, other: _Other) -> str:
    if kind in _BY_DEDUPLICATION:
        return other.deduplication_id
    if kind in _BY_QUEUE_ITEM:
        return other.queue_item_id
    if kind == "log":
        shared = other.context.get("deduplication_id", "")
        return f"{other.code}:{shared}" if shared else ""
    return ""
