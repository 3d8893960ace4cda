"""From the evidence to the verdict, with its reasons and figures. Pure: the same evidence has the same verdict.

PASS        as many uplinks as were asked for, and nothing to mend
WARN        as many, and something that somebody should look at
FAIL        it does not work, and the reason is known; or the whole time passed and nothing was heard
INCOMPLETE  not all that was asked for has been heard, and nothing says yet that it will not be
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

from decoders.quantities import QUANTITIES
from gateways.rfc3339 import render
from ingest.i18n import Said, said
from ingest.onboarding.check import content, joining, radio
from ingest.onboarding.check.remark import Remark, remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.i18n import Language
    from ingest.onboarding.check.evidence import Evidence

Verdict: TypeAlias = Literal["PASS", "WARN", "FAIL", "INCOMPLETE"]

SKEW = 60.0
"""s that this machine's clock may be off before it is said."""

AT_ONCE = frozenset(
    {
        "disabled", "abp_not_activated", "no_keys", "key_misplaced", "no_nwk_key", "wrong_region", "wrong_key",
        "unknown_heard", "accept_unheard", "join_dropped", "joins_but_abp", "data_dropped_abp", "data_dropped_otaa",
        "counter_reset", "foreign_region",
    }
)  # fmt: skip
"""What will not pass by waiting. A used nonce may: most devices try the next one."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be told of one device.

    Attributes:
        settled: waiting any longer changes nothing.
        stage: where it is, in a few words.
        remarks: the worst first.
    """

    evidence: Evidence
    verdict: Verdict
    settled: bool
    stage: Said
    remarks: tuple[Remark, ...]

    @property
    def dev_eui(self) -> str:
        """Of the device."""
        return self.evidence.target.dev_eui

    @property
    def name(self) -> str:
        """What the server calls it."""
        return self.evidence.device.name if self.evidence.device else ""

    def as_json(self, language: Language) -> dict[str, Any]:
        """For `--json`: numbers in the units that their names end in, nothing that was not heard."""
        return _as_json(self, language)


def judge(evidence: Evidence) -> Report:
    """The verdict of what is known now."""
    remarks = sorted(_remarks(evidence), key=lambda one: ("fail", "warn", "note").index(one.level))
    failed = {one.code for one in remarks if one.level == "fail"}
    verdict: Verdict = "PASS"
    if failed & AT_ONCE or (failed and (evidence.over or evidence.enough)):
        verdict = "FAIL"
    elif not evidence.enough:
        verdict = "INCOMPLETE"
    elif any(one.level == "warn" for one in remarks):
        verdict = "WARN"
    settled = evidence.over or evidence.enough or bool(failed & AT_ONCE)
    return Report(
        evidence=evidence, verdict=verdict, settled=settled, stage=_stage(evidence), remarks=tuple(remarks)
    )  # fmt: skip


def _remarks(evidence: Evidence) -> Iterator[Remark]:
    if evidence.uplinks:
        yield from radio.remarks(evidence)
        yield from content.payloads(evidence)
        yield from content.power(evidence)
        yield from content.sessions(evidence)
    else:
        yield from joining.setup(evidence)
        yield from joining.joining(evidence)
        yield from joining.silence(evidence)
    yield from joining.hearing(evidence)
    if evidence.device is not None:
        yield from content.position(evidence.target)
    if evidence.skew is not None and abs(evidence.skew) > SKEW:
        yield remark("note", "skew", seconds=round(abs(evidence.skew)))
    if evidence.over and evidence.uplinks and not evidence.enough:
        yield remark("note", "too_few", heard=len(evidence.uplinks), wanted=evidence.wanted)


def _stage(evidence: Evidence) -> Said:
    if evidence.uplinks:
        return said("check.stage_uplinks", heard=len(evidence.uplinks), wanted=evidence.wanted)
    if evidence.joins:
        return said("check.stage_joined")
    if any(one.code in joining.REFUSED for one in evidence.logs):
        return said("check.stage_refused")
    if evidence.frames:
        return said("check.stage_frames", count=len(evidence.frames))
    if evidence.activation is not None:
        return said("check.stage_active")
    return said("check.stage_waiting")


def _as_json(report: Report, language: Language) -> dict[str, Any]:
    evidence = report.evidence
    level, external = content.battery(evidence)
    spent = radio.air(evidence)
    return {
        "dev_eui": report.dev_eui,
        "name": report.name,
        "verdict": report.verdict,
        "stage": report.stage.in_(language),
        "joined": bool(evidence.joins or evidence.uplinks or evidence.activation),
        "uplinks": len(evidence.uplinks),
        "wanted": evidence.wanted,
        "waited_s": round(evidence.waited, 1),
        "findings": [one.as_json(language) for one in report.remarks],
        "margins": [msgspec.structs.asdict(one) for one in radio.margins(evidence)],
        "gateways": [_gateway(one) for one in radio.hearers(evidence)],
        "airtime_ms": None if spent is None else round(spent.longest, 3),
        "duty_percent": None if spent is None or spent.duty is None else round(spent.duty, 4),
        "duty_limit_percent": None if spent is None else spent.limit,
        "battery_percent": level,
        "external_power": external,
        "site": evidence.target.site or None,
        "model": next((one.understood.model for one in evidence.uplinks if one.understood.model), "") or None,
        "values": _values(evidence),
    }


def _gateway(one: radio.Hearer) -> dict[str, Any]:
    distance = None if one.distance is None else round(1000 * one.distance)
    return {
        "id": one.id, "name": one.name, "uplinks": one.uplinks, "rssi_dbm": one.rssi, "snr_db": one.snr,
        "distance_m": distance,
    }  # fmt: skip


def _values(evidence: Evidence) -> list[dict[str, Any]]:
    """Of the last uplink that has any."""
    last = next((one.understood.readings for one in reversed(evidence.uplinks) if one.understood.readings), ())
    return [
        {
            "quantity": one.quantity,
            "value": one.value,
            "unit": QUANTITIES[one.quantity].unit,
            "channel": one.channel,
            "plausible": one.value in QUANTITIES[one.quantity].plausible,
            "at": None if one.at is None else render(one.at),
        }
        for one in last
    ]
