"""Why a device is not heard: what is wrong on the server, what it said of a join, and what it dropped in silence. Pure.

ChirpStack tells of a wrong key and of a used nonce. A join request of a device that is unknown, disabled, without keys
or of another region it drops without a word: only the frames of the gateways that heard it show that it was there. A
frame on a channel that the region does not have, or that other people's gateways alone heard, leaves nothing at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.onboarding.check.evidence import SECOND
from ingest.onboarding.check.remark import Remark, remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.onboarding.check.evidence import Evidence, Frame

GRACE = 5 * SECOND
"""From a frame to the event of it: ChirpStack collects copies for 0.2 s, and streams are read once a second."""

UNHEARD_ACCEPTS = 3
"""Joins without an uplink after which nobody hopes any more: a device speaks some seconds after its join."""

STUBBORN_NONCES = 3

REFUSED = ("UPLINK_MIC", "OTAA")
"""Log codes of a join that the server did not accept: a wrong key, a used nonce."""

HOME = "AS923_2"
"""The region of Việt Nam (RP002)."""


def setup(evidence: Evidence) -> Iterator[Remark]:
    """What can be seen before the device says a word."""
    device, profile = evidence.device, evidence.profile
    if device is None:
        yield _unknown(evidence)
        return
    if device.disabled:
        yield remark("fail", "disabled")
    if profile is None:
        return
    if profile.otaa:
        yield from _keys(evidence)
    elif evidence.activation is None:
        yield remark("fail", "abp_not_activated")
    yield from _region(evidence)


def joining(evidence: Evidence) -> Iterator[Remark]:
    """What the server said of its joins, and what it did not say."""
    if evidence.device is None or evidence.uplinks:
        return
    last = max(evidence.joins, default=-1)
    logs = [one for one in evidence.logs if one.at > last]
    if any(one.code == "UPLINK_MIC" for one in logs):
        yield remark("fail", "wrong_key")
    if nonces := sum(one.code == "OTAA" for one in logs):
        yield remark("fail", "nonce_used", count=nonces, dev_eui=evidence.target.dev_eui)
    if len(evidence.joins) >= UNHEARD_ACCEPTS or (evidence.over and len(evidence.joins) > 1):
        yield remark("fail", "accept_unheard", count=len(evidence.joins))
    if any(one.code == "UPLINK_F_CNT_RESET" for one in evidence.logs):
        yield remark("fail", "counter_reset")
    yield from _dropped(evidence)


def silence(evidence: Evidence) -> Iterator[Remark]:
    """Where the time is over and nothing was heard at all: the one verdict that lists what it can be."""
    heard = evidence.uplinks or evidence.joins or evidence.logs or evidence.frames or evidence.status
    if not evidence.over or heard or evidence.refused:
        return
    states = [gateway.state for gateway in evidence.gateways.values()]
    if states and "online" not in states:
        yield remark("fail", "gateways_offline", count=len(states))
    elif not states:
        yield remark("fail", "no_gateway")
    elif evidence.device is None:
        return  # that it is unknown says it all
    elif evidence.full:
        yield remark("fail", "silent", seconds=round(evidence.waited))
    else:
        yield remark("note", "silent_so_far", seconds=round(evidence.waited))


def hearing(evidence: Evidence) -> Iterator[Remark]:
    """What may have been missed: of use where a device was not heard as it should be."""
    if evidence.refused:
        yield remark("fail" if evidence.over else "warn", "events_refused", why=evidence.refused)
    if evidence.uplinks:
        return
    crowded = sorted(_name(evidence, one) for one, ear in evidence.ears.items() if ear.crowded)
    if crowded:
        yield remark("note", "crowded", gateways=", ".join(crowded))
    refused = sorted(_name(evidence, one) for one, ear in evidence.ears.items() if ear.refused)
    if refused:
        yield remark("note", "deaf", gateways=", ".join(refused))
    online = [one.id for one in evidence.gateways.values() if one.state == "online"]
    if left := sum(one not in evidence.ears for one in online):
        yield remark("note", "not_listened", count=left)


def _unknown(evidence: Evidence) -> Remark:
    heard = [one for one in evidence.frames if one.join]
    if heard:
        return remark("fail", "unknown_heard", gateways=_names(evidence, heard))
    return remark("fail", "unknown")


def _keys(evidence: Evidence) -> Iterator[Remark]:
    both = bool(evidence.profile and evidence.profile.mac_version.startswith("1.1"))
    if evidence.keys in ("none", "zero"):
        yield remark("fail", "no_keys")
    elif evidence.keys == "only_app_key":
        yield remark("fail", "no_nwk_key" if both else "key_misplaced")


def _region(evidence: Evidence) -> Iterator[Remark]:
    """A gateway may say its region with each frame; the device's own frames are the proof."""
    if evidence.profile is None or evidence.uplinks or evidence.joins:
        return
    mine = evidence.profile.region
    own = {one.region for one in evidence.frames if one.region}
    others = {ear.region for ear in evidence.ears.values() if ear.region}
    if regions := own or others:
        if mine not in regions:
            yield remark("fail", "wrong_region", mine=mine, theirs=", ".join(sorted(regions)))
    elif mine != HOME:
        # ChirpStack 4.20 names no region in frames: a join that it dropped is the proof there.
        dropped = any(one.join for one in _untold(evidence))
        yield remark("fail" if dropped else "warn", "foreign_region", mine=mine, home=HOME)


def _dropped(evidence: Evidence) -> Iterator[Remark]:
    """Frames that were heard, and of which the server has said nothing in time."""
    silent = _untold(evidence)
    joins, data = [one for one in silent if one.join], [one for one in silent if not one.join]
    otaa = evidence.profile is None or evidence.profile.otaa
    if joins and not otaa:
        yield remark("fail", "joins_but_abp", gateways=_names(evidence, joins))
    elif joins and not any(one.level == "fail" for one in setup(evidence)):
        yield remark("fail", "join_dropped", gateways=_names(evidence, joins))
    elif joins:
        yield remark("note", "join_heard", gateways=_names(evidence, joins))
    if data:
        yield remark("fail", "data_dropped_otaa" if otaa else "data_dropped_abp", gateways=_names(evidence, data))


def _untold(evidence: Evidence) -> list[Frame]:
    told = sorted([*evidence.joins, *(one.at for one in evidence.logs)])
    return [one for one in evidence.frames if one.at + GRACE <= evidence.now and not _near(one.at, told)]


def _near(at: int, told: list[int]) -> bool:
    return any(abs(one - at) <= GRACE for one in told)


def _names(evidence: Evidence, frames: list[Frame]) -> str:
    return ", ".join(sorted({_name(evidence, one.gateway) for one in frames}))


def _name(evidence: Evidence, gateway: str) -> str:
    known = evidence.gateways.get(gateway)
    return known.name or gateway if known else gateway
