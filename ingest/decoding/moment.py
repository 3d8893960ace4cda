"""When a measurement was made: the choice among the clocks that an uplink brings. Pure.

Source of the rule: what ChirpStack's own `time` gets wrong (an unchecked GPS, a gateway that boots in 2012, or its own
clock after the de-duplication window), while the arrival at the server is known to some milliseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from gateways.uplink import Uplink

SECOND = 1_000_000_000
TOLERANCE = 30 * SECOND
"""How far a clock near the device may be from the arrival, either way, to be believed."""

EARLIEST = 1_420_070_400 * SECOND
"""2015-01-01, when LoRaWAN 1.0 came out: a device that gives an earlier time has not set its clock."""

MILLISECOND = 1_000_000


class Moment(msgspec.Struct, frozen=True, gc=False):
    """A time, whose clock it is, and whether it is to be believed.

    Attributes:
        at: nanoseconds since 1970-01-01T00:00:00Z: the millisecond chosen, and the frame counter in the digits below,
            so that two uplinks of one millisecond are two rows.
    """

    at: int
    source: str
    quality: str


def choose(uplink: Uplink, received_at: int) -> Moment:
    """The earliest of the gateways' clocks that agree with the arrival, else the arrival itself."""
    best, source, doubted = received_at, "server", False
    earliest = received_at + TOLERANCE + 1
    for link in uplink.links:
        gps, gateway = link.gps_time, link.gw_time
        if gps is None and gateway is None:
            continue  # most gateways have no clock that they trust
        for time, name in ((gps, "gps"), (gateway, "gateway")):
            if time is None:
                continue
            if not -TOLERANCE <= time - received_at <= TOLERANCE:
                doubted = True
            elif time < earliest:
                best = earliest = time
                source = name
    quality = "clock_suspect" if doubted and source == "server" else "ok"
    return Moment(spread(best, uplink.f_cnt), source, quality)


def spread(time: int, f_cnt: int) -> int:
    """The millisecond of `time`, and the frame counter in the digits below it."""
    return time // MILLISECOND * MILLISECOND + f_cnt % MILLISECOND


def believable(device_time: int, received_at: int) -> bool:
    """Whether a time that the device itself gave (a history frame) can be one."""
    return EARLIEST <= device_time <= received_at + TOLERANCE
