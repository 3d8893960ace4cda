"""From an item of a stream to what it adds to the evidence. Pure; an item that cannot be read adds nothing."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import msgspec

from gateways.chirpstack import json_events
from gateways.uplink import MalformedEvent, Status, Uplink
from ingest.onboarding.check.evidence import SECOND, Ear, Evidence, Frame, LogLine, Spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateways.chirpstack.admin.answers import StreamItem
    from ingest.onboarding.check.payload import Reader

CROWD = 10
"""Items of one stream in a second: ChirpStack lets through no more, and says nothing of what it leaves out."""

_DATA = ("UnconfirmedDataUp", "ConfirmedDataUp")
_KEPT = 64  # frames and logs of a device: a device that is stuck repeats itself


def event(evidence: Evidence, item: StreamItem, reader: Reader) -> Evidence:
    """With an item of the device's events."""
    if item.what == "up":
        return _up(evidence, item, reader)
    if item.what == "join":
        address = item.properties.get("DevAddr") or str(item.body.get("devAddr", ""))
        known = evidence.dev_addrs | {address.lower()} if address else evidence.dev_addrs
        joins = (*evidence.joins, item.at)[-_KEPT:]
        return msgspec.structs.replace(evidence, joins=joins, dev_addrs=known)
    if item.what == "log":
        return msgspec.structs.replace(evidence, logs=(*evidence.logs, _log(item))[-_KEPT:])
    if item.what == "status" and isinstance(status := _message("status", item), Status):
        return msgspec.structs.replace(evidence, status=status)
    return evidence


def frame(evidence: Evidence, gateway: str, item: StreamItem) -> Evidence:
    """With an item of a gateway's frames; only the device's own leave more than a count."""
    ears = {**evidence.ears, gateway: ear(evidence.ears.get(gateway, Ear()), item)}
    evidence = msgspec.structs.replace(evidence, ears=ears)
    join = item.what == "JoinRequest" and item.properties.get("DevEUI", "").lower() == evidence.target.dev_eui
    data = item.what in _DATA and item.properties.get("DevAddr", "").lower() in evidence.dev_addrs
    if not (join or data):
        return evidence
    return msgspec.structs.replace(evidence, frames=(*evidence.frames, _frame(gateway, item, join=join))[-_KEPT:])


def _up(evidence: Evidence, item: StreamItem, reader: Reader) -> Evidence:
    uplink = _message("up", item)
    if not isinstance(uplink, Uplink) or any(_same(uplink, one.uplink) for one in evidence.uplinks):
        return evidence
    spoken = Spoken(item.at, uplink, reader.read(uplink, evidence.target.model))
    uplinks = tuple(sorted((*evidence.uplinks, spoken), key=lambda one: one.at))
    return msgspec.structs.replace(evidence, uplinks=uplinks, dev_addrs=evidence.dev_addrs | ({uplink.dev_addr} - {""}))


def _same(one: Uplink, other: Uplink) -> bool:
    return bool(one.identity) and one.identity == other.identity


def _message(kind: str, item: StreamItem) -> object:
    try:
        return json_events.read(kind, msgspec.json.encode(item.body))
    except MalformedEvent:
        return None


def _log(item: StreamItem) -> LogLine:
    def of(name: str) -> str:
        return str(item.properties.get(name.capitalize()) or item.body.get(name, ""))

    return LogLine(item.at, of("code"), of("level"), of("description"))


def ear(before: Ear, item: StreamItem) -> Ear:
    """With one item more; the last `CROWD` times tell whether they came as fast as they can."""
    times = (*before.times, item.at)[-CROWD:]
    full = len(times) == CROWD and max(times) - min(times) < SECOND
    region = next((_region(one) for one in _receptions(item.body) if _region(one)), before.region)
    return msgspec.structs.replace(
        before, times=times, frames=before.frames + is_up(item), region=region, crowded=before.crowded or full
    )


def is_up(item: StreamItem) -> bool:
    """Whether a frame came from a device; a gateway's stream shows what it sends, too."""
    return item.what != "JoinAccept" and not item.what.endswith("Down")


def spreading_factor(item: StreamItem) -> int:
    """Of a frame; 0 where it does not say."""
    return _whole(_lora(_sent(item)).get("spreadingFactor"))


def _frame(gateway: str, item: StreamItem, *, join: bool) -> Frame:
    """The reception of this gateway; where the frame names none, what is said of sending alone."""
    receptions = _receptions(item.body)
    own = next((one for one in receptions if one.get("gatewayId") == gateway), next(iter(receptions), {}))
    return Frame(
        gateway=gateway,
        at=item.at,
        join=join,
        region=_region(own),
        frequency=_whole(_sent(item).get("frequency")),
        spreading_factor=spreading_factor(item),
        snr=_number(own.get("snr", 0.0)) if own else None,
    )


def _sent(item: StreamItem) -> Mapping[str, Any]:
    return _mapping(item.body.get("tx_info") or item.body.get("txInfo"))


def _lora(sent: Mapping[str, Any]) -> Mapping[str, Any]:
    return _mapping(_mapping(sent.get("modulation")).get("lora"))


def _receptions(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = body.get("rx_info") or body.get("rxInfo")
    several = found if isinstance(found, list) else [found]
    return [one for one in several if isinstance(one, dict)]


def _region(reception: Mapping[str, Any]) -> str:
    return str(_mapping(reception.get("metadata")).get("region_common_name", ""))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and isfinite(value) else None
