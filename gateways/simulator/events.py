"""The JSON text of ChirpStack v4's events, byte for byte in the server's own form.

Key order, spelling and omissions follow events recorded from a server with `json = true`: `integration.*` fields stand
even at their default, `gw.*` fields (rssi, snr, channel, location...) are left out at zero; times carry 0, 3, 6 or 9
fraction digits; `rxInfo` and the tags have no order. A device's text is made once, with holes that an event fills.
"""

from __future__ import annotations

import struct
from binascii import b2a_base64
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

SECOND = 1_000_000_000
CHANNELS = ((921_400_000, b""), (921_600_000, b',"channel":1'))
"""AS923-2's two default channels: frequency in Hz, and how rxInfo names the channel."""

_GPS_EPOCH_AS_UTC = 315_964_800 - 18  # 1980-01-06 less the 18 leap seconds since: GPS runs ahead of UTC
_DEDUPLICATION = 204_000_000  # ns: what the server waits for further copies, and a little
_BACKHAUL, _BACKHAUL_JITTER = 300_000, 1_400_000  # ns from the gateway to the server
_FASTEST = 5  # DR5 is SF7
_MISSED = 32  # of 256 frames, how many a gateway other than the nearest misses
_NOISE = struct.Struct(">16s3I3I3I4s")  # 56 bytes; uplink ids, contexts, whims: one for each of three receptions
_CONTEXT = struct.Struct(">I")
_SINGLE = struct.Struct("<f")


class Clock(Enum):
    """What a gateway knows of the time."""

    NONE = "none"
    UTC = "utc"
    GPS = "gps"


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway of the city: where it stands and what it adds to a reception."""

    gateway_id: str
    latitude: float
    longitude: float
    altitude: float
    clock: Clock
    metadata: Mapping[str, str]


class Reception(NamedTuple):
    """How well one gateway usually hears one device: dBm, and dB in steps of 0.25."""

    gateway: Gateway
    rssi: int
    snr: float


@dataclass(frozen=True, slots=True)
class Identity:
    """What the server knows of a device and repeats in each of its events."""

    dev_eui: str
    name: str
    profile: str
    tenant: str
    application: str
    tags: Mapping[str, str]


class _Heard(NamedTuple):
    """One reception in words, and the times it offers for the whole event; b"" where the gateway has no such clock."""

    text: bytes
    utc: bytes
    gps: bytes


class Frame(NamedTuple):
    """One uplink before the server has put it into words."""

    at: int
    dev_addr: int
    f_cnt: int
    payload: bytes
    values: Mapping[str, float] | None  # what the profile's codec says; None where it has no codec
    noise: bytes  # 56 bytes or more that only this event has


def noise(key: bytes, at: int, number: int) -> bytes:
    """64 bytes that only this event of this device has, the same in every run."""
    return blake2b(b"%b/%d/%d" % (key, at, number)).digest()


def uuid(seed: bytes) -> bytes:
    """The first 16 bytes of `seed` as a version 4 UUID."""
    text = seed[:16].hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[seed[8] & 3]}{text[17:20]}-{text[20:32]}".encode()


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


class _Link:
    """One reception's text."""

    def __init__(self, reception: Reception, draw: Random) -> None:
        gateway = reception.gateway
        location = {"latitude": gateway.latitude, "longitude": gateway.longitude, "altitude": gateway.altitude}
        self._clock = gateway.clock
        self._rssi, self._snr = reception.rssi, reception.snr
        self._text = (
            b'{"gatewayId":"%b",' % gateway.gateway_id.encode()
            + b'"uplinkId":%d%b,"nsTime":"%b"%b,"rssi":%d%b%b,"location":'
            + _json({name: value for name, value in location.items() if value})
            + b',"context":"%b","metadata":'
            + _json(_shuffled(gateway.metadata, draw))
            + b',"crcStatus":"CRC_OK"}'
        )

    def render(self, at: int, channel: bytes, *, uplink_id: int, context: int, any32: int) -> _Heard:
        """The text of a frame heard at `at`; `any32` decides on what varies from frame to frame."""
        clocks, gps_clock, utc, gps = b"", b"", b"", b""
        if self._clock is not Clock.NONE:
            utc = timestamp(at - at % 1000)
            clocks = b',"gwTime":"%b"' % utc
        if self._clock is Clock.GPS:
            gps = timestamp(at)
            since = b"%d.%09ds" % divmod(at - _GPS_EPOCH_AS_UTC * SECOND, SECOND)
            gps_clock = b',"timeSinceGpsEpoch":"%b","fineTimeSinceGpsEpoch":"%b"' % (since, since)
        snr = self._snr + ((any32 & 7) - 4) / 4
        # fmt: off
        text = self._text % (
            uplink_id or 1, clocks, timestamp(at + _BACKHAUL + any32 % _BACKHAUL_JITTER), gps_clock,
            self._rssi - (any32 >> 3) % 5, b',"snr":%b' % repr(snr).encode() if snr else b"", channel,
            b2a_base64(_CONTEXT.pack(context), newline=False),
        )
        # fmt: on
        return _Heard(text, utc, gps)


class DeviceText:
    """All that one device's events say again and again, ready to be filled in.

    Args:
        identity: as the server knows the device.
        f_port: the port of its uplinks.
        receptions: the gateways that hear it, at most three; the first one always does.
        spreading_factor: 7 to 9; the data rate follows from it (AS923).
        draw: decides on the order of what has none.
    """

    def __init__(
        self, identity: Identity, f_port: int, receptions: Sequence[Reception], spreading_factor: int, draw: Random
    ) -> None:
        self._key = bytes.fromhex(identity.dev_eui)
        self._links = [_Link(reception, draw) for reception in receptions]
        self.topic = f"application/{_application_id(identity)}/device/{identity.dev_eui}/event/"
        dr = 12 - spreading_factor
        head = b'{"deduplicationId":"%b","time":"%b","deviceInfo":' + _json(_device_info(identity, draw))
        self._join = head + b',"devAddr":"%08x","regionConfigId":"as923_2"}'
        self._status = (
            head + b',"margin":%d,"externalPowerSource":%b,"batteryLevelUnavailable":false,"batteryLevel":%b}'
        )
        self._up = (
            head
            + b',"devAddr":"%%08x","adr":%b,"dr":%d,' % (b"true" if dr == _FASTEST else b"false", dr)
            + b'"fCnt":%%d,"fPort":%d,"confirmed":false,"data":"%%b"%%b,"rxInfo":[%%b],' % f_port
            + b'"txInfo":{"frequency":%d,"modulation":{"lora":{"bandwidth":125000,'
            + b'"spreadingFactor":%d,"codeRate":"CR_4_5"}}},"regionConfigId":"as923_2"}' % spreading_factor
        )

    def up(self, frame: Frame) -> bytes:
        """The text of an `up`."""
        identity, *numbers, spare = _NOISE.unpack_from(frame.noise)
        frequency, channel = CHANNELS[spare[0] & 1]
        texts, utc, gps = [], b"", b""
        for index, link in enumerate(self._links):
            if index and spare[index] < _MISSED:
                continue
            uplink_id, context, any32 = numbers[index::3]
            heard = link.render(frame.at, channel, uplink_id=uplink_id, context=context, any32=any32)
            texts.append(heard.text)
            utc, gps = utc or heard.utc, gps or heard.gps
        if spare[3] & 1:
            texts.reverse()
        spoken = b',"object":%b' % msgspec.json.encode(frame.values) if frame.values is not None else b""
        # fmt: off
        return self._up % (
            uuid(identity), gps or utc or timestamp(frame.at + _DEDUPLICATION + numbers[8] % _BACKHAUL_JITTER),
            frame.dev_addr, frame.f_cnt, b2a_base64(frame.payload, newline=False), spoken, b",".join(texts), frequency,
        )
        # fmt: on

    def join(self, at: int, dev_addr: int) -> bytes:
        """The text of a `join`: the server sends it with the join-accept, before the device has proved anything."""
        return self._join % (uuid(noise(self._key, at, -1)), timestamp(at), dev_addr)

    def status(self, at: int, *, margin: int, battery: int) -> bytes:
        """The text of a `status`: margin in dB; battery as LoRaWAN says it, 0 for mains power, 1 to 254."""
        mains, level = (b"false", b"true")[battery == 0], _float32(battery / 254 * 100).encode()
        return self._status % (uuid(noise(self._key, at, -2)), timestamp(at), margin, mains, level)


def _float32(value: float) -> str:
    """The shortest text of a single-precision number, as the server writes it."""
    single = _SINGLE.unpack(_SINGLE.pack(value))
    texts = (repr(float(f"{value:.{digits}g}")) for digits in range(1, 10))
    return next(text for text in texts if _SINGLE.unpack(_SINGLE.pack(float(text))) == single)


def _application_id(identity: Identity) -> str:
    return uuid(blake2b(f"{identity.tenant}/{identity.application}".encode()).digest()).decode()


def _device_info(identity: Identity, draw: Random) -> dict[str, object]:
    return {
        "tenantId": uuid(blake2b(identity.tenant.encode()).digest()).decode(),
        "tenantName": identity.tenant,
        "applicationId": _application_id(identity),
        "applicationName": identity.application,
        "deviceProfileId": uuid(blake2b(identity.profile.encode()).digest()).decode(),
        "deviceProfileName": identity.profile,
        "deviceName": identity.name,
        "devEui": identity.dev_eui,
        "deviceClassEnabled": "CLASS_A",
        "tags": _shuffled(identity.tags, draw),
    }
