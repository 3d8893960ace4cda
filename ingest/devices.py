"""The device directory: which site, ward and model an uplink belongs to.

Site and ward are what the registry says of the time at which the uplink was received. Else each of the three is what
devices.csv says; else what the network server's tag of that name says; else, for the model, what `[decoders] profiles`
says of the device profile. Names that change are no tags: only these three leave here.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from decoders.base import plain, unmarked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateways.uplink import DeviceInfo

UNASSIGNED = "unassigned"
FIELDS = ("site", "ward", "model")
LONGEST = 128
"""Characters of a tag's value."""

EVER, FOREVER = -(1 << 63), (1 << 63) - 1
"""Since when and until when, ns UTC, where there is no bound."""

LATEST = FOREVER - 1
"""As of now: the last moment there is."""

_READ_OF_TAG = 1024  # characters: what is behind them cannot matter to the first 128, and hostile tags are long
_INVISIBLE = ("Cc", "Cf", "Cs")  # control, format (zero width, direction), halves of a surrogate pair
_CACHED_DEVICES = 20_000  # about 500 bytes each; past it a look-up costs some 2 us more
_CACHED_TEXT = 512  # characters a device: longer tags are cleaned anew each time rather than kept
_POOLED = 10_000  # distinct values whose one copy is shared between devices


class Metadata(NamedTuple):
    """Whose an uplink is. `site` and `ward` are never empty; `model` is "" where nobody said."""

    site: str
    ward: str
    model: str


class Device(NamedTuple):
    """A row of devices.csv; "" and None where it says nothing.

    Attributes:
        latitude: degrees north.
        longitude: degrees east.
        extra: the columns that we do not know, by their headers, where filled.
    """

    dev_eui: str
    site: str = ""
    ward: str = ""
    model: str = ""
    name: str = ""
    latitude: float | None = None
    longitude: float | None = None
    extra: tuple[tuple[str, str], ...] = ()


class Stay(NamedTuple):
    """A device's time at a site, as the registry says it.

    Attributes:
        ward: its name; "" where the site has none.
        since: ns UTC.
        until: ns UTC; not included.
    """

    site: str
    ward: str
    since: int
    until: int


_NOWHERE = Stay("", "", EVER, FOREVER)


_Seen = tuple[str | None, ...]  # profile id, profile name, and the tags site, ward, model: all that an answer rests on


class Directory:
    """Resolves devices. One thread calls it; after a change of file or configuration a new one is made.

    Attributes:
        conflicts: for each of `FIELDS` the DevEUIs of which registry, csv row and tag now say different things.

    Args:
        devices: the rows of devices.csv.
        profiles: the model of a device profile, by its name or id.
        stays: those of each device in the order of time, none before the one before has ended.
    """

    def __init__(
        self,
        devices: Sequence[Device] = (),
        profiles: Mapping[str, str] | None = None,
        stays: Mapping[str, Sequence[Stay]] | None = None,
    ) -> None:
        self._devices = {device.dev_eui: device for device in devices}
        self._profiles = {clean(name): clean(model) for name, model in (profiles or {}).items()}
        self._stays = stays or {}
        self._cache: dict[str, tuple[_Seen, int, int, Metadata]] = {}
        self._pool: dict[str, str] = {}
        self.conflicts: dict[str, set[str]] = {field: set() for field in FIELDS}

    def device(self, dev_eui: str) -> Device | None:
        """The row of devices.csv."""
        return self._devices.get(dev_eui)

    def stay(self, dev_eui: str, at: int = LATEST) -> Stay:
        """Where the registry has a device at a time, and from when to when it is so.

        `site` is "" where the registry does not know the device, or not yet. A device that has left its site is
        unassigned: what devices.csv or a tag may still say of it is older than that.
        """
        stays = self._stays.get(dev_eui)
        if not stays:
            return _NOWHERE
        place = bisect_right(stays, at, key=_since)
        if not place:
            return Stay("", "", EVER, stays[0].since)
        last = stays[place - 1]
        if at < last.until:
            return last
        return Stay(UNASSIGNED, UNASSIGNED, last.until, stays[place].since if place < len(stays) else FOREVER)

    def resolve(self, info: DeviceInfo, at: int = LATEST) -> Metadata:
        """Site, ward and model of a device as its event describes it, and as they were when that was received.

        Args:
            info: what the event says of the device.
            at: `received_at`, ns UTC.
        """
        tags = info.tags.get
        seen = (info.profile_id, info.profile_name, tags("site"), tags("ward"), tags("model"))
        known = self._cache.get(info.dev_eui)
        if known is not None and known[0] == seen and known[1] <= at < known[2]:
            return known[3]
        return self._settle(info.dev_eui, seen, at)

    def _settle(self, dev_eui: str, seen: _Seen, at: int) -> Metadata:
        row = self._devices.get(dev_eui, Device(dev_eui))
        stay = self.stay(dev_eui, at)
        noted = stay.until == FOREVER  # what contradicts itself in the past alone, nobody has to mend
        site = self._choose("site", dev_eui, (stay.site, row.site, seen[2]), noted=noted)
        ward = self._choose("ward", dev_eui, (stay.ward, row.ward, seen[3]), noted=noted)
        model = self._choose("model", dev_eui, ("", row.model, seen[4]), noted=noted) or self._of_profile(seen)
        metadata = Metadata(site or UNASSIGNED, ward or UNASSIGNED, model)
        if sum(len(text) for text in seen if text) <= _CACHED_TEXT:
            if len(self._cache) >= _CACHED_DEVICES:
                self._cache.clear()
            kept = tuple(None if text is None else self._pooled(text) for text in seen)
            self._cache[dev_eui] = (kept, stay.since, stay.until, Metadata(*map(self._pooled, metadata)))
        return metadata

    def _choose(self, field: str, dev_eui: str, offered: tuple[str, str, str | None], *, noted: bool) -> str:
        """What the registry says, else devices.csv, else the tag; whether they differ is noted."""
        registered, listed, tag = offered
        said = [text for text in (registered, listed, clean(tag) if tag else "") if text]
        if noted and any(not _same(field, other, said[0]) for other in said[1:]):
            self.conflicts[field].add(dev_eui)
        elif noted:
            self.conflicts[field].discard(dev_eui)
        return said[0] if said else ""

    def _of_profile(self, seen: _Seen) -> str:
        if not self._profiles:
            return ""
        by_id, by_name = (self._profiles.get(clean(text or "")) for text in seen[:2])
        return by_id or by_name or ""

    def _pooled(self, text: str) -> str:
        if len(self._pool) >= _POOLED:
            self._pool.clear()
        return self._pool.setdefault(text, text)


def _since(stay: Stay) -> int:
    return stay.since


def clean(text: str) -> str:
    """A value as a tag may carry it: NFC, one line, nothing invisible, at most `LONGEST` characters.

    A backslash at its end, which line protocol cannot carry, becomes `_`, for every sink alike.
    """
    text = _one_line(text)
    if not text.endswith("\\"):  # which every uplink pays for, and none needs more
        return text
    whole = text.rstrip("\\")
    return whole + "_" * (len(text) - len(whole))


def _one_line(text: str) -> str:
    if len(text) <= LONGEST and text.isprintable() and unicodedata.is_normalized("NFC", text):
        return " ".join(text.split())
    seen = (char for char in text[:_READ_OF_TAG] if char.isspace() or unicodedata.category(char) not in _INVISIBLE)
    text = " ".join(unicodedata.normalize("NFC", "".join(seen)).split())
    return text[:LONGEST].strip()


_KINDS = ("phuong ", "xa ", "dac khu ", "p ")
_SUFFIXES = (" ward", " commune")


@lru_cache(maxsize=4096)
def ward_name(text: str) -> str:
    """A ward's name without what people write in several ways: marks, case, hyphens, `Phường` or `Xã` before it."""
    name = "".join(char if char.isalnum() else " " for char in unmarked(text).casefold())
    name = " ".join(name.split())
    for kind in _KINDS:
        name = name.removeprefix(kind)
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    return name


def _same(field: str, one: str, other: str) -> bool:
    """Case is no conflict; two spellings under which a model is found are none: `milesight/em300_th` and its name."""
    if one == other:
        return True
    if field == "ward":
        return ward_name(one) == ward_name(other)
    if field == "model":
        return plain(one) == plain(other)
    return one.casefold() == other.casefold()
