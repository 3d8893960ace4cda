"""Values inside ChirpStack's Protobuf events, in the form that its JSON gives them."""

from __future__ import annotations

import math
import struct
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec
from chirpstack_api.common.common_pb2 import Location
from chirpstack_api.gw.gw_pb2 import UplinkTxInfo

from gateways.chirpstack import fields
from gateways.chirpstack.fields import Transmission

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateways.uplink import Position

_parse_tx_info: Callable[[bytes], Any] = UplinkTxInfo.FromString
_parse_location: Callable[[bytes], Location] = Location.FromString

_SINGLE = struct.Struct("<f")
_DIGITS = 9
"""Decimal digits that tell any two single-precision numbers apart."""


def single(value: float) -> float | None:
    """A single-precision number as JSON has it: of all decimals that mean it the shortest, 9.2 and not 9.1999998.

    None where it is not a number or infinite, for which JSON has null.
    """
    return _shortest(value) if math.isfinite(value) else None


@lru_cache(maxsize=4096)
def _shortest(value: float) -> float:
    packed = _SINGLE.pack(value)
    for digits in range(1, _DIGITS):
        shorter = float(f"{value:.{digits}g}")
        with suppress(OverflowError):  # rounded up beyond the largest
            if _SINGLE.pack(shorter) == packed:
                return shorter
    return float(f"{value:.{_DIGITS}g}")


@lru_cache(maxsize=4096)
def place(raw: bytes) -> Position | None:
    """Where a gateway is, of the bytes of its location, which are the same in each of its receptions."""
    return position(_parse_location(raw)) if raw else None


def position(location: Location) -> Position | None:
    """A place; None where nobody knows."""
    return fields.position(
        location.latitude, location.longitude, location.altitude, location.source, single(location.accuracy)
    )


@lru_cache(maxsize=4096)
def transmission(raw: bytes) -> Transmission:
    """How a frame was sent, of the bytes of its txInfo: a city's uplinks share few channels and data rates."""
    info = _parse_tx_info(raw)
    frequency, modulation = info.frequency, info.modulation
    match modulation.WhichOneof("parameters"):
        case "lora":
            lora = modulation.lora
            rate = fields.code_rate(lora.code_rate, lora.code_rate_legacy)
            return Transmission(frequency, lora.spreading_factor, lora.bandwidth, rate)
        case "fsk":
            return Transmission(frequency, bitrate=modulation.fsk.datarate, fsk=True)
        case "lr_fhss":
            hopping = modulation.lr_fhss
            rate = fields.code_rate(hopping.code_rate, hopping.code_rate_legacy)
            return Transmission(frequency, 0, hopping.operating_channel_width, rate)
        case _:
            return Transmission(frequency)


def json_text(said: Any) -> bytes:
    """A google.protobuf.Struct as JSON; msgspec makes null of a not-a-number and of an infinity."""
    return msgspec.json.encode(_struct(said))


def _struct(said: Any) -> dict[str, Any]:
    return {key: _value(value) for key, value in said.fields.items()}


def _value(value: Any) -> Any:
    match value.WhichOneof("kind"):
        case "number_value":
            return value.number_value
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
        case "struct_value":
            return _struct(value.struct_value)
        case "list_value":
            return [_value(one) for one in value.list_value.values]
        case _:
            return None
