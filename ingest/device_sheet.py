"""Reading a devices.csv: what a spreadsheet holds of the devices, and which of its lines cannot be used."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, NamedTuple

from ingest.devices import Device, clean
from ingest.errors import ConfigError
from ingest.i18n import said, system

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_COLUMNS = ("dev_eui", "model", "site", "ward", "name", "latitude", "longitude")


class Problem(NamedTuple):
    """A row, or a part of it, that is not used."""

    line: int
    message: str
    hint: str


class Sheet(NamedTuple):
    """What a devices.csv holds: the devices that can be used, what could not be, and the line of each device."""

    devices: tuple[Device, ...] = ()
    problems: tuple[Problem, ...] = ()
    lines: tuple[int, ...] = ()


def read(path: Path) -> Sheet:
    """Read a devices.csv.

    Raises:
        ConfigError: nothing of it can be used.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as exc:
        why = system(exc)
        raise ConfigError(said("config.unreadable", path=str(path), why=why), said("config.sheet_path")) from exc
    except UnicodeDecodeError as exc:
        raise ConfigError(said("config.not_utf8", path=str(path)), said("config.not_utf8_remedy")) from exc
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
    lines: list[int] = []
    problems: list[Problem] = []
    header: list[str] = []
    for line, cells in _rows(text, delimiter, problems):
        if header:
            surplus = any(cell.strip() for cell in cells[len(header) :])
            _take(line, dict(zip(header, cells, strict=False)), devices, problems, surplus=surplus)
            lines += [line] * (len(devices) - len(lines))
        else:
            header = [cell.strip().lower() for cell in cells]
    if "dev_eui" not in header:
        raise ConfigError("has no column dev_eui", f"begin it with the line {','.join(_COLUMNS)}")
    return Sheet(tuple(devices.values()), tuple(problems), tuple(lines))


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
