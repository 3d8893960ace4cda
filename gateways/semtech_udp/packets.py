"""What stands in a PUSH_DATA: receptions, and a gateway's statistics as ChirpStack writes them. Pure.

Source: PROTOCOL.TXT of Semtech's packet_forwarder (Lora-net), sections 4 and 5. What a forwarder adds is let be.
"""

from __future__ import annotations

import binascii
import math
import re
from base64 import b64decode
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

import msgspec

from gateways.reception import Reception
from gateways.rfc3339 import GPS_EPOCH, LEAP_SECONDS

PACKETS = 64
"""Frames of one datagram: a concentrator holds 16, and a city's forwarder sends them a hundred times a second."""

_CLOCK = 1 << 32
_MILLISECOND = 1_000_000
_GPS_MS = (GPS_EPOCH - LEAP_SECONDS) * 1000
_FARTHEST_GPS_MS = 1 << 43  # the year 2258: later than that, nanoseconds do not fit into 64 bits
_RATE = re.compile(r"SF(\d{1,2})BW(\d{2,4})")
_CODE = re.compile(r"[1-9]/[1-9](LI)?")
_CRC: dict[int, Literal["ok", "bad", "none"]] = {1: "ok", -1: "bad", 0: "none"}
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_RADIO = 255


class RxPk(msgspec.Struct, gc=False):
    """A frame as a forwarder tells of it."""

    data: str
    freq: float = 0.0
    datr: str | int = ""
    codr: str = ""
    rssi: float | None = None
    lsnr: float | None = None
    chan: int | None = None
    stat: int = 0
    size: int | None = None
    tmst: int | None = None
    tmms: int | None = None


class Stat(msgspec.Struct, gc=False):
    """What a forwarder has counted."""

    time: str = ""
    lati: float | None = None
    long: float | None = None
    alti: float = 0.0
    rxnb: int = 0
    rxok: int = 0
    dwnb: int = 0
    txnb: int = 0


class Body(msgspec.Struct, gc=False):
    """The JSON of a PUSH_DATA; each part is read for itself, so that a bad one harms no other."""

    rxpk: list[msgspec.Raw] = []
    stat: msgspec.Raw = msgspec.Raw()


class Heard(NamedTuple):
    """A frame, and when the concentrator had it by its own counter (us, 32 bits); None where it does not say."""

    reception: Reception
    clock: int | None


class Pushed(NamedTuple):
    """What a PUSH_DATA says.

    Attributes:
        bad: why parts of it could not be read, for counting.
        stat: JSON of ChirpStack's `event/stats`; b"" where there is none.
    """

    heard: list[Heard]
    bad: list[str]
    stat: bytes


_body = msgspec.json.Decoder(Body).decode
_packet = msgspec.json.Decoder(RxPk).decode
_stat = msgspec.json.Decoder(Stat).decode
_encode = msgspec.json.Encoder().encode


def pushed(source: str, gateway: str, body: bytes, at: int) -> Pushed:
    """Read the JSON of a PUSH_DATA, which arrived at `at` (ns UTC); what is wrong in it is left out, and said."""
    try:
        found = _body(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Pushed([], ["not_json"], b"")
    heard, bad = [], ["too_many"] * (len(found.rxpk) > PACKETS)
    for raw in found.rxpk[:PACKETS]:
        try:
            heard.append(_heard(source, gateway, _packet(raw), at))
        except (msgspec.MsgspecError, ValueError):
            bad.append("bad_rxpk")
    stat = b""
    if bytes(found.stat):
        try:
            stat = _chirpstack_stats(gateway, _stat(found.stat))
        except (msgspec.MsgspecError, ValueError):
            bad.append("bad_stat")
    return Pushed(heard, bad, stat)


def payload_of(text: str, size: int | None = None) -> bytes:
    """The bytes of Base64 as forwarders write it: padded or not, of the usual or the URL's alphabet, or both mixed.

    Raises:
        ValueError: other characters, or another length than `size`.
    """
    plain = text.rstrip("=").encode("ascii").translate(_URL_SAFE)
    try:
        phy = b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("no Base64") from error
    if not 0 < len(phy) <= _RADIO or size not in (None, len(phy)):
        raise ValueError(f"{len(phy)} bytes, {size} were said")
    return phy


def _heard(source: str, gateway: str, packet: RxPk, at: int) -> Heard:
    factor, bandwidth, bit_rate = _data_rate(packet.datr)
    gps = packet.tmms if packet.tmms is not None and 0 < packet.tmms < _FARTHEST_GPS_MS else None
    reception = Reception(
        source=source,
        gateway=gateway,
        phy=payload_of(packet.data, packet.size),
        at=at,
        gps_at=None if gps is None else (gps + _GPS_MS) * _MILLISECOND,
        frequency=round(packet.freq * 1e6) if 0 < packet.freq * 1e6 < _CLOCK else None,
        spreading_factor=factor,
        bandwidth=bandwidth,
        code_rate=packet.codr if _CODE.fullmatch(packet.codr) else None,
        bit_rate=bit_rate,
        rssi=_measured(packet.rssi),
        snr=_measured(packet.lsnr),
        channel=packet.chan if packet.chan is not None and 0 <= packet.chan < _CLOCK else None,
        crc=_CRC.get(packet.stat, "none"),
    )
    return Heard(reception, None if packet.tmst is None else packet.tmst % _CLOCK)


def _data_rate(text: str | int) -> tuple[int | None, int | None, int | None]:
    """Spreading factor and bandwidth (Hz) of LoRa, or the bit rate of FSK."""
    if isinstance(text, int):
        return None, None, text if 0 < text < _CLOCK else None
    found = _RATE.fullmatch(text)
    return (int(found[1]), int(found[2]) * 1000, None) if found else (None, None, None)


def _measured(value: float | None) -> float | None:
    """A level in dB or dBm; None for what no receiver measures."""
    return value if value is not None and math.isfinite(value) and abs(value) <= _RADIO else None


def _chirpstack_stats(gateway: str, stat: Stat) -> bytes:
    """gw.GatewayStats in JSON.

    Raises:
        ValueError: a count that is none.
    """
    counts = {
        "rxPacketsReceived": stat.rxnb,
        "rxPacketsReceivedOk": stat.rxok,
        "txPacketsReceived": stat.dwnb,
        "txPacketsEmitted": stat.txnb,
    }
    if not all(0 <= count < _CLOCK for count in counts.values()):
        raise ValueError("a count that is none")
    said: dict[str, Any] = {"gatewayId": gateway, **counts}
    if (time := _time(stat.time)) is not None:
        said["time"] = time
    if stat.lati is not None and stat.long is not None:
        said["location"] = {
            "latitude": stat.lati, "longitude": stat.long, "altitude": stat.alti, "source": "GPS",
        }  # fmt: skip
    return _encode(said)


def _time(text: str) -> str | None:
    """RFC 3339 of `2014-01-12 08:59:28 GMT`; None where the forwarder says no time."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S GMT").replace(tzinfo=UTC).isoformat()
    except ValueError:
        return None
