"""What JSON and Protobuf of an event have in common: the names of numbers, and what makes a value no value.

Source: ChirpStack's api/proto/{common,gw,integration}.proto. JSON has an enum's name, Protobuf its number, which is the
name's place here; a number that we do not know yet stands as decimal text.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from gateways.uplink import MalformedEvent, Position

EUI_DIGITS = 16
HIGHEST_LATITUDE, HIGHEST_LONGITUDE = 90, 180
FULL_BATTERY = 100

REPEATED_BYTES = 256
"""What is longer is nothing that event after event repeats, and not worth remembering."""

CRC = ("NO_CRC", "BAD_CRC", "CRC_OK")
LOG_LEVEL = ("INFO", "WARNING", "ERROR")
LOG_CODE = (
    "UNKNOWN",
    "DOWNLINK_PAYLOAD_SIZE",
    "UPLINK_CODEC",
    "DOWNLINK_CODEC",
    "OTAA",
    "UPLINK_F_CNT_RESET",
    "UPLINK_MIC",
    "UPLINK_F_CNT_RETRANSMISSION",
    "DOWNLINK_GATEWAY",
    "RELAY_NEW_END_DEVICE",
    "F_CNT_DOWN",
    "EXPIRED",
)
LOCATION_SOURCE = (
    "UNKNOWN",
    "GPS",
    "CONFIG",
    "GEO_RESOLVER_TDOA",
    "GEO_RESOLVER_RSSI",
    "GEO_RESOLVER_GNSS",
    "GEO_RESOLVER_WIFI",
)
CONN_STATE = ("OFFLINE", "ONLINE")

CODE_RATE = {
    "CR_UNDEFINED": "",
    "CR_4_5": "4/5",
    "CR_4_6": "4/6",
    "CR_4_7": "4/7",
    "CR_4_8": "4/8",
    "CR_3_8": "3/8",
    "CR_2_6": "2/6",
    "CR_1_4": "1/4",
    "CR_1_6": "1/6",
    "CR_5_6": "5/6",
    "CR_LI_4_5": "4/5LI",
    "CR_LI_4_6": "4/6LI",
    "CR_LI_4_8": "4/8LI",
}
_CODE_RATE_NAMES = tuple(CODE_RATE)


class Transmission(NamedTuple):
    """What `Uplink` has of gw.UplinkTxInfo; `fsk` says that SNR is not measured."""

    frequency: int = 0
    spreading_factor: int = 0
    bandwidth: int = 0
    code_rate: str = ""
    bitrate: int = 0
    fsk: bool = False


def named(names: tuple[str, ...], value: str | int) -> str:
    """The name of an enum's value, which may be its name already."""
    if isinstance(value, str):
        return value
    return names[value] if 0 <= value < len(names) else str(value)


def code_rate(value: str | int, legacy: str) -> str:
    """A code rate as people write it, such as `4/5`; `legacy` is what servers before 4.0 wrote instead."""
    name = named(_CODE_RATE_NAMES, value)
    return CODE_RATE.get(name, name) or legacy


@lru_cache(maxsize=16_384)
def dev_eui(text: str) -> str:
    """A DevEUI in lower case.

    Raises:
        MalformedEvent: it is none.
    """
    return _eui("devEui", text)


@lru_cache(maxsize=4096)
def gateway_id(text: str, legacy: bytes) -> str:
    """A gateway's id in lower case; `legacy` is where it stood as bytes before ChirpStack 4.

    Raises:
        MalformedEvent: it is none.
    """
    return _eui("gatewayId", text or legacy.hex())


def _eui(field: str, text: str) -> str:
    try:
        whole = len(text) == EUI_DIGITS and len(bytes.fromhex(text)) * 2 == EUI_DIGITS
    except ValueError:
        whole = False
    if not whole:
        raise MalformedEvent("wrong_shape", f"{field} {text[:40]!r} is not 16 hex digits")
    return text.lower()


def finite(value: float | None) -> float | None:
    """A measured value; None where it is not a number, which JSON says by null, or infinite."""
    return value if value is not None and math.isfinite(value) else None


def position(
    latitude: float | None, longitude: float | None, altitude: float | None, source: str | int, accuracy: float | None
) -> Position | None:
    """A place; None for degrees that are nowhere, and for 0, 0: a gateway without a location has exactly these."""
    latitude, longitude = finite(latitude), finite(longitude)
    if latitude is None or longitude is None or not (latitude or longitude):
        return None
    if abs(latitude) > HIGHEST_LATITUDE or abs(longitude) > HIGHEST_LONGITUDE:
        return None
    return Position(
        latitude, longitude, finite(altitude) or 0.0, named(LOCATION_SOURCE, source), finite(accuracy) or 0.0
    )


def log_identity(code: str, context: dict[str, str]) -> str:
    """What makes a log unique; "" where its context names no frame."""
    shared = context.get("deduplication_id", "")
    return f"{code}:{shared}" if shared else ""


def stats_identity(gateway: str, time: int | None) -> str:
    """What makes a gateway's report unique; "" where it does not say when it was made."""
    return "" if time is None else f"{gateway} {time}"


def battery(level: float | None, *, external_power: bool, unavailable: bool) -> float | None:
    """Per cent; None on external power or where the device cannot say, for which the server gives a level of 0.

    None as well for a level that no battery has.
    """
    if external_power or unavailable or level is None or not 0 <= level <= FULL_BATTERY:
        return None
    return level
