"""From an entry of the journal to what every sink is to store of it, or to the reason why it cannot be stored. Pure.

The radio's row of an uplink is made whatever becomes of its payload: a device of unknown model is not a silent one.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

import msgspec

from decoders import catalog
from decoders.base import DecodeError
from decoders.catalog import UnknownModel
from decoders.quantities import QUANTITIES
from gateways import rfc3339
from gateways.uplink import MalformedEvent, Uplink
from ingest.devices import clean
from ingest.moment import believable, choose, spread
from ingest.point import Point

if TYPE_CHECKING:
    from collections.abc import Callable

    from decoders.base import Decoded, Decoder
    from gateways.uplink import DeviceInfo, Message, RadioLink
    from ingest.devices import Metadata
    from ingest.entry import Entry

UNKNOWN = "unknown"
"""The `model` tag of a device whose model nobody said, and the `gateway` tag of an uplink that names none."""

_DOMAINS = {name: quantity.domain for name, quantity in QUANTITIES.items()}


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What an event comes to.

    Attributes:
        kind: what it is counted as once it is stored: `up`, `join`, `status` …
        points: what is to be stored, also of an uplink that cannot be decoded.
        reason: "" or the word for why it goes to quarantine.
        detail: one line for a person.
        subject: whom it is about: DevEUI and model, or the topic.
    """

    kind: str
    points: tuple[Point, ...] = ()
    reason: str = ""
    detail: str = ""
    subject: str = ""


class _Refused(Exception):  # noqa: N818  (never leaves this module)
    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Decoding:
    """Decodes with the models that `resolve` names."""

    def __init__(self, resolve: Callable[[DeviceInfo], Metadata]) -> None:
        self._resolve = resolve
        self._found: dict[str, tuple[str, Decoder]] = {}

    def __call__(self, entry: Entry, message: Message | MalformedEvent) -> Outcome:
        """What to store of an event, or why not."""
        if isinstance(message, Uplink):
            return self._uplink(entry, message)
        if isinstance(message, MalformedEvent):
            return Outcome("", (), message.reason, message.detail, entry.topic)
        return Outcome(message.kind)

    def _uplink(self, entry: Entry, uplink: Uplink) -> Outcome:
        metadata = self._resolve(uplink.device)
        try:
            model, decoder = self._decoder(metadata.model)
        except _Refused as error:
            radio = radio_point(uplink, entry, metadata, metadata.model or UNKNOWN)
            if not uplink.payload:
                return Outcome("up", (radio,))
            return Outcome("up", (radio,), error.reason, str(error), subject(uplink, metadata))
        radio = radio_point(uplink, entry, metadata, model)
        if not uplink.payload:
            return Outcome("up", (radio,))
        try:
            decoded = catalog.decode(decoder, uplink.payload, uplink.f_port)
            points = domain_points(uplink, entry, metadata, model, decoded)
        except DecodeError as error:
            reason, detail = error.kind, str(error)
        except Exception as error:  # noqa: BLE001  (a decoder's defect harms this event alone, and is kept with it)
            reason, detail = "decoder_defect", f"{type(error).__name__}: {error}"
        else:
            detail = _misdated(decoded, entry.received_at)
            if not detail:
                return Outcome("up", (*points, radio))
            return Outcome("up", (*points, radio), "device_time", detail, subject(uplink, metadata))
        return Outcome("up", (radio,), reason, detail, subject(uplink, metadata))

    def _decoder(self, model: str) -> tuple[str, Decoder]:
        """The decoder of a model's name, and its key."""
        found = self._found.get(model)
        if found is None:
            decoder = _find(model)
            found = self._found[model] = (decoder.key, decoder)
        return found


def _find(model: str) -> Decoder:
    if not model:
        raise _Refused(
            "no_model", "no model is known: set the tag `model` in ChirpStack, or the device's row in devices.csv"
        )
    try:
        return catalog.find(model)
    except UnknownModel as error:
        raise _Refused("unknown_model", str(error)) from error


def subject(uplink: Uplink, metadata: Metadata) -> str:
    """Whom a case is about."""
    return f"{uplink.device.dev_eui} {metadata.model or UNKNOWN}"


def domain_points(uplink: Uplink, entry: Entry, metadata: Metadata, model: str, decoded: Decoded) -> list[Point]:
    """One point for each domain, channel and time among the readings; none for a time that cannot be."""
    groups: dict[tuple[str, int, int | None], list[tuple[str, float]]] = {}
    for quantity, value, channel, at in decoded.readings:
        key = (_DOMAINS[quantity], channel, at)
        fields = groups.get(key)
        if fields is None:
            groups[key] = [(quantity, value)]
        else:
            fields.append((quantity, value))
    dev_eui, site, ward, received_at = uplink.device.dev_eui, metadata.site, metadata.ward, entry.received_at
    moment = choose(uplink, received_at)
    points = []
    for (domain, channel, at), fields in groups.items():
        if at is None:
            time, source, quality = moment
        elif believable(at, received_at):
            time, source, quality = at, "device", "ok"
        else:
            continue  # `_misdated` says so
        tags = (dev_eui, site, ward, model, str(channel))
        points.append(Point(domain, tags, tuple(fields), time, received_at, source, quality))
    return points


def _misdated(decoded: Decoded, received_at: int) -> str:
    """What is wrong with a time that the device gave; "" where nothing is."""
    for reading in decoded.readings:
        if reading.at is not None and not believable(reading.at, received_at):
            return f"the device gives {rfc3339.render(reading.at)} as the time of a value: its clock is not set"
    return ""


def radio_point(uplink: Uplink, entry: Entry, metadata: Metadata, model: str) -> Point:
    """How the network heard an uplink: the best gateway's figures."""
    fields: list[tuple[str, float | str]] = [
        ("f_cnt", float(uplink.f_cnt)),
        ("gap", float(entry.gap)),
        ("gateways", float(_gateways(uplink))),
    ]
    if uplink.spreading_factor:
        fields.append(("sf", float(uplink.spreading_factor)))
    best = _best(uplink.links)
    if best is not None:
        if isfinite(best.rssi):
            fields.append(("rssi", best.rssi))
        if best.snr is not None and isfinite(best.snr):
            fields.append(("snr", best.snr))
    gateway = (best is not None and clean(best.gateway)) or UNKNOWN
    tags = (uplink.device.dev_eui, metadata.site, metadata.ward, model, gateway)
    time = spread(entry.received_at, uplink.f_cnt)
    return Point("radio", tags, tuple(fields), time, entry.received_at, "server")


def _best(links: tuple[RadioLink, ...]) -> RadioLink | None:
    """The reception with the best signal; of equals the first gateway by name, since their order is random."""
    if len(links) == 1:
        return links[0]
    return min(links, key=lambda link: (-(link.snr or 0.0), -link.rssi, link.gateway), default=None)


def _gateways(uplink: Uplink) -> int:
    if len(uplink.links) == 1:
        return 1
    return len({link.gateway for link in uplink.links})
