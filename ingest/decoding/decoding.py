"""From an entry of the journal to what every sink is to store of it, or to the reason why it cannot be stored. Pure.

The radio's row of an uplink is made whatever becomes of its payload: a device of unknown model is not a silent one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from decoders import catalog
from decoders.base import DecodeError
from decoders.catalog import UnknownModel
from decoders.quantities import QUANTITIES
from gateways import rfc3339
from gateways.uplink import MalformedEvent, Uplink
from ingest.decoding.moment import believable, choose
from ingest.decoding.notices import notice_points
from ingest.decoding.object_maps import ObjectMaps, read
from ingest.decoding.point import UNKNOWN, Point
from ingest.decoding.radio import radio_point

if TYPE_CHECKING:
    from collections.abc import Callable

    from decoders.base import Decoded, Decoder
    from decoders.object_map import ObjectMap
    from gateways.uplink import DeviceInfo, Message
    from ingest.devices import Metadata
    from ingest.journal.entry import Entry

_DOMAINS = {name: quantity.domain for name, quantity in QUANTITIES.items()}


_NO_MODEL = (
    "no model is known: set the tag `model` in ChirpStack, or the device's row in devices.csv; if its codec is in"
    " ChirpStack, map what that gives in [[decoders.object]]"
)
_ENCRYPTED = (
    "the payload is still encrypted: a join server keeps this device's AppSKey from ChirpStack; have it hand the key"
    " over to ChirpStack"
)

_MISDATED = "the device gives {} as the time of a value: its clock is not set"


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


class _Found(NamedTuple):
    """What is known under a model's name: its decoder, or why there is none; and the `model` tag."""

    tag: str
    decoder: Decoder | None
    reason: str = ""
    detail: str = ""


class Decoding:
    """Decodes by the mappings that are declared, else with the models that `resolve` names."""

    def __init__(self, resolve: Callable[[DeviceInfo, int], Metadata], maps: ObjectMaps | None = None) -> None:
        self._resolve = resolve
        self._maps = maps or ObjectMaps()
        self._find = lru_cache(maxsize=4096)(_find)  # its own: the next one may be given other decoders

    def __call__(self, entry: Entry, message: Message | MalformedEvent) -> Outcome:
        """What to store of an event, or why not."""
        if isinstance(message, Uplink):
            return self._uplink(entry, message)
        if isinstance(message, MalformedEvent):
            return Outcome("", (), message.reason, message.detail, entry.topic)
        return Outcome(message.kind, notice_points(message, entry, self._described))

    def _uplink(self, entry: Entry, uplink: Uplink) -> Outcome:
        metadata = self._resolve(uplink.device, entry.received_at)
        mapping = self._maps.find(metadata.model, uplink.device)
        model = mapping.model if mapping is not None else self._find(metadata.model).tag
        radio = radio_point(uplink, entry, metadata, model)
        if not uplink.payload and (mapping is None or not uplink.object):
            return Outcome("up", (radio,))
        points: list[Point] = []
        try:
            decoded = self._decoded(uplink, mapping, metadata.model)
            points, detail = domain_points(uplink, entry, metadata, model, decoded)
            reason = "device_time" if detail else ""
        except _Refused as error:
            reason, detail = error.reason, str(error)
        except DecodeError as error:
            reason, detail = error.kind, str(error)
        except Exception as error:  # noqa: BLE001  (a decoder's defect harms this event alone, and is kept with it)
            reason, detail = "decoder_defect", f"{type(error).__name__}: {error}"
        about = f"{uplink.device.dev_eui} {metadata.model or model}" if reason else ""
        return Outcome("up", (*points, radio), reason, detail, about)

    def _described(self, device: DeviceInfo, received_at: int) -> Metadata:
        """Whose an event is, with the `model` tag that the readings have."""
        metadata = self._resolve(device, received_at)
        mapping = self._maps.find(metadata.model, device)
        return metadata._replace(model=mapping.model if mapping is not None else self._find(metadata.model).tag)

    def _decoded(self, uplink: Uplink, mapping: ObjectMap | None, model: str) -> Decoded:
        """The readings; what is declared goes before every decoder."""
        if mapping is not None:
            return read(mapping, uplink.object)
        found = self._find(model)
        if found.decoder is None:
            raise _Refused(found.reason, found.detail)
        if uplink.encrypted:
            raise _Refused("encrypted", _ENCRYPTED)
        return catalog.decode(found.decoder, uplink.payload, uplink.f_port)


def _find(model: str) -> _Found:
    if not model:
        return _Found(UNKNOWN, None, "no_model", _NO_MODEL)
    try:
        decoder = catalog.find(model)
    except UnknownModel as error:
        return _Found(model, None, "unknown_model", str(error))
    except Exception as error:  # noqa: BLE001  (its module is read here: a broken one harms its own devices alone)
        return _Found(model, None, "decoder_defect", f"{type(error).__name__}: {error}")
    return _Found(decoder.key, decoder)


def domain_points(
    uplink: Uplink, entry: Entry, metadata: Metadata, model: str, decoded: Decoded
) -> tuple[list[Point], str]:
    """One point for each domain, channel and time among the readings; none for a time that cannot be.

    Returns:
        The points; and what is wrong with the first time that the device gave and that cannot be, "" where nothing is.
    """
    groups: dict[tuple[str, int, int | None], list[tuple[str, float]]] = {}
    group: tuple[str, int, int | None] | None = None
    fields: list[tuple[str, float]] = []
    for quantity, value, channel, at in decoded.readings:
        key = (_DOMAINS[quantity], channel, at)
        if key != group:  # the readings of a group mostly follow each other
            group, fields = key, groups.setdefault(key, [])
        fields.append((quantity, value))
    dev_eui, site, ward, received_at = uplink.device.dev_eui, metadata.site, metadata.ward, entry.received_at
    moment = choose(uplink, received_at)
    points: list[Point] = []
    misdated = ""
    for (domain, channel, at), fields in groups.items():
        if at is None:
            time, source, quality = moment.at, moment.source, moment.quality
        elif believable(at, received_at):
            time, source, quality = at, "device", "ok"
        else:
            misdated = misdated or _MISDATED.format(rfc3339.render(at))
            continue
        tags = (dev_eui, site, ward, model, str(channel))
        points.append(Point(domain, tags, tuple(fields), time, received_at, source, quality))
    return points, misdated
