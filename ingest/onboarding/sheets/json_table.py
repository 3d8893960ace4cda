"""JSON to cells: objects one after another, as The Things Stack exports them, or an array of them.

A column is the path of a value. Numbers stay as they are written, since a float has lost digits of an EUI already.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from ingest.i18n import said
from ingest.onboarding.sheets.cell import MAX_ROWS, Cell, Record, Table, bounded, too_many
from ingest.onboarding.sheets.row import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

_BETWEEN = re.compile(r"[\s,]*")
_LISTS = ("devices", "end_devices", "result", "items", "data")
"""What wraps a list of devices."""

_DEEPEST = 8


class _Number(str):
    """A number, as it is written."""

    __slots__ = ()


class _Pairs(NamedTuple):
    """An object, with a name that comes twice."""

    pairs: list[tuple[str, object]]


class _Device(NamedTuple):
    line: int
    cells: list[tuple[str, Cell]]


def table(text: str) -> Table:
    """The devices of a JSON text; the first record has the paths.

    Raises:
        Unreadable: it is no JSON, or no devices.
    """
    try:
        devices = list(islice(_devices(text), MAX_ROWS + 1))
    except (ValueError, RecursionError) as error:
        line = text.count("\n", 0, error.pos) + 1 if isinstance(error, json.JSONDecodeError) else 1
        raise Unreadable(said("sheets.json", line=line), said("sheets.json_do")) from error
    if len(devices) > MAX_ROWS:
        raise too_many()
    titles: dict[tuple[str, int], int] = {}
    placed = [(one.line, _placed(one.cells, titles)) for one in devices]
    header = Record(1, tuple(Cell(path) for path, _ in titles))
    rows = (Record(line, tuple(cells.get(place, Cell("")) for place in range(len(titles)))) for line, cells in placed)
    return Table((header, *bounded(rows)), header=True)


def _placed(cells: list[tuple[str, Cell]], titles: dict[tuple[str, int], int]) -> dict[int, Cell]:
    """The cells by column; a path that comes twice in an object has two columns."""
    found: dict[int, Cell] = {}
    times: dict[str, int] = {}
    for path, cell in cells:
        times[path] = times.get(path, 0) + 1
        found[titles.setdefault((path, times[path]), len(titles))] = cell
    return found


def _devices(text: str) -> Iterator[_Device]:
    decoder = json.JSONDecoder(object_pairs_hook=_Pairs, parse_int=_Number, parse_float=_Number, parse_constant=_Number)
    place = _after(text, 0)
    inside = text[place : place + 1] == "["
    place = _after(text, place + 1) if inside else place
    line, counted = 1, 0
    while place < len(text) and not (inside and text[place] == "]"):
        line, counted = line + text.count("\n", counted, place), place
        value, place = decoder.raw_decode(text, place)
        yield from _unwrapped(value, line)
        place = _after(text, place)


def _after(text: str, place: int) -> int:
    found = _BETWEEN.match(text, place)
    return found.end() if found else place


def _unwrapped(value: object, line: int) -> Iterator[_Device]:
    """The device that an object is, or the devices that it holds."""
    if not isinstance(value, _Pairs):
        raise Unreadable(said("sheets.json", line=line), said("sheets.json_do"))
    held = next((one for name, one in value.pairs if name in _LISTS and isinstance(one, list)), None)
    if held is None:
        yield _Device(line, list(_flat(value, "", 0)))
        return
    for one in held:
        yield from _unwrapped(one, line)


def _flat(value: object, path: str, depth: int) -> Iterator[tuple[str, Cell]]:
    if isinstance(value, _Pairs) and depth < _DEEPEST:
        for name, one in value.pairs:
            yield from _flat(one, f"{path}.{name}" if path else name, depth + 1)
    elif isinstance(value, _Number):
        yield path, Cell(str(value), "number")
    elif isinstance(value, str):
        yield path, Cell(value.strip())
    elif value is None:
        yield path, Cell("")
    elif isinstance(value, bool):
        yield path, Cell(str(value).lower())
