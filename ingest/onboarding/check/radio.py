"""How well a device is heard: margin, gateways, distance, time on air, frames that are missing. Pure.

Sources: Semtech's SX1276 datasheet, table 13, for the SNR that each spreading factor needs (SX1261/2, section 6.1.1.1,
for SF5 and SF6); ITU-R P.525 for the loss of free space.
"""

from __future__ import annotations

from math import asin, cos, hypot, log10, radians, sin, sqrt
from typing import TYPE_CHECKING

import msgspec

from gateways.lorawan.airtime import uplink_airtime_ms
from gateways.lorawan.regions import plan
from ingest.onboarding.check.remark import Remark, remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.chirpstack.admin.answers import ServerGateway
    from gateways.uplink import RadioLink, Uplink
    from ingest.onboarding.check.evidence import Evidence, Target

FLOORS = {5: -2.5, 6: -5.0, 7: -7.5, 8: -10.0, 9: -12.5, 10: -15.0, 11: -17.5, 12: -20.0}
"""dB of SNR that a frame of a spreading factor needs."""

THIN = 5.0
"""dB of margin below which rain, leaves or a parked lorry are enough. ADR aims at 10 dB (ChirpStack's default)."""

SLOW = 12

FAR = 20.0
"""km from which on a gateway is taken to be where it is not; over open water and from mountains it can be true."""

EIRP = 16.15
"""dBm: 25 mW ERP, the most that Việt Nam lets a device send with (Circular 08/2021/TT-BTTTT)."""

GAIN = 12.0
"""dB that a gateway's antenna and the error of its RSSI may add."""

BAND = (920_000_000, 923_000_000)
"""Hz, of the same circular."""

_VIETNAMESE = "as923_2"
_EARTH = 6_371.0088  # km, mean radius
_PERCENT = 100.0


class Margin(msgspec.Struct, frozen=True, kw_only=True):
    """The worst of the uplinks of a spreading factor, each at the gateway that heard it best.

    Attributes:
        snr: dB.
        floor: dB that it needs.
        margin: dB of the one above the other.
    """

    spreading_factor: int
    uplinks: int
    snr: float
    floor: float
    margin: float


class Hearer(msgspec.Struct, frozen=True, kw_only=True):
    """A gateway that hears the device, as it did best.

    Attributes:
        rssi: dBm.
        snr: dB.
        distance: km from the device's site; None where either position is not known.
    """

    id: str
    name: str
    uplinks: int
    rssi: float
    snr: float | None
    distance: float | None


class Air(msgspec.Struct, frozen=True, kw_only=True):
    """Time on air.

    Attributes:
        longest: ms of the longest uplink; a lower bound.
        duty: percent of the time, by the interval between uplinks; None where that is not known.
        limit: percent that the plan or the law allows; None where there is no such limit.
        dwell: ms that an uplink may last; None likewise.
    """

    longest: float
    duty: float | None
    limit: float | None
    dwell: int | None


def margins(evidence: Evidence) -> list[Margin]:
    """By spreading factor."""
    by_factor: dict[int, list[float]] = {}
    for one in evidence.uplinks:
        snrs = [link.snr for link in one.uplink.links if link.snr is not None]
        if snrs and one.uplink.spreading_factor in FLOORS and not one.uplink.relayed:
            by_factor.setdefault(one.uplink.spreading_factor, []).append(max(snrs))
    return [_margin(factor, by_factor[factor]) for factor in sorted(by_factor)]


def _margin(factor: int, snrs: list[float]) -> Margin:
    floor, worst = FLOORS[factor], min(snrs)
    return Margin(spreading_factor=factor, uplinks=len(snrs), snr=worst, floor=floor, margin=worst - floor)


def hearers(evidence: Evidence) -> list[Hearer]:
    """The gateways that hear it, the best first."""
    found: dict[str, list[RadioLink]] = {}
    for one in evidence.uplinks:
        for gateway, link in {link.gateway: link for link in one.uplink.links}.items():
            found.setdefault(gateway, []).append(link)
    several = [_hearer(evidence, gateway, links) for gateway, links in found.items()]
    return sorted(several, key=lambda one: (-one.uplinks, -_signal(one), one.id))


def _signal(one: Hearer) -> float:
    return one.rssi if one.snr is None else one.snr


def _hearer(evidence: Evidence, gateway: str, links: list[RadioLink]) -> Hearer:
    known = evidence.gateways.get(gateway)
    snrs = [link.snr for link in links if link.snr is not None]
    return Hearer(
        id=gateway,
        name=known.name if known else "",
        uplinks=len(links),
        rssi=max(link.rssi for link in links),
        snr=max(snrs, default=None),
        distance=_distance(evidence.target, links, known),
    )


def _distance(target: Target, links: list[RadioLink], known: ServerGateway | None) -> float | None:
    if target.latitude is None or target.longitude is None:
        return None
    said = next((link.position for link in links if link.position is not None), None)
    if said is not None:
        return kilometres((target.latitude, target.longitude), (said.latitude, said.longitude))
    if known is None or known.latitude is None or known.longitude is None:
        return None
    return kilometres((target.latitude, target.longitude), (known.latitude, known.longitude))


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Along the earth's surface between two positions, each latitude and longitude in degrees."""
    (lat1, lon1), (lat2, lon2) = ((radians(lat), radians(lon)) for lat, lon in (one, other))
    half = hypot(sin((lat2 - lat1) / 2), sqrt(max(0.0, cos(lat1) * cos(lat2))) * sin((lon2 - lon1) / 2))
    return 2 * _EARTH * asin(min(1.0, half))


def air(evidence: Evidence) -> Air | None:
    """Time on air; None where no uplink tells it."""
    times = [spent for one in evidence.uplinks if (spent := uplink_airtime_ms(one.uplink)) is not None]
    if not times:
        return None
    longest = max(times)
    rules = plan(evidence.uplinks[-1].uplink.region)
    interval = evidence.interval
    return Air(
        longest=longest,
        duty=_PERCENT * longest / 1000 / interval if interval else None,
        limit=_PERCENT * rules.duty_cycle if rules and rules.duty_cycle else None,
        dwell=rules.dwell if rules else None,
    )


def remarks(evidence: Evidence) -> Iterator[Remark]:
    """What is to be said of it, once there are uplinks."""
    yield from _of_margin(margins(evidence))
    found = hearers(evidence)
    if len(found) == 1:
        yield remark("note", "one_gateway", gateway=found[0].name or found[0].id)
    yield from _of_reach(found, evidence.uplinks[-1].uplink.frequency if evidence.uplinks else 0)
    yield from _of_air(air(evidence))
    yield from _of_band([one.uplink for one in evidence.uplinks])
    if lost := _lost(evidence):
        yield remark("warn", "frames_lost", lost=lost, sent=lost + len({one.uplink.f_cnt for one in evidence.uplinks}))


def _of_margin(found: list[Margin]) -> Iterator[Remark]:
    for one in found:
        if one.margin < THIN:
            values = {"snr": f"{one.snr:.1f}", "margin": f"{one.margin:.1f}"}
            yield remark("warn", "margin_thin", sf=one.spreading_factor, **values)
    if found and all(one.spreading_factor >= SLOW for one in found):
        yield remark("warn", "slowest")


def _of_reach(found: list[Hearer], frequency: int) -> Iterator[Remark]:
    for one in found:
        if one.distance is None:
            continue
        if one.distance > FAR:
            yield remark("warn", "too_far", gateway=one.name or one.id, distance=f"{one.distance:.1f}")
        elif frequency and one.rssi > strongest(one.distance, frequency):
            values = {"gateway": one.name or one.id, "rssi": f"{one.rssi:.0f}", "distance": f"{one.distance:.1f}"}
            yield remark("warn", "too_loud", **values)


def strongest(distance: float, frequency: int) -> float:
    """Level at which a device can be heard at most, dBm, over km of free space at a frequency in Hz."""
    loss = 32.45 + 20 * log10(max(distance, 0.01)) + 20 * log10(frequency / 1e6)
    return EIRP + GAIN - loss


def _of_air(found: Air | None) -> Iterator[Remark]:
    if found is None:
        return
    if found.duty is not None and found.limit is not None and found.duty > found.limit:
        yield remark("warn", "duty", duty=f"{found.duty:.2f}", limit=f"{found.limit:g}", airtime=round(found.longest))
    if found.dwell is not None and found.longest > found.dwell:
        yield remark("warn", "dwell", airtime=round(found.longest), limit=found.dwell)


def _of_band(uplinks: list[Uplink]) -> Iterator[Remark]:
    low, high = BAND
    strays = {one.frequency for one in uplinks if one.region == _VIETNAMESE and not low <= one.frequency <= high}
    if strays := strays - {0}:
        yield remark("warn", "outside_band", frequency=", ".join(f"{one / 1e6:g}" for one in sorted(strays)))


def _lost(evidence: Evidence) -> int:
    """Frames between the uplinks of one session that did not come."""
    sessions: dict[str, set[int]] = {}
    for one in evidence.uplinks:
        sessions.setdefault(one.uplink.dev_addr, set()).add(one.uplink.f_cnt)
    return sum(max(counts) - min(counts) + 1 - len(counts) for counts in sessions.values())
