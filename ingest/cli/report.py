"""`citylora report`: what the roll-ups come to, in the form in which a department files it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.cli.options import config_options, emit, fail, json_option, load_settings, say

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from decoders.bands import Language
    from decoders.quantities import Domain
    from ingest.config import Settings
    from ingest.monthly.model import Report
    from ingest.monthly.month import Month

DOMAINS = ("environment", "traffic", "water", "assets")
FORMATS = ("xlsx", "html", "csv")
INSTALL = "pip install 'citylora[report]'"


@click.group()
def command() -> None:
    """What the hours and days of the sites come to, in the form in which a department files it.

    It is made of the roll-ups and the registry in the data directory: no database is asked, a worker may run or not.

    \b
    Example:
      citylora report monthly --domain environment --month 2026-10
    """  # noqa: D301  (click reads the backspace)


def _month(_context: click.Context, _option: click.Parameter, text: str | None) -> date | None:
    from ingest.monthly import month  # noqa: PLC0415

    if text is None:
        return None
    try:
        return month.parse(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _ward(_context: click.Context, _option: click.Parameter, text: str | None) -> str:
    from ingest.registry import wards  # noqa: PLC0415

    return wards.find(text).code if text else ""


@command.command()
@click.option("--domain", type=click.Choice(DOMAINS), required=True, help="What is reported on.")
@click.option("--month", "first", metavar="YYYY-MM", callback=_month, help="Default: the last month that is over.")
@click.option("--ward", metavar="WARD", callback=_ward, help="Only sites of a ward or commune: name or code.")
@click.option("--site", "sites", metavar="ID", multiple=True, help="Only this site; may be repeated.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Default: what --output ends in, else html.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="FILE",
    help="Where to; - is standard output. Default: DOMAIN-YYYY-MM.FORMAT here.",
)  # fmt: skip
@click.option("--lang", type=click.Choice(("vi", "en")), default="vi", show_default=True, help="Of all its texts.")
@click.option("--by", metavar="NAME", help="Who makes it, for the cover. Default: this machine's user.")
@config_options
@json_option
def monthly(
    *, domain: Domain, first: date | None, ward: str, sites: tuple[str, ...], form: str | None, output: Path | None,
    lang: Language, by: str | None, config: Path | None, data: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Report on a month: coverage, days, exceedances of the limits in force, quality, sites, plots.

    \b
    xlsx  sheets Summary, Daily, Exceedances, Quality, Sites, Charts; needs: pip install 'citylora[report]'
    html  one page without anything from outside, which prints on A4
    csv   the days alone: one row a site, quantity, channel and day (docs/reports.md has the columns)

    Of a month that is not over the days up to yesterday are reported, and of one whose days are not all closed yet
    those before; the cover says so. A site without data is
    listed with a coverage of 0 %. Days are those of `[rollup] timezone`.

    \b
    Example:
      citylora report monthly --domain environment --month 2026-10 --format xlsx
      citylora report monthly --domain water --ward "Cẩm Lệ" --lang en --output flood.html
      citylora report monthly --domain traffic --site cau-rong --format csv --output - | head
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.monthly import sources  # noqa: PLC0415
    from ingest.monthly.model import Asked  # noqa: PLC0415
    from ingest.registry.file import user  # noqa: PLC0415

    now = time.time_ns()
    wanted = _wanted(settings, first, now)
    form = form or _format_of(output)
    render = _renderer(form)
    asked = Asked(domain, ward, sites, now, by or user(), _version())
    report = sources.read(settings.data_dir, asked, wanted)
    place = output or Path(f"{domain}-{wanted.days[0]:%Y-%m}.{form}")
    written = render(report, lang)
    if str(place) == "-":
        if as_json:
            raise click.UsageError("--json and --output - would both print on standard output; name a file")
        sys.stdout.buffer.write(written)
        if report.cover.cut:
            say(_provisional(report))
        return
    _write(place, written)
    _say(report, place, as_json=as_json)


def _wanted(settings: Settings, first: date | None, now: int) -> Month:
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    from ingest.monthly import month  # noqa: PLC0415

    zone = ZoneInfo(settings.rollup.timezone)
    return month.month(first or month.before(month.day_of(now, zone)), zone, now)


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415

    return version("citylora")


def _format_of(output: Path | None) -> str:
    ends = output.suffix.removeprefix(".").lower() if output else ""
    return ends if ends in FORMATS else "html"


def _renderer(form: str) -> Callable[[Report, Language], bytes]:
    """What writes a format.

    Raises:
        Failure: openpyxl is not installed, and the format needs it.
    """
    if form == "csv":
        from ingest.monthly import csv_file  # noqa: PLC0415

        return csv_file.render
    if form == "html":
        from ingest.monthly import html_page  # noqa: PLC0415

        return html_page.render
    try:
        from ingest.monthly import workbook  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "openpyxl":
            raise
        raise fail("xlsx needs openpyxl, which is not installed", f"{INSTALL}, or take --format html or csv") from error
    return workbook.render


def _write(place: Path, content: bytes) -> None:
    """Put it there whole: who looks meanwhile sees the old file or the new one."""
    part = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        part.write_bytes(content)
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)


def _say(report: Report, place: Path, *, as_json: bool) -> None:
    days_over = len({one.day for one in report.exceedances})
    if as_json:
        emit(
            {
                "file": str(place),
                "first": report.days[0].isoformat(),
                "last": report.days[-1].isoformat(),
                "complete": report.cover.complete,
                "sites": len(report.places),
                "series": len(report.measured),
                "exceedances": len(report.exceedances),
                "days_over": days_over,
            }
        )
        return
    counts = (
        _count(len(report.places), "site"),
        _count(len(report.days), "day"),
        f"{_count(len(report.exceedances), 'exceedance')} on {_count(days_over, 'day')}",
    )
    say(f"{place}: {', '.join(counts)}" + ("" if report.cover.complete else f"; {_provisional(report)}"))


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _provisional(report: Report) -> str:
    if report.cover.cut:
        return f"days are closed until the end of {report.cover.last.isoformat()} only: see citylora rollup status"
    return "the month is not over"
