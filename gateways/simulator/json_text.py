"""The JSON text of ChirpStack v4's events, byte for byte in the server's own form.

Key order, spelling and omissions follow events recorded from a server with `json = true`: `integration.*` fields stand
even at their default, `gw.*` and `common.*` fields (rssi, snr, channel, location...) are left out at zero; times carry
0, 3, 6 or 9 fraction digits; `rxInfo` and the tags have no order. An uplink's text is made once for a device, with
holes that an event fills. Gateway `stats` and `conn` follow the same rules by the definitions of gw.proto.
"""

from __future__ import annotations

import math
import struct
from binascii import b2a_base64
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from gateways.simulator.events import (
    CRC_OK,
    FSK,
    NO_CRC,
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

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from gateways.simulator.events import Heard, Identity, OfDevice, OfGateway, Reception, Stats

_GPS_EPOCH_AS_UTC = 315_964_800 - 18  # 1980-01-06 less the 18 leap seconds since: GPS runs ahead of UTC
_CONTEXT = struct.Struct(">I")
_SINGLE = struct.Struct("<f")
_FULL = 254  # battery: LoRaWAN's own scale ends here
_UNAVAILABLE = 255
_LORA = {"bandwidth": 125_000, "spreadingFactor": 0, "codeRate": "CR_4_5"}
_CRC = {CRC_OK: b',"crcStatus":"CRC_OK"', "BAD_CRC": b',"crcStatus":"BAD_CRC"', NO_CRC: b""}
_BOOL = (b"false", b"true")


@lru_cache(maxsize=64)
def _second(second: int) -> bytes:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S").encode()


def timestamp(at: int) -> bytes:
    """RFC 3339 with as many fraction digits, in threes, as the nanoseconds need."""
    second, fraction = divmod(at, SECOND)
    if fraction % 1000:
        return b"%b.%09d+00:00" % (_second(second), fraction)
    if fraction % 1_000_000:
        return b"%b.%06d+00:00" % (_second(second), fraction // 1000)
    if fraction:
        return b"%b.%03d+00:00" % (_second(second), fraction // 1_000_000)
    return _second(second) + b"+00:00"


def _json(value: object) -> bytes:
    """JSON text that may stand in a template: a literal per cent sign is no hole."""
    return msgspec.json.encode(value).replace(b"%", b"%%")


def _shuffled(entries: Mapping[str, str], draw: Random) -> dict[str, str]:
    return dict(draw.sample(sorted(entries.items()), len(entries)))


def _present(**fields: Any) -> dict[str, Any]:
    """What `gw` and `common` messages write: nothing that is at its default."""
    return {name: value for name, value in fields.items() if value}


def _modulation(spreading_factor: int, **more: bool) -> dict[str, Any]:
    if spreading_factor == FSK:
        return {"fsk": {"datarate": 50_000}}
    return {"lora": {**_LORA, "spreadingFactor": spreading_factor, **more}}


_MODULATIONS = {spreading_factor: msgspec.json.encode(_modulation(spreading_factor)) for spreading_factor in range(13)}


class _Link:
    """One reception's text."""

    def __init__(self, reception: Reception, draw: Random) -> None:
        gateway = reception.gateway
        self._clock = gateway.clock
        self._text = (
            b'{"gatewayId":"%b",' % gateway.gateway_id.encode()
            + b'"uplinkId":%d%b,"nsTime":"%b"%b,"rssi":%d%b%b,"location":'
            + _json(_present(latitude=gateway.latitude, longitude=gateway.longitude, altitude=gateway.altitude))
            + b',"context":"%b","metadata":'
            + _json(_shuffled(gateway.metadata, draw))
            + b"%b}"
        )

    def render(self, heard: Heard) -> bytes:
        """The text of a frame as this gateway heard it."""
        clocks, gps_clock, at = b"", b"", heard.at
        if self._clock is not Clock.NONE:
            clocks = b',"gwTime":"%b"' % timestamp(at - at % 1000)
        if self._clock is Clock.GPS:
            since = b"%d.%09ds" % divmod(at - _GPS_EPOCH_AS_UTC * SECOND, SECOND)
            gps_clock = b',"timeSinceGpsEpoch":"%b","fineTimeSinceGpsEpoch":"%b"' % (since, since)
        # fmt: off
        return self._text % (
            heard.uplink_id, clocks, timestamp(heard.ns_time), gps_clock, heard.rssi, _snr(heard.snr),
            b',"channel":%d' % heard.channel if heard.channel else b"",
            b2a_base64(_CONTEXT.pack(heard.context), newline=False), _CRC[heard.crc],
        )
        # fmt: on


def _snr(snr: float | None) -> bytes:
    if not snr:
        return b""
    return b',"snr":null' if math.isnan(snr) else b',"snr":%b' % repr(snr).encode()


class JsonDevice:
    """Says one device's events.

    Args:
        identity: as the server knows the device.
        receptions: the gateways that hear it.
        draw: decides on the order of what has none.
    """

    def __init__(self, identity: Identity, receptions: Sequence[Reception], draw: Random) -> None:
        self._links = [_Link(reception, draw) for reception in receptions]
        info = {**device_info(identity), "tags": _shuffled(identity.tags, draw)}
        self._info = msgspec.Raw(msgspec.json.encode(info))
        self._up = (
            b'{"deduplicationId":"%b","time":"%b","deviceInfo":'
            + _json(info)
            + b',"devAddr":"%08x","adr":%b,"dr":%d,"fCnt":%d,"fPort":%d,"confirmed":%b,"data":"%b"%b,"rxInfo":[%b],'
            + b'"txInfo":{"frequency":%d,"modulation":%b},'
            + b'"regionConfigId":"%b"}' % REGION.encode()
        )

    def encode(self, event: OfDevice) -> bytes:
        """The text of any event of the device."""
        if isinstance(event, Up):
            return self.up(event)
        if isinstance(event, TxAck | Log):
            return msgspec.json.encode(self._tx_ack(event) if isinstance(event, TxAck) else self._log(event))
        head = {"deduplicationId": event.identity.decode(), "time": _text(event.time), "deviceInfo": self._info}
        return msgspec.json.encode(head | _rest(event))

    def up(self, up: Up) -> bytes:
        """The text of an uplink."""
        # fmt: off
        return self._up % (
            up.identity, timestamp(up.time), up.dev_addr, _BOOL[up.adr], up.dr, up.f_cnt, up.f_port,
            _BOOL[up.confirmed], b2a_base64(up.payload, newline=False),
            b',"object":%b' % msgspec.json.encode(up.values) if up.values is not None else b"",
            b",".join([self._links[heard.link].render(heard) for heard in up.receptions]),
            up.frequency, _MODULATIONS[up.spreading_factor],
        )
        # fmt: on

    def _tx_ack(self, event: TxAck) -> dict[str, Any]:
        return {
            "downlinkId": event.downlink_id,
            "time": _text(event.time),
            "deviceInfo": self._info,
            "queueItemId": event.queue_item.decode(),
            "fCntDown": event.f_cnt_down,
            "gatewayId": event.gateway_id,
            "txInfo": {
                "frequency": event.frequency,
                "power": 16,
                "modulation": _modulation(event.spreading_factor, polarizationInversion=True),
                "timing": {"delay": {"delay": "1s"}},
                "context": b2a_base64(_CONTEXT.pack(event.context), newline=False).decode(),
            },
        }

    def _log(self, event: Log) -> dict[str, Any]:
        return {
            "time": _text(event.time),
            "deviceInfo": self._info,
            "level": event.level,
            "code": event.code,
            "description": event.description,
            "context": event.context,
        }


def _rest(event: Join | Status | Ack | Location) -> dict[str, Any]:
    """What follows `deviceInfo`."""
    if isinstance(event, Join):
        return {"devAddr": f"{event.dev_addr:08x}", "regionConfigId": REGION}
    if isinstance(event, Status):
        return {
            "margin": event.margin,
            "externalPowerSource": event.battery == 0,
            "batteryLevelUnavailable": event.battery == _UNAVAILABLE,
            "batteryLevel": _float32(battery_level(event.battery)),
        }
    if isinstance(event, Ack):
        item = event.queue_item.decode()
        return {"queueItemId": item, "acknowledged": event.acknowledged, "fCntDown": event.f_cnt_down}
    return {
        "location": _present(
            latitude=event.latitude,
            longitude=event.longitude,
            source=event.source,
            accuracy=_float32(event.accuracy),
        )
    }


def gateway(event: OfGateway) -> bytes:
    """The text of what a gateway says of itself."""
    fields = _conn(event) if isinstance(event, Conn) else _stats(event)
    return msgspec.json.encode(_present(**fields))


def _conn(event: Conn) -> dict[str, Any]:
    return {"gatewayId": event.gateway.gateway_id, "state": "ONLINE" if event.online else None}


def _stats(event: Stats) -> dict[str, Any]:
    where = event.gateway
    return {
        "gatewayId": where.gateway_id,
        "time": _text(event.time),
        "location": _present(latitude=where.latitude, longitude=where.longitude, altitude=where.altitude),
        "rxPacketsReceived": event.received,
        "rxPacketsReceivedOk": event.received_ok,
        "txPacketsReceived": event.to_send,
        "txPacketsEmitted": event.sent,
        "metadata": where.metadata,
        "rxPacketsPerFrequency": {str(frequency): count for frequency, count in event.frequencies.items()},
        "rxPacketsPerModulation": [
            {"modulation": _modulation(spreading_factor), "count": count}
            for spreading_factor, count in event.spreading_factors.items()
        ],
        "txPacketsPerStatus": event.statuses,
    }


def battery_level(battery: int) -> float:
    """Per cent, as the server makes it of LoRaWAN's number: 0 where there is no level."""
    return battery / _FULL * 100 if 0 < battery <= _FULL else 0.0


def _text(at: int) -> str:
    return timestamp(at).decode()


def _float32(value: float) -> msgspec.Raw:
    """The shortest text of a single-precision number, as the server writes it."""
    single = _SINGLE.unpack(_SINGLE.pack(value))
    texts = (repr(float(f"{value:.{digits}g}")) for digits in range(1, 10))
    return msgspec.Raw(next(text for text in texts if _SINGLE.unpack(_SINGLE.pack(float(text))) == single).encode())
