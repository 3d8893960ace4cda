"""The device directory: which site, ward and model an uplink belongs to.

Each of the three is what devices.csv says; else what the network server's tag of that name says; else, for the model,
what `[decoders] profiles` says of the device profile. Names that change are no tags: only these three leave here.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from ingest.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from gateways.uplink import DeviceInfo

UNASSIGNED = "unassigned"
FIELDS = ("site", "ward", "model")
LONGEST = 128
"""Characters of a tag's value."""

_COLUMNS = ("dev_eui", "model", "site", "ward", "name", "latitude", "longitude")
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


class Problem(NamedTuple):
    """A row, or a part of it, that is not used."""

    line: int
    message: str
    hint: str


class Sheet(NamedTuple):
    """What a devices.csv holds: the devices that can be used, and what could not be."""

    devices: tuple[Device, ...] = ()
    problems: tuple[Problem, ...] = ()


_Seen = tuple[str | None, ...]  # profile id, profile name, and the tags site, ward, model: all that an answer rests on


class Directory:
    """Resolves devices. One thread calls it; after a change of file or configuration a new one is made.

    Attributes:
        conflicts: for each of `FIELDS` the DevEUIs whose csv row and tag now say different things; the csv is used.
    """

    def __init__(self, devices: Sequence[Device] = (), profiles: Mapping[str, str] | None = None) -> None:
        self._devices = {device.dev_eui: device for device in devices}
        self._profiles = {clean(name): clean(model) for name, model in (profiles or {}).items()}
        self._cache: dict[str, tuple[_Seen, Metadata]] = {}
        self._pool: dict[str, str] = {}
        self.conflicts: dict[str, set[str]] = {field: set() for field in FIELDS}

    def device(self, dev_eui: str) -> Device | None:
        """The row of devices.csv."""
        return self._devices.get(dev_eui)

    def resolve(self, info: DeviceInfo) -> Metadata:
        """Site, ward and model of a device as its event describes it."""
        tags = info.tags.get
        seen = (info.profile_id, info.profile_name, tags("site"), tags("ward"), tags("model"))
        known = self._cache.get(info.dev_eui)
        if known is not None and known[0] == seen:
            return known[1]
        return self._settle(info.dev_eui, seen)

    def _settle(self, dev_eui: str, seen: _Seen) -> Metadata:
        row = self._devices.get(dev_eui, Device(dev_eui))
        site = self._choose("site", row, seen[2])
        ward = self._choose("ward", row, seen[3])
        model = self._choose("model", row, seen[4]) or self._of_profile(seen)
        metadata = Metadata(site or UNASSIGNED, ward or UNASSIGNED, model)
        if sum(len(text) for text in seen if text) <= _CACHED_TEXT:
            if len(self._cache) >= _CACHED_DEVICES:
                self._cache.clear()
            kept = tuple(None if text is None else self._pooled(text) for text in seen)
            self._cache[dev_eui] = (kept, Metadata(*map(self._pooled, metadata)))
        return metadata

    def _choose(self, field: str, row: Device, tag: str | None) -> str:
        said: str = getattr(row, field)
        tagged = clean(tag) if tag else ""
        if said:
            if tagged and not _same(field, tagged, said):
                self.conflicts[field].add(row.dev_eui)
            else:
                self.conflicts[field].discard(row.dev_eui)
        return said or tagged

    def _of_profile(self, seen: _Seen) -> str:
        if not self._profiles:
            return ""
        by_id, by_name = (self._profiles.get(clean(text or "")) for text in seen[:2])
        return by_id or by_name or ""

    def _pooled(self, text: str) -> str:
        if len(self._pool) >= _POOLED:
            self._pool.clear()
        return self._pool.setdefault(text, text)


def clean(text: str) -> str:
    """A value as a tag may carry it: NFC, one line, nothing invisible, at most `LONGEST` characters.

    A backslash at its end, which line protocol cannot carry, becomes `_`, for every sink alike.
    """
    if text.endswith("\\"):
        whole = text.rstrip("\\")
        return clean(whole + "_" * min(LONGEST, len(text) - len(whole)))
    if len(text) <= LONGEST and text.isprintable() and unicodedata.is_normalized("NFC", text):
        return " ".join(text.split())
    seen = (char for char in text[:_READ_OF_TAG] if char.isspace() or unicodedata.category(char) not in _INVISIBLE)
    text = " ".join(unicodedata.normalize("NFC", "".join(seen)).split())
    return text[:LONGEST].strip()


def _same(field: str, one: str, other: str) -> bool:
    """Case is no conflict; in a model's name nor are separators: `milesight/em300_th` is `Milesight EM300-TH`."""
    ignored = dict.fromkeys(map(ord, " -_/")) if field == "model" else {}
    return one.casefold().translate(ignored) == other.casefold().translate(ignored)


def read(path: Path) -> Sheet:
    """Read a devices.csv.

    Raises:
        ConfigError: nothing of it can be used.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as exc:
        raise ConfigError(f"{path}: cannot be read: {exc.strerror}", "correct file in [devices]") from exc
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{path}: is not UTF-8", 'save it as "CSV UTF-8 (comma delimited)"') from exc
    try:
        return parse(text)
    except ConfigError as exc:
        raise ConfigError(f"{path}: {exc}", exc.hint) from exc


def parse(text: str) -> Sheet:
    """The content of a devices.csv: a header line, then a device a line; ",", ";" or tab between the columns.

    Raises:
        ConfigError: the header has no dev_eui.
    """
    text = text.removeprefix("\ufeff")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    devices: dict[str, Device] = {}
    problems: list[Problem] = []
    header: list[str] = []
    for line, cells in _rows(text, delimiter, problems):
        if header:
            surplus = any(cell.strip() for cell in cells[len(header) :])
            _take(line, dict(zip(header, cells, strict=False)), devices, problems, surplus=surplus)
        else:
            header = [cell.strip().lower() for cell in cells]
    if "dev_eui" not in header:
        raise ConfigError("has no column dev_eui", f"begin it with the line {','.join(_COLUMNS)}")
    return Sheet(tuple(devices.values()), tuple(problems))


def _rows(text: str, delimiter: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            problems.append(Problem(line, f"cannot be read: {exc}", 'check the quotes: "..." around a whole cell only'))
            continue
        if any(cell.strip() for cell in cells):
            yield line, cells


def _take(
    line: int, row: Mapping[str, str], devices: dict[str, Device], problems: list[Problem], *, surplus: bool
) -> None:
    given = row.get("dev_eui", "")
    dev_eui = given.strip().lower().removeprefix("0x").translate(dict.fromkeys(map(ord, " :-.")))
    if surplus:
        problems.append(Problem(line, "has more cells than the header", 'put "..." around a cell that holds a comma'))
    elif len(dev_eui) != 16 or not set(dev_eui) <= set("0123456789abcdef"):  # noqa: PLR2004
        hint = "format the column as text: the spreadsheet made a number of it" if "e+" in given.lower() else ""
        hint = hint or "write the 16 hex digits that stand on the device's label"
        problems.append(Problem(line, f'dev_eui "{clean(given)}" is no DevEUI', hint))
    elif dev_eui in devices:
        problems.append(Problem(line, f"dev_eui {dev_eui} stands on an earlier line too", "keep one of them"))
    else:
        latitude, longitude = _position(line, row, problems)
        extra = tuple((key, value.strip()) for key, value in row.items() if key not in _COLUMNS and value.strip())
        site, ward, model, name = (clean(row.get(key, "")) for key in ("site", "ward", "model", "name"))
        devices[dev_eui] = Device(dev_eui, site, ward, model, name, latitude, longitude, extra)


def _position(line: int, row: Mapping[str, str], problems: list[Problem]) -> tuple[float, float] | tuple[None, None]:
    latitude, longitude = (row.get(key, "").strip().replace(",", ".") for key in ("latitude", "longitude"))
    if not latitude and not longitude:
        return None, None
    try:
        position = float(latitude), float(longitude)
    except ValueError:
        position = None
    if position is None or not (abs(position[0]) <= 90 and abs(position[1]) <= 180):  # noqa: PLR2004
        message = f'latitude "{clean(latitude)}", longitude "{clean(longitude)}" is no position; the rest is used'
        problems.append(Problem(line, message, "write degrees such as 16.0544 and 108.2022"))
        return None, None
    return position
