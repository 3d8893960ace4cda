"""A verified uplink as ChirpStack's JSON says it, so that whatever reads events reads these too. Pure.

Beside what ChirpStack says stands `phyPayload`, the frame as it was on air: who holds the keys can verify it again.
The identity comes from the frame alone and the minute in which it was heard, so that a copy has the same one.
"""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import msgspec

from gateways.lorawan import regions
from gateways.rfc3339 import GPS_EPOCH, LEAP_SECONDS, render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateways.network.session import Device
    from gateways.reception import Reception

IDENTITY_WINDOW = 60_000_000_000
_SECOND = 1_000_000_000
_CRC = {"ok": "CRC_OK", "bad": "BAD_CRC", "none": "NO_CRC"}
_encode = msgspec.json.Encoder().encode


class Told(NamedTuple):
    """What the event says of the frame.

    Attributes:
        dev_addr: 8 hex digits.
        distinct: further bytes of the identity, where the frame alone does not make it unique.
    """

    device: Device
    dev_addr: str
    f_cnt: int
    f_port: int
    payload: bytes
    adr: bool = False
    confirmed: bool = False
    distinct: bytes = b""


def identity(phy: bytes, at: int, distinct: bytes = b"") -> str:
    """A UUID that the copies of a frame have in common, also those that come after a restart."""
    minute = (at // IDENTITY_WINDOW).to_bytes(8, "big", signed=True)
    return str(UUID(bytes=blake2b(minute + distinct + phy, digest_size=16).digest()))


def topic(network: str, dev_eui: str, kind: str = "up") -> str:
    """The topic that a broker would give the event."""
    return f"application/{network}/device/{dev_eui}/event/{kind}"


def up(network: str, region: str, told: Told, copies: Sequence[Reception]) -> bytes:
    """The JSON of `event/up`.

    Args:
        network: its name, which stands for the application.
        region: a plan's name, such as `as923_2`.
        told: what the frame says.
        copies: its receptions, the first one first.
    """
    first = copies[0]
    return _encode(
        {
            "deduplicationId": identity(first.phy, first.at, told.distinct),
            "time": _time(first.at),
            "deviceInfo": device_info(network, told.device),
            "devAddr": told.dev_addr,
            "adr": told.adr,
            "dr": _data_rate(region, first.spreading_factor, first.bandwidth, first.bit_rate),
            "fCnt": told.f_cnt,
            "fPort": told.f_port,
            "confirmed": told.confirmed,
            "data": b64encode(told.payload).decode(),
            "rxInfo": [_reception(one) for one in copies],
            "txInfo": _transmission(first),
            "regionConfigId": region,
            "phyPayload": b64encode(first.phy).decode(),
        }
    )


def device_info(network: str, device: Device) -> dict[str, Any]:
    """integration.DeviceInfo of a device of ours."""
    return {
        "applicationId": network,
        "applicationName": network,
        "deviceProfileName": device.tags.get("model", ""),
        "deviceName": device.name or device.dev_eui,
        "devEui": device.dev_eui,
        "tags": device.tags,
    }


def _reception(one: Reception) -> dict[str, Any]:
    found: dict[str, Any] = {
        "gatewayId": one.gateway,
        "nsTime": _time(one.at),
        "crcStatus": _CRC[one.crc],
        "metadata": {"source": one.source},
    }
    if one.gps_at is not None:
        seconds, rest = divmod(one.gps_at, _SECOND)
        found["timeSinceGpsEpoch"] = f"{seconds - GPS_EPOCH + LEAP_SECONDS}.{rest:09d}s"
    measured = {"rssi": one.rssi, "snr": one.snr, "channel": one.channel}
    return found | {name: value for name, value in measured.items() if value is not None}


def _transmission(one: Reception) -> dict[str, Any]:
    modulation: dict[str, Any] = {}
    if one.spreading_factor:
        modulation["lora"] = {"bandwidth": one.bandwidth or 0, "spreadingFactor": one.spreading_factor}
        if one.code_rate:
            modulation["lora"]["codeRate"] = "CR_" + one.code_rate.replace("/", "_")
    elif one.bit_rate:
        modulation["fsk"] = {"datarate": one.bit_rate}
    return {"frequency": one.frequency or 0, "modulation": modulation}


@lru_cache(maxsize=1024)
def _data_rate(region: str, factor: int | None, bandwidth: int | None, bit_rate: int | None) -> int:
    """The DR of a reception; 0, as ChirpStack leaves it out, where the plan does not know it."""
    plan = regions.plan(region)
    wanted = (0, 0, bit_rate or 0) if factor is None else (factor, bandwidth or 0, 0)
    return next((dr for dr, rate in plan.data_rates.items() if tuple(rate) == wanted), 0) if plan else 0


def _time(at: int) -> str:
    """The RFC 3339 text of a time, as servers write it."""
    seconds, rest = divmod(at, _SECOND)
    return f"{_seconds(seconds)}.{rest:09d}+00:00"


@lru_cache(maxsize=16)
def _seconds(seconds: int) -> str:
    return render(seconds * _SECOND)[:-1]
