"""ChirpStack's events in JSON. Pure, and the hot path: each kind has a type that msgspec decodes at once.

In JSON the `integration` messages carry every scalar, but the `gw` and `common` messages inside leave out what is at
its default: a missing `rssi` or `snr` is 0, a missing `crcStatus` is NO_CRC, a missing `latitude` is the equator. A
not-a-number arrives as null. The order of `rxInfo` means nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import msgspec

from gateways import rfc3339
from gateways.chirpstack import fields, notices
from gateways.chirpstack import json_shapes as shapes
from gateways.chirpstack.fields import REPEATED_BYTES, Transmission
from gateways.uplink import (
    DeviceInfo,
    MalformedEvent,
    Message,
    Notice,
    Position,
    RadioLink,
    Uplink,
)

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

DEVICES, DEVICE_BYTES = 16_384, 768
"""Devices that are remembered by the bytes that a server writes of them, and how many of those at most: some 1 kB each.
A city of more devices than that pays 2 us an uplink for the rest."""

_decode_up = msgspec.json.Decoder(shapes.Up).decode
_decode_transmission = msgspec.json.Decoder(shapes.TxInfo | None).decode
_decode_location = msgspec.json.Decoder(shapes.Place | None).decode
_decode_of_device = msgspec.json.Decoder(shapes.OfDevice).decode
_decode_join = msgspec.json.Decoder(shapes.Join).decode
_decode_ack = msgspec.json.Decoder(shapes.Ack).decode
_decode_tx_ack = msgspec.json.Decoder(shapes.TxAck).decode
_decode_log = msgspec.json.Decoder(shapes.Log).decode
_decode_status = msgspec.json.Decoder(shapes.Status).decode
_decode_location_event = msgspec.json.Decoder(shapes.Location).decode
_decode_stats = msgspec.json.Decoder(shapes.Stats).decode
_decode_conn = msgspec.json.Decoder(shapes.Conn).decode
_decode_anything = msgspec.json.Decoder(shapes.Anything).decode
_decode_text = msgspec.json.Decoder(str).decode
_decode_device = msgspec.json.Decoder(shapes.Device).decode


def read(kind: str, payload: bytes) -> Message:
    """Understand an event of a kind that is one of `OF_DEVICE`, `stats` or `conn`.

    Raises:
        MalformedEvent: with reason `not_json` (the bytes), `wrong_shape` (a field) or `wrong_time`.
    """
    try:
        return _READERS[kind](payload)
    except msgspec.ValidationError as error:
        raise MalformedEvent("wrong_shape", str(error)) from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise MalformedEvent("not_json", str(error) or type(error).__name__) from error
    except (ValueError, OverflowError) as error:
        raise MalformedEvent("wrong_time", str(error)) from error


def read_unknown(kind: str, payload: bytes) -> Notice:
    """What can be read of an event of any other kind, which is kept whatever its fields are.

    Raises:
        MalformedEvent: `not_json`; or `wrong_shape` where not even a kind is known.
    """
    try:
        said = _decode_anything(payload)
    except msgspec.ValidationError as error:
        raise MalformedEvent("wrong_shape", str(error)) from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise MalformedEvent("not_json", str(error) or type(error).__name__) from error
    if not kind:
        raise MalformedEvent("wrong_shape", "no topic says what kind of event it is")
    try:
        time = rfc3339.parse_clock(_decode_text(said.time))
    except (ValueError, OverflowError):
        time = None
    try:
        device = _device(_decode_device(said.device_info))
    except (ValueError, RecursionError, MalformedEvent):
        device = None
    return Notice(kind, "", time, device)


class _Clocks(NamedTuple):
    """How times are read: of clocks that are set, or that may say what no clock can."""

    parse: Callable[[str], int]
    from_gps: Callable[[str], int]


_STRICT = _Clocks(rfc3339.parse, rfc3339.from_gps)
_UNSET = _Clocks(rfc3339.parse_clock, rfc3339.from_gps_clock)


def _up(payload: bytes) -> Uplink:
    try:
        up = _decode_up(payload)
    except RecursionError:
        _decode_of_device(payload)  # nested too deep where no list belongs: it is the shape that is wrong
        raise
    try:
        return _uplink(up, _STRICT)
    except rfc3339.Beyond:  # rare: a clock that is not set harms itself alone
        return _uplink(up, _UNSET)


def _uplink(up: shapes.Up, read: _Clocks) -> Uplink:
    raw = bytes(up.tx_info)
    frequency, spreading_factor, bandwidth, code_rate, bitrate, fsk = (
        _transmission(raw) if len(raw) <= REPEATED_BYTES else _transmission.__wrapped__(raw)
    )
    said = up.time
    time = read.parse(said) if said else None
    raw = bytes(up.device_info)
    return Uplink(
        up.deduplication_id,
        _device_of(raw) if len(raw) <= DEVICE_BYTES else _device_of.__wrapped__(raw),
        up.dev_addr,
        up.f_cnt,
        up.f_port,
        up.data,
        time,
        tuple([_link(reception, fsk, said, time, read) for reception in up.rx_info]),
        up.dr,
        up.adr,
        up.confirmed,
        frequency,
        spreading_factor,
        bandwidth,
        _object(up.object) if up.object is not shapes.ABSENT else b"",
        code_rate,
        bitrate,
        up.region_config_id,
        up.relay_rx_info is not None,
        up.join_server_context is not None,
    )


def _object(raw: msgspec.Raw) -> bytes:
    spoken = bytes(raw)
    return spoken if spoken != b"null" else b""


def _device(info: shapes.Device) -> DeviceInfo:
    return DeviceInfo(
        fields.dev_eui(info.dev_eui),
        info.device_name,
        info.application_id,
        info.device_profile_id,
        info.device_profile_name,
        info.tags,
    )


@lru_cache(maxsize=DEVICES)
def _device_of(raw: bytes) -> DeviceInfo:
    """Each uplink of a device says the same of it; those that wait for a sink share what it comes to."""
    return _device(_within("deviceInfo", _decode_device, raw))


def _link(reception: shapes.Reception, fsk: bool, said: str | None, time: int | None, read: _Clocks) -> RadioLink:  # noqa: FBT001
    """One reception; what the event itself said of its time is mostly the clock of one of its gateways."""
    gps, clock = reception.time_since_gps_epoch, reception.gw_time
    snr, crc = reception.snr, reception.crc_status
    where = bytes(reception.location)
    return RadioLink(
        reception.gateway_id,
        reception.rssi or 0.0,
        snr if snr or not fsk else None,
        read.parse(reception.ns_time) if reception.ns_time else None,
        (time if clock == said else read.parse(clock)) if clock else None,
        read.from_gps(gps) if gps else None,
        crc if crc.__class__ is str else fields.named(fields.CRC, crc),
        _position(where) if len(where) <= REPEATED_BYTES else _position.__wrapped__(where),
    )


@lru_cache(maxsize=4096)
def _transmission(raw: bytes) -> Transmission:
    """A city's uplinks share few channels and data rates, whose texts are the same each time."""
    info = _within("txInfo", _decode_transmission, raw) if raw else None
    modulation = info.modulation if info else None
    if info is None or modulation is None:
        return Transmission(info.frequency if info else 0)
    if lora := modulation.lora:
        rate = fields.code_rate(lora.code_rate, lora.code_rate_legacy)
        return Transmission(info.frequency, lora.spreading_factor, lora.bandwidth, rate)
    if fsk := modulation.fsk:
        return Transmission(info.frequency, bitrate=fsk.datarate, fsk=True)
    if hopping := modulation.lr_fhss:
        rate = fields.code_rate(hopping.code_rate, hopping.code_rate_legacy)
        return Transmission(info.frequency, 0, hopping.operating_channel_width, rate)
    return Transmission(info.frequency)


@lru_cache(maxsize=4096)
def _position(raw: bytes) -> Position | None:
    """A gateway says the same of its place each time."""
    return _place(_within("rxInfo[...].location", _decode_location, raw)) if raw else None


def _place(location: shapes.Place | None) -> Position | None:
    if location is None:
        return None
    return fields.position(location.latitude, location.longitude, location.altitude, location.source, location.accuracy)


def _within(field: str, decode: Callable[[bytes], T], raw: bytes) -> T:
    """Decode a part of an event; an error names its place in the whole."""
    try:
        return decode(raw)
    except msgspec.ValidationError as error:
        said = str(error)  # of the whole it says no place
        placed = said.replace("`$", f"`$.{field}", 1) if "`$" in said else f"{said} - at `$.{field}`"
        raise msgspec.ValidationError(placed) from error


def _about(said: shapes.OfDevice) -> tuple[int | None, DeviceInfo | None]:
    """When, and of which device."""
    device = _device(said.device_info) if said.device_info else None
    return rfc3339.parse_clock(said.time) if said.time else None, device


def _notice(
    decode: Callable[[bytes], shapes.OfDevice], make: Callable[[Any, int | None, DeviceInfo | None], Notice]
) -> Callable[[bytes], Notice]:
    """What reads a kind that says nothing in a way of this encoding."""

    def read(payload: bytes) -> Notice:
        said = decode(payload)
        return make(said, *_about(said))

    return read


def _status(payload: bytes) -> Notice:
    said = _decode_status(payload)
    return notices.status(said, *_about(said), said.battery_level)


def _location(payload: bytes) -> Notice:
    said = _decode_location_event(payload)
    return notices.location(said, *_about(said), _place(said.location))


def _stats(payload: bytes) -> Notice:
    said = _decode_stats(payload)
    try:
        time = rfc3339.parse(said.time) if said.time else None
    except rfc3339.Beyond:
        time = None  # a clock that is not set: all its reports would be of one time, and taken for repeats
    return notices.stats(said, time, _place(said.location))


_READERS: dict[str, Callable[[bytes], Message]] = {
    "up": _up,
    "join": _notice(_decode_join, notices.join),
    "ack": _notice(_decode_ack, notices.ack),
    "txack": _notice(_decode_tx_ack, notices.tx_ack),
    "log": _notice(_decode_log, notices.log),
    "status": _status,
    "location": _location,
    "integration": _notice(_decode_of_device, notices.integration),
    "stats": _stats,
    "conn": lambda payload: notices.conn(_decode_conn(payload)),
}
OF_DEVICE = frozenset(_READERS) - {"stats", "conn"}
"""The kinds that a device's topic names."""
