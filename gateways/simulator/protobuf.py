"""The Protobuf bytes of ChirpStack v4's events: what a server with `json = false` publishes on the same topics.

Field numbers are those of api/proto/integration/integration.proto, gw/gw.proto and common/common.proto. The wire format
is written by hand, for it is one page, and the product then needs no generated code; tests hold every event against
ChirpStack's own generated classes. As proto3 wants it, a scalar at its default is left out.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING

from gateways.simulator.events import (
    FSK,
    REGION,
    SECOND,
    Ack,
    Clock,
    Conn,
    Join,
    Location,
    Log,
    Status,
    TxAck,
    Up,
    device_info,
)
from gateways.simulator.json_text import battery_level

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from random import Random

    from gateways.simulator.events import Gateway, Heard, Identity, OfDevice, OfGateway, Reception, Stats

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_CONTEXT = struct.Struct(">I")
_FLOAT, _DOUBLE = struct.Struct("<f"), struct.Struct("<d")
_WORD = 1 << 64
_ONE_BYTE = tuple(bytes([value]) for value in range(0x80))
_GPS_EPOCH_AS_UTC = 315_964_800 - 18
_UNAVAILABLE = 255

CRC_STATUS = {"NO_CRC": 0, "BAD_CRC": 1, "CRC_OK": 2}
LEVELS = {"INFO": 0, "WARNING": 1, "ERROR": 2}
# fmt: off
CODES = {
    "UNKNOWN": 0, "DOWNLINK_PAYLOAD_SIZE": 1, "UPLINK_CODEC": 2, "DOWNLINK_CODEC": 3, "OTAA": 4,
    "UPLINK_F_CNT_RESET": 5, "UPLINK_MIC": 6, "UPLINK_F_CNT_RETRANSMISSION": 7, "DOWNLINK_GATEWAY": 8,
    "RELAY_NEW_END_DEVICE": 9, "F_CNT_DOWN": 10, "EXPIRED": 11,
}
# fmt: on
SOURCES = {"UNKNOWN": 0, "GPS": 1, "CONFIG": 2, "GEO_RESOLVER_TDOA": 3, "GEO_RESOLVER_RSSI": 4}
_CODE_RATE_4_5 = 1
_ONLINE = 1


def _varint(value: int) -> bytes:
    if 0 <= value <= 0x7F:  # noqa: PLR2004  (nearly all of them)
        return _ONE_BYTE[value]
    value %= _WORD  # a negative int32 is sent as 64 bits
    encoded = bytearray()
    while value > 0x7F:  # noqa: PLR2004  (seven bits a byte)
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


@lru_cache(maxsize=128)
def _tag(field: int, wire_type: int) -> bytes:
    return _varint(field << 3 | wire_type)


def _int(field: int, value: int) -> bytes:
    return _tag(field, _VARINT) + _varint(value) if value else b""


def _float(field: int, value: float | None) -> bytes:
    return _tag(field, _FIXED32) + _FLOAT.pack(value) if value else b""


def _double(field: int, value: float) -> bytes:
    return _tag(field, _FIXED64) + _DOUBLE.pack(value) if value else b""


def _message(field: int, *parts: bytes) -> bytes:
    """A message that is there, be it empty."""
    body = b"".join(parts)
    return _tag(field, _LENGTH) + _varint(len(body)) + body


def _bytes(field: int, value: bytes) -> bytes:
    return _message(field, value) if value else b""


def _str(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _moment(field: int, at: int) -> bytes:
    """A Timestamp, or a Duration, of so many nanoseconds."""
    seconds, nanos = divmod(at, SECOND)
    return _message(field, _int(1, seconds), _int(2, nanos))


def _map(field: int, entries: Mapping[str, str]) -> bytes:
    return b"".join(_message(field, _str(1, key), _str(2, value)) for key, value in entries.items())


def _struct(field: int, values: Mapping[str, float]) -> bytes:
    """A google.protobuf.Struct of numbers; a number is there even at 0, for it is one of several."""
    number = _tag(2, _FIXED64)
    return _message(
        field,
        *(_message(1, _str(1, key), _message(2, number, _DOUBLE.pack(value))) for key, value in values.items()),
    )


@lru_cache(maxsize=32)
def _modulation(field: int, spreading_factor: int, *, inverted: bool = False) -> bytes:
    if spreading_factor == FSK:
        return _message(field, _message(4, _int(2, 50_000)))
    lora = (_int(1, 125_000), _int(2, spreading_factor), _int(4, inverted), _int(5, _CODE_RATE_4_5))
    return _message(field, _message(3, *lora))


def _place(field: int, gateway: Gateway) -> bytes:
    return _message(field, _double(1, gateway.latitude), _double(2, gateway.longitude), _double(3, gateway.altitude))


class ProtobufDevice:
    """Says one device's events; the arguments are those of `JsonDevice`, but nothing here has an order to choose."""

    def __init__(self, identity: Identity, receptions: Sequence[Reception], draw: Random) -> None:  # noqa: ARG002
        self._info = _device_info(identity)
        self._receptions = [
            (
                reception.gateway.clock,
                _str(1, reception.gateway.gateway_id),
                _place(12, reception.gateway) + _map(15, reception.gateway.metadata),
            )
            for reception in receptions
        ]

    def encode(self, event: OfDevice) -> bytes:
        """The bytes of any event of the device."""
        if isinstance(event, Up):
            return self.up(event)
        if isinstance(event, Log):
            return self._log(event)
        if isinstance(event, TxAck):
            return self._tx_ack(event)
        head = _bytes(1, event.identity) + _moment(2, event.time) + _message(3, self._info)
        return head + _REST[type(event)](event)

    def up(self, up: Up) -> bytes:
        """The bytes of an uplink."""
        return b"".join(
            (
                _bytes(1, up.identity),
                _moment(2, up.time),
                _message(3, self._info),
                _str(4, f"{up.dev_addr:08x}"),
                _int(5, up.adr),
                _int(6, up.dr),
                _int(7, up.f_cnt),
                _int(8, up.f_port),
                _int(9, up.confirmed),
                _bytes(10, up.payload),
                _struct(11, up.values) if up.values is not None else b"",
                *[_message(12, *self._heard(heard)) for heard in up.receptions],
                _message(13, _int(1, up.frequency), _modulation(2, up.spreading_factor)),
                _str(16, REGION),
            )
        )

    def _heard(self, heard: Heard) -> tuple[bytes, ...]:
        clock, gateway_id, place = self._receptions[heard.link]
        since = heard.at - _GPS_EPOCH_AS_UTC * SECOND
        return (
            gateway_id,
            _int(2, heard.uplink_id),
            b"" if clock is Clock.NONE else _moment(3, heard.at - heard.at % 1000),
            _moment(4, since) + _moment(5, since) if clock is Clock.GPS else b"",
            _int(6, heard.rssi),
            _float(7, heard.snr),
            _int(8, heard.channel),
            _message(13, _CONTEXT.pack(heard.context)),
            place,
            _int(16, CRC_STATUS[heard.crc]),
            _moment(17, heard.ns_time),
        )

    def _log(self, event: Log) -> bytes:
        return b"".join(
            (
                _moment(1, event.time),
                _message(2, self._info),
                _int(3, LEVELS[event.level]),
                _int(4, CODES[event.code]),
                _str(5, event.description),
                _map(6, event.context),
            )
        )

    def _tx_ack(self, event: TxAck) -> bytes:
        delay = _message(2, _message(1, _int(1, 1)))
        return b"".join(
            (
                _int(1, event.downlink_id),
                _moment(2, event.time),
                _message(3, self._info),
                _bytes(4, event.queue_item),
                _int(5, event.f_cnt_down),
                _str(6, event.gateway_id),
                _message(
                    7,
                    _int(1, event.frequency),
                    _int(2, 16),
                    _modulation(3, event.spreading_factor, inverted=True),
                    _message(6, delay),
                    _message(7, _CONTEXT.pack(event.context)),
                ),
            )
        )


def _device_info(identity: Identity) -> bytes:
    texts = list(device_info(identity).values())[:-1]  # CLASS_A is the default
    return b"".join(_str(field, text) for field, text in enumerate(texts, 1)) + _map(9, identity.tags)


def _join(event: Join) -> bytes:
    return _str(4, f"{event.dev_addr:08x}") + _str(7, REGION)


def _status(event: Status) -> bytes:
    flags = _int(6, event.battery == 0) + _int(7, event.battery == _UNAVAILABLE)
    return _int(5, event.margin) + flags + _float(8, battery_level(event.battery))


def _ack(event: Ack) -> bytes:
    return _bytes(4, event.queue_item) + _int(5, event.acknowledged) + _int(6, event.f_cnt_down)


def _location(event: Location) -> bytes:
    position = (_double(1, event.latitude), _double(2, event.longitude), _int(4, SOURCES[event.source]))
    return _message(4, *position, _float(5, event.accuracy))


_REST: dict[type, Callable[..., bytes]] = {Join: _join, Status: _status, Ack: _ack, Location: _location}


def gateway(event: OfGateway) -> bytes:
    """The bytes of what a gateway says of itself."""
    if isinstance(event, Conn):
        return _int(2, _ONLINE if event.online else 0) + _str(3, event.gateway.gateway_id)
    return _stats(event)


def _stats(event: Stats) -> bytes:
    return b"".join(
        (
            _moment(2, event.time),
            _place(3, event.gateway),
            _int(5, event.received),
            _int(6, event.received_ok),
            _int(7, event.to_send),
            _int(8, event.sent),
            _map(10, event.gateway.metadata),
            *(_message(13, _int(1, hertz), _int(2, count)) for hertz, count in event.frequencies.items()),
            *(_message(15, _modulation(1, sf), _int(2, count)) for sf, count in event.spreading_factors.items()),
            *(_message(16, _str(1, status), _int(2, count)) for status, count in event.statuses.items()),
            _str(17, event.gateway.gateway_id),
        )
    )
