"""`citylora readings`: what the embedded store holds."""

from __future__ import annotations

import csv
import itertools
import json
import re
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import click

from gateways.rfc3339 import render
from ingest.cli.boundary import report
from ingest.cli.options import config_options, json_option, load_settings, say, table
from ingest.cli.selection import EVER, device_option, time_options
from ingest.errors import DataDirError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from ingest.config import Settings
    from ingest.readings import Reading

TABLE_LIMIT = 100
"""Readings of a table where nobody says how many; --csv and --json give all."""

SPANS = {"hour": "1h", "day": "1d"}

SHOWN = ("dev_eui", "site", "quantity", "channel", "value", "unit", "at", "received_at", "time_source", "quality")
KEYS = (*SHOWN, "doubtful", "derived")
_EUI = re.compile(r"[0-9a-f]{16}")
_SEPARATORS = re.compile(r"[-:\s]")


def _quantity(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    from ingest.decoding.point import SUSPECT  # noqa: PLC0415
    from ingest.readings import known_quantities  # noqa: PLC0415

    known = known_quantities()
    if value.removesuffix(SUSPECT) not in known:
        from difflib import get_close_matches  # noqa: PLC0415

        near = get_close_matches(value, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        raise click.BadParameter(f"no quantity {value!r}; {hint}")
    return value


@click.command()
@device_option
@click.option("--site", help="Of one site.")
@click.option("--quantity", callback=_quantity, help="Of one quantity: air_temperature, water_level, rssi …")
@click.option("--rollup", type=click.Choice(("hour", "day")), help="Hours or days of sites, and not readings.")
@time_options
@click.option("--limit", type=click.IntRange(1), help=f"The newest N. A table shows {TABLE_LIMIT} unless told.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a header.")
@config_options
@json_option
def command(
    *,
    device: str | None,
    site: str | None,
    quantity: str | None,
    rollup: str | None,
    since: int | None,
    until: int | None,
    limit: int | None,
    as_csv: bool,
    config: Path | None,
    data: Path | None,
    as_json: bool,
) -> int:
    """Show readings of the embedded store, the newest first; a worker may run or not.

    A table has the newest 100 unless --limit says how many; --csv and --json have all that match. A value that is
    doubted stands under its quantity's name with `_suspect`; `derived` is what no device sent: it was worked out.

    \b
    Example:
      citylora readings --site hai-chau-01 --quantity air_temperature --since 24h
      citylora readings --rollup day --quantity water_level --since 30d
      citylora readings --device 24e124126a148401 --since 2026-11-01T00:00:00+07:00 --csv > november.csv
    """  # noqa: D301  (click reads the backspace)
    if as_csv and as_json:
        raise click.UsageError("--csv and --json exclude each other")
    if rollup and device:
        raise click.UsageError("roll-ups are of sites and not of devices: give --site")
    limit = None if limit is None else min(limit, sys.maxsize)
    settings = load_settings(config, data)
    from ingest.readings import Wanted, read  # noqa: PLC0415

    since, until = EVER[0] if since is None else since, EVER[1] if until is None else until
    odd = _Odd()
    wanted = Wanted(device, site, quantity, since, until, SPANS[rollup] if rollup else "")
    found = map(_noted(settings), read(settings.data_dir, wanted, odd.note))
    code = 0
    if as_json:
        code = _print_json(itertools.islice(found, limit))
    elif as_csv:
        _print_csv(itertools.islice(found, limit))
    else:
        _print_table(found, limit or TABLE_LIMIT)
    if odd.count:
        say(f"left out as no reading ({odd.count}); the first: {odd.first}")
        say("a decoder of before wrote it: `citylora replay` mends what the journal still has")
    return code


class _Noted(NamedTuple):
    """A reading, and what is to be said of it.

    Attributes:
        doubtful: it is not believed; its quantity's name ends in `_suspect`.
        derived: no device sent it: it was worked out from what one did.
    """

    reading: Reading
    doubtful: bool
    derived: bool


def _noted(settings: Settings) -> Callable[[Reading], _Noted]:
    """What says it, by what each model measures itself, by its decoder or by a mapping."""
    from decoders import catalog  # noqa: PLC0415
    from ingest.decoding.point import SUSPECT  # noqa: PLC0415
    from ingest.derive.catalogue import DERIVED  # noqa: PLC0415
    from ingest.knowledge import facts_of  # noqa: PLC0415

    if settings.decoders.folder is not None:
        catalog.use(catalog.look(settings.decoders.folder))
    facts = facts_of(settings, {})

    def note(reading: Reading) -> _Noted:
        plain = reading.quantity.removesuffix(SUSPECT)
        worked_out = plain in DERIVED and plain not in facts.at("", reading.model, 0).place.about.measures
        return _Noted(reading, plain != reading.quantity, bool(reading.model) and worked_out)

    return note


class _Odd:
    """What is left out, of which there may be millions."""

    count = 0
    first = ""

    def note(self, what: str) -> None:
        self.count += 1
        self.first = self.first or what


_text = lru_cache(maxsize=64)(render)
"""The readings of one uplink share their times."""


def _row(noted: _Noted) -> tuple[object, ...]:
    reading = noted.reading
    received_at = _text(reading.received_at) if reading.received_at else ""
    return (*reading[:6], _text(reading.at), received_at, *reading[8 : len(SHOWN)], noted.doubtful, noted.derived)


def _shown(noted: _Noted) -> tuple[object, ...]:
    """A line of the table."""
    return (*_row(noted)[: len(SHOWN)], " ".join(name for name in KEYS[len(SHOWN) :] if getattr(noted, name)))


def _print_json(readings: Iterable[_Noted]) -> int:
    """One list, printed as it is read: it may be larger than the memory. It is closed, too, where the rest is damaged.

    Returns:
        The exit code.
    """
    first = next(iter(_encoded(readings := iter(readings))), None)
    click.echo("[" if first is None else f"[{first}", nl=False)
    code = 0
    try:
        for text in _encoded(readings):
            click.echo(f",\n {text}", nl=False)
    except DataDirError as error:
        code = report(error, as_json=False)
    click.echo("]")
    return code


def _encoded(readings: Iterable[_Noted]) -> Iterator[str]:
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    for reading in readings:
        yield json.dumps(dict(zip(KEYS, _row(reading), strict=True)), ensure_ascii=plain, allow_nan=False)


def _print_csv(readings: Iterable[_Noted]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(KEYS)
    writer.writerows((*_row(one)[: len(SHOWN)], int(one.doubtful), int(one.derived)) for one in readings)


def _print_table(readings: Iterator[_Noted], limit: int) -> None:
    shown = list(itertools.islice(readings, limit))
    if not shown:
        click.echo("no readings match", err=True)
        return
    table((*map(str.upper, SHOWN), "NOTE"), map(_shown, shown))
    if next(readings, None) is not None:
        click.echo(f"the newest {limit}; --limit gives more, --csv and --json give all", err=True)
