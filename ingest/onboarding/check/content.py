"""What is to be said of a device's payloads, its battery, its counter, and of where it is said to be. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from decoders.base import Reason
from decoders.quantities import QUANTITIES
from ingest.i18n import Said
from ingest.onboarding.check.joining import REFUSED
from ingest.onboarding.check.remark import Both, Remark, remark
from ingest.registry import wards

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decoders.base import Absent, Reading
    from ingest.onboarding.check.evidence import Evidence, Target

EMPTYING = 20.0
"""Percent of a battery below which somebody should bring another one."""

_SECONDARY = "unsupported_message"
"""A message that the datasheet lists, and that is no report: a greeting after the join."""

_USUAL = (Reason.WARMING_UP, Reason.NOT_CONNECTED)
"""Reasons that many a healthy device has: it has just begun, or an input is not used."""


def payloads(evidence: Evidence) -> Iterator[Remark]:
    """Whether payloads can be read, and what they say can be."""
    understood = [one.understood for one in evidence.uplinks]
    troubles = {one.trouble: one for one in understood if one.trouble}
    read = [one for one in understood if one.readings or one.absent]
    for trouble, one in troubles.items():
        code = trouble if trouble in ("no_model", "unknown_model", "encrypted", "no_object") else "undecoded"
        if trouble == _SECONDARY:
            yield remark("note", "other_message", model=one.model, detail=one.detail)
        else:
            level = "warn" if read or trouble == "no_model" else "fail"
            yield remark(level, code, model=one.model, detail=one.detail)  # type: ignore[arg-type]
    measured = any(not reading.quantity.startswith("battery") for one in read for reading in one.readings)
    if understood and not troubles and not measured:
        yield remark("warn", "no_measurement")
    yield from _values([reading for one in read for reading in one.readings])
    yield from _missing([absent for one in read for absent in one.absent])
    if any(one.code == "UPLINK_CODEC" for one in evidence.logs):
        yield remark("note" if read and not troubles else "warn", "server_codec")


def _values(readings: list[Reading]) -> Iterator[Remark]:
    """Each quantity once: its last value that is not believed."""
    doubtful = {one.quantity: one for one in readings if one.value not in QUANTITIES[one.quantity].plausible}
    for name, one in doubtful.items():
        quantity = QUANTITIES[name]
        yield remark(
            "warn", "implausible", quantity=label(name), value=f"{one.value:.10g}", unit=quantity.unit,
            low=f"{quantity.plausible.low:g}", high=f"{quantity.plausible.high:g}",
        )  # fmt: skip


def _missing(absent: list[Absent]) -> Iterator[Remark]:
    for one in {(one.quantity, one.reason): one for one in absent}.values():
        level, code = ("note", "absent_yet") if one.reason in _USUAL else ("warn", "absent")
        yield remark(level, code, quantity=label(one.quantity), why=Said(f"check.why_{one.reason.value}"))  # type: ignore[arg-type]


def label(name: str) -> Said:
    """What people call a quantity, in either language."""
    both = QUANTITIES[name].label
    return Both(both.vi, both.en)


def battery(evidence: Evidence) -> tuple[float | None, bool]:
    """Percent as last told, by a payload or to the server, and whether it needs none."""
    told = [one.value for spoken in evidence.uplinks for one in spoken.understood.readings if one.quantity == "battery"]
    if told:
        return told[-1], False
    if evidence.status is not None and (evidence.status.battery is not None or evidence.status.external_power):
        return evidence.status.battery, evidence.status.external_power
    device = evidence.device
    return (device.battery, device.external_power) if device else (None, False)


def power(evidence: Evidence) -> Iterator[Remark]:
    """Whether its battery lasts."""
    level, _ = battery(evidence)
    low = any(
        one.quantity == "battery_low" and one.value
        for spoken in evidence.uplinks
        for one in spoken.understood.readings
    )  # fmt: skip
    if level is not None and level < EMPTYING:
        yield remark("warn", "battery_low", percent=f"{level:.0f}")
    elif low:
        yield remark("warn", "battery_says_low")


def sessions(evidence: Evidence) -> Iterator[Remark]:
    """What the server had to say while the device was heard."""
    if not evidence.uplinks:
        return
    codes = {one.code for one in evidence.logs}
    if "UPLINK_F_CNT_RESET" in codes:
        yield remark("warn", "counter_reset")
    if codes & set(REFUSED):
        yield remark("note", "join_trouble_over")
    if "DOWNLINK_GATEWAY" in codes:
        yield remark("warn", "downlink_failed")


def position(target: Target) -> Iterator[Remark]:
    """Whether it is somewhere, and within the city."""
    if not target.site:
        yield remark("warn", "no_site", dev_eui=target.dev_eui)
    elif target.latitude is None or target.longitude is None:
        yield remark("warn", "no_position", site=target.site)
    elif not within_city(target.latitude, target.longitude):
        yield remark(
            "warn", "outside_city", site=target.site,
            latitude=f"{target.latitude:.5f}", longitude=f"{target.longitude:.5f}",
        )  # fmt: skip


@lru_cache(maxsize=4096)
def within_city(latitude: float, longitude: float) -> bool:
    """Whether a ward or commune may hold a position."""
    if wards.containing(latitude, longitude) is not None:
        return True
    return any(ward.may_hold(latitude, longitude) for ward in wards.all_wards().values())
