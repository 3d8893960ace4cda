"""The `radio` row of an uplink: how the network heard it. Pure.

It is made whatever becomes of the payload: a device of unknown model is not a silent one.
"""

from __future__ import annotations

from functools import lru_cache
from math import inf, isfinite
from typing import TYPE_CHECKING

from gateways.lorawan.airtime import uplink_airtime_ms
from ingest.decoding.moment import spread
from ingest.decoding.point import UNKNOWN, Point
from ingest.devices import clean
from ingest.journal.entry import Cause

if TYPE_CHECKING:
    from gateways.uplink import RadioLink, Uplink
    from ingest.devices import Metadata
    from ingest.journal.entry import Entry

GAPS = {cause.value: f"gap_{cause.word}" for cause in Cause}
"""The field of each cause."""

# What nearly every row says is one object for all: rows wait in memory by the thousand.
_NO_GAP = ("gap", 0.0)
_ONE_GATEWAY = ("gateways", 1.0)
_SF = {factor: ("sf", float(factor)) for factor in range(5, 13)}

_gateway = lru_cache(maxsize=4096)(clean)  # a city has a few hundred


def radio_point(uplink: Uplink, entry: Entry, metadata: Metadata, model: str) -> Point:
    """One row, with the best gateway's figures.

    `airtime` (ms) is a lower bound: an `up` does not show the MAC commands (FOpts) that went with the payload.
    `gap` is the frame counters newly missing before this uplink, and -1 where it is itself one that was missing: the
    sum over a time is what is missing of it. Where it is not 0, the same stands in the field of its cause.
    """
    fields: list[tuple[str, float | str]] = [
        ("f_cnt", float(uplink.f_cnt)),
        ("gap", float(entry.gap)) if entry.gap else _NO_GAP,
        _ONE_GATEWAY if len(uplink.links) == 1 else ("gateways", float(len({link.gateway for link in uplink.links}))),
    ]
    if entry.gap:
        fields.append((GAPS[entry.cause], float(entry.gap)))
    factor = uplink.spreading_factor
    if factor:
        fields.append(_SF.get(factor) or ("sf", float(factor)))
    airtime = uplink_airtime_ms(uplink)
    if airtime is not None:
        fields.append(("airtime", airtime))
    best = _best(uplink.links)
    if best is not None:
        if isfinite(best.rssi):
            fields.append(("rssi", best.rssi))
        if best.snr is not None and isfinite(best.snr):
            fields.append(("snr", best.snr))
    gateway = (best is not None and _gateway(best.gateway)) or UNKNOWN
    tags = (uplink.device.dev_eui, metadata.site, metadata.ward, model, gateway)
    time = spread(entry.received_at, uplink.f_cnt)
    return Point("radio", tags, tuple(fields), time, entry.received_at, "server")


def _best(links: tuple[RadioLink, ...]) -> RadioLink | None:
    """The reception with the best signal; of equals the first gateway by name, since their order is random."""
    if len(links) == 1:
        return links[0]
    return min(links, key=lambda link: (inf if link.snr is None else -link.snr, -link.rssi, link.gateway), default=None)
