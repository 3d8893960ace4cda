"""`citylora readings`: what the embedded store holds."""

from __future__ import annotations

import csv
import itertools
import json
import re
import sys
import time
from functools import lru_cache
from typing import TYPE_CHECKING

import click

from gateways.rfc3339 import render
from ingest.cli.options import config_options, json_option, load_settings, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ingest.readings import Reading

TABLE_LIMIT = 100
"""Readings of a table where nobody says how many; --csv and --json give all."""

KEYS = ("dev_eui", "site", "quantity", "channel", "value", "unit", "at", "received_at", "time_source", "quality")
_EUI = re.compile(r"[0-9a-f]{16}")
_SEPARATORS = re.compile(r"[-:\s]")


def _device(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    text = _SEPARATORS.sub("", value).lower()
    if not _EUI.fullmatch(text):
        raise click.BadParameter("it is no DevEUI; write its 16 hex digits")
    return text


def _quantity(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    from ingest.readings import SUSPECT, known_quantities  # noqa: PLC0415

    known = known_quantities()
    if value.removesuffix(SUSPECT) not in known:
        from difflib import get_close_matches  # noqa: PLC0415

        near = get_close_matches(value, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
        raise click.BadParameter(f"no quantity {value!r}; {hint}")
    return value


def _moment(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    from gateways import rfc3339 as times  # noqa: PLC0415
    from ingest.readings import EVER  # noqa: PLC0415
    from ingest.units import parse_duration  # noqa: PLC0415

    try:
        return times.parse(value)
    except ValueError:
        pass
    try:
        return max(EVER[0], time.time_ns() - parse_duration(value) * 1_000_000_000)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter("write how long ago (30m, 2d), or a time such as 2026-11-22T07:30:00+07:00") from error


@click.command()
@click.option("--device", metavar="DEVEUI", callback=_device, help="Of one device.")
@click.option("--site", help="Of one site.")
@click.option("--quantity", callback=_quantity, help="Of one quantity: air_temperature, water_level, rssi …")
@click.option("--since", metavar="TIME", callback=_moment, help="Not older: RFC 3339, or how long ago (1h, 30m, 2d).")
@click.option("--until", metavar="TIME", callback=_moment, help="Older than this, likewise.")
@click.option("--limit", type=click.IntRange(1), help=f"The newest N. A table shows {TABLE_LIMIT} unless told.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a header.")
@config_options
@json_option
def command(
    *,
    device: str | None,
    site: str | None,
    quantity: str | None,
    since: int | None,
    until: int | None,
    limit: int | None,
    as_csv: bool,
    config: Path | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Show readings of the embedded store, the newest first; a worker may run or not.

    A table has the newest 100 unless --limit says how many; --csv and --json have all that match.

    \b
    Example:
      citylora readings --site hai-chau-01 --quantity air_temperature --since 24h
      citylora readings --device 24e124126a148401 --since 2026-11-01T00:00:00+07:00 --csv > november.csv
    """  # noqa: D301  (click reads the backspace)
    if as_csv and as_json:
        raise click.UsageError("--csv and --json exclude each other")
    limit = None if limit is None else min(limit, sys.maxsize)
    settings = load_settings(config, data)
    from ingest.readings import EVER, Wanted, read  # noqa: PLC0415

    since, until = EVER[0] if since is None else since, EVER[1] if until is None else until
    found = read(settings.data_dir, Wanted(device, site, quantity, since, until))
    if as_json:
        _print_json(itertools.islice(found, limit))
    elif as_csv:
        _print_csv(itertools.islice(found, limit))
    else:
        _print_table(found, limit or TABLE_LIMIT)


_text = lru_cache(maxsize=64)(render)
"""The readings of one uplink share their times."""


def _row(reading: Reading) -> tuple[object, ...]:
    return (*reading[:6], _text(reading.at), _text(reading.received_at), *reading[8:])


def _print_json(readings: Iterable[Reading]) -> None:
    """One list, printed as it is read: it may be larger than the memory."""
    first = next(iter(_encoded(readings := iter(readings))), None)
    click.echo("[" if first is None else f"[{first}", nl=False)
    for text in _encoded(readings):
        click.echo(f",\n {text}", nl=False)
    click.echo("]")


def _encoded(readings: Iterable[Reading]) -> Iterator[str]:
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    for reading in readings:
        yield json.dumps(dict(zip(KEYS, _row(reading), strict=True)), ensure_ascii=plain, allow_nan=False)


def _print_csv(readings: Iterable[Reading]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(KEYS)
    writer.writerows(map(_row, readings))


def _print_table(readings: Iterator[Reading], limit: int) -> None:
    shown = list(itertools.islice(readings, limit))
    if not shown:
        click.echo("no readings match", err=True)
        return
    table(tuple(map(str.upper, KEYS)), map(_row, shown))
    if next(readings, None) is not None:
        click.echo(f"the newest {limit}; --limit gives more, --csv and --json give all", err=True)
