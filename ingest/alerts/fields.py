"""What a rule can look at: every quantity, roll-up and index by its name, with unit and labels.

A quantity stands in the rows of readings as it is called; what an hour and a day come to in `<domain>_1h` and `_1d`,
what a map shows in `station`. So one name can stand in several kinds of rows, and a rule says in which.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from decoders.quantities import QUANTITIES, Label
from ingest.alerts.field_labels import INDICES, LIVE, PARTS, RADIO
from ingest.decoding.point import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from decoders.quantities import Kind, Quantity

Rows: TypeAlias = Literal["reading", "hour", "day", "station"]

_SPANS: Mapping[Rows, str] = {"hour": "1h", "day": "1d"}
_NEAR = 0.6


class Known(NamedTuple):
    """A field of rows.

    Attributes:
        rows: in which kind of rows it stands.
        kind: of the quantity; an index is a gauge, and 0 or 1 is a state.
        quantity: of the vocabulary, for its states; None of an index.
        of_device: it is of a device rather than of a place: radio and the device's own state.
    """

    measurement: str
    name: str
    rows: Rows
    unit: str
    label: Label
    kind: Kind
    quantity: Quantity | None = None
    of_device: bool = False


def find(name: str, rows: Rows | None = None) -> Known:
    """The field that a rule names.

    Args:
        name: as it is stored.
        rows: in which rows; may be left out where it stands in readings, or in one kind alone.

    Raises:
        ValueError: there is none, or it is not clear which; the message goes on after the name, with the remedy.
    """
    found = {one.rows: one for one in _by_name().get(name, ())}
    if not found:
        raise ValueError(f"is nothing that is stored; {_meant(name, rows)}")
    if rows is not None and rows not in found:
        raise ValueError(f'is not in the rows "{rows}"; {_places(found)}{_longer(name, rows)}')
    if rows is None and "reading" not in found and len(found) > 1:
        raise ValueError(f"is in several rows; {_places(found)}")
    return found[rows] if rows else found.get("reading") or next(iter(found.values()))


@cache
def known(measurement: str, name: str) -> Known | None:
    """The field of a row, by where it stands; None of one that no rule can name."""
    return next((one for one in _by_name().get(name, ()) if one.measurement == measurement), None)


def names() -> Iterable[str]:
    """Every name."""
    return _by_name().keys()


def _places(found: Mapping[Rows, Known]) -> str:
    return "write " + " or ".join(f'rows = "{one}"' for one in found)


def _longer(name: str, rows: Rows) -> str:
    """What the means and totals of a quantity are called."""
    parts = [
        one for one, places in _by_name().items() if one == f"{name}_mean" and rows in {each.rows for each in places}
    ]
    return f', or quantity = "{parts[0]}", for one' if parts else ""


def _meant(name: str, rows: Rows | None) -> str:
    sought = [one for one, places in _by_name().items() if rows is None or any(each.rows == rows for each in places)]
    near = get_close_matches(name, sought, n=3, cutoff=_NEAR)
    if near:
        return 'did you mean "{}"?'.format('" or "'.join(near))
    return "docs/decoders.md lists the quantities, docs/indices.md what is made of them"


@cache
def _by_name() -> Mapping[str, tuple[Known, ...]]:
    found: dict[str, tuple[Known, ...]] = {}
    for one in (*_readings(), *_radio(), *_rollups(), *_indices(), *_station()):
        others = found.setdefault(one.name, ())
        if all(other.measurement != one.measurement for other in others):
            found[one.name] = (*others, one)
    return found


def _readings() -> Iterator[Known]:
    for one in QUANTITIES.values():
        of_device = one.domain == "device"
        yield Known(one.domain, one.name, "reading", one.unit, one.label, one.kind, one, of_device)


def _radio() -> Iterator[Known]:
    for name, label in RADIO.items():
        kind: Kind = "event_count" if name.startswith("gap") or name == "airtime" else "gauge"
        yield Known("radio", name, "reading", FIELDS["radio"][name], label, kind, None, of_device=True)


def _indices() -> Iterator[Known]:
    for rows, domain, fields in INDICES:
        for name, unit, label in fields:
            yield Known(f"{domain}_{_SPANS[rows]}", name, rows, unit, label, _kind(name))


def _station() -> Iterator[Known]:
    for name, label in LIVE.items():
        yield Known("station", name, "station", FIELDS["station"][name], label, _kind(name))


def _kind(name: str) -> Kind:
    flag = name == "rain_least" or (name.endswith("_over") and not name.endswith("_hours_over"))
    return "state" if flag else "gauge"


def _rollups() -> Iterator[Known]:
    """Those of each quantity that have a meaning for its kind."""
    for one in QUANTITIES.values():
        for part, label, kinds in PARTS:
            if one.kind not in kinds:
                continue
            unit = "" if part in ("count", "coverage") else one.unit
            said = Label(label.vi.format(inner(one.label.vi)), label.en.format(inner(one.label.en)))
            for rows, span in _SPANS.items():
                yield Known(f"{one.domain}_{span}", f"{one.name}_{part}", rows, unit, said, "gauge")


def inner(label: str) -> str:
    """A label within a sentence: "Mực nước" begins small there, "PM2.5" and "VN_AQI" do not."""
    return label[:1].lower() + label[1:] if label[1:2].islower() or label[1:2].isspace() else label
