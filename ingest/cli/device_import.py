"""`citylora device import`: a sheet of devices, judged row by row."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ingest.cli.boundary import FAILED
from ingest.cli.misuse import bad_value, misuse
from ingest.cli.network_server import lang_option, lns_option
from ingest.cli.options import config_options, emit, fail, json_option, load_settings, printable, say, table
from ingest.cli.tongue import FieldCommand
from ingest.i18n import default_language, said

if TYPE_CHECKING:
    from ingest.i18n import Language
    from ingest.onboarding.sheets import Sheet


def _mapping(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """`TITLE=field`, of which the title may have an `=` too."""
    found = {}
    for value in values:
        title, equals, field = value.rpartition("=")
        if not equals or not title.strip() or not field.strip():
            raise bad_value("mapping")
        found[title.strip()] = field.strip()
    return found


@click.command(cls=FieldCommand, name="import")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--offline", is_flag=True, help="Judge the sheet alone, without a server; with --dry-run.")
@click.option(
    "--map", "mapping", multiple=True, callback=_mapping, metavar="TITLE=FIELD",
    help="What a column is; TITLE may be its letter. A FIELD: dev_eui, join_eui, app_key, nwk_key, name, description,"
    " model, profile, application, site, ward, latitude, longitude, position, height, datum, tag:KEY, or ignore.",
)  # fmt: skip
@click.option("--application", default="", metavar="NAME", help="Where the sheet names none. Default: the only one.")
@click.option("--model", default="", metavar="MODEL", help="Where the sheet names none.")
@click.option("--profile", default="", metavar="NAME", help="Device profile, likewise. Default: that of the model.")
@click.option("--update", is_flag=True, help="Change devices that differ from the sheet.")
@click.option("--parallel", type=click.IntRange(1, 64), default=8, show_default=True, help="Devices at a time.")
@lns_option
@lang_option
@config_options
@json_option
def command(
    *, file: Path, dry_run: bool, offline: bool, mapping: dict[str, str], lns: str | None, lang: Language | None,
    config: Path | None, data: Path | None, as_json: bool, **given: Any,
) -> int:  # fmt: skip
    """Make the devices of a sheet: CSV with any delimiter, XLSX or JSON, of a vendor or another platform.

    The columns are recognised by their titles, without titles by what is in them; it is shown how, and --map corrects
    it. The whole sheet is judged before anything is done. What became of each row stands in FILE's .result.csv; a run
    that was broken off goes on where it was, and one that is repeated changes nothing.

    \b
    ok       it can be made
    warn     likewise, but read the reason
    ask      a person has to decide something first
    refused  it is wrong, and the reason says what to mend
    skipped  the line is no device to be made

    Nothing is guessed: what a spreadsheet has damaged is refused, no DevEUI is padded or turned round, and a session
    key is never taken for a root key. Exit code 1 where a row is refused or has to be asked about.

    \b
    Example:
      citylora device import vendor.xlsx --dry-run --offline
      citylora device import vendor.xlsx --model "Milesight EM500-UDL" --application Drainage
      citylora device import list.csv --map "Key 1=app_key" --dry-run --offline --json | jq .refused
    """  # noqa: D301  (click reads the backspace)
    language = lang or default_language()
    if offline and not dry_run:
        raise misuse("offline")
    sheet = read(file, mapping, language)
    if not offline:
        from ingest.cli import import_online  # noqa: PLC0415  (grpc, and the configuration: not for a sheet alone)

        if not as_json:
            show(sheet, language)
        settings, asked = load_settings(config, data), import_online.options(**given)
        return 0 if import_online.make(
            settings, lns, file, sheet, asked, language=language, as_json=as_json, dry_run=dry_run
        ) else FAILED  # fmt: skip
    if as_json:
        emit(as_value(sheet, language))
    else:
        show(sheet, language)
    return 0 if all(row.status in ("ok", "warn", "skipped") for row in sheet.rows) else FAILED


def read(file: Path, mapping: dict[str, str], language: Language) -> Sheet:
    """The sheet of a file.

    Raises:
        Failure: it is none; said in the language, with what to do.
    """
    from ingest.onboarding.sheets import Unreadable, read_sheet  # noqa: PLC0415  (nothing else of `device` needs it)
    from ingest.onboarding.sheets.cell import MAX_BYTES  # noqa: PLC0415

    with file.open("rb") as stream:
        content = stream.read(MAX_BYTES + 1)
    try:
        return read_sheet(content, file.name, mapping)
    except Unreadable as error:
        name = printable(file.name)
        raise fail(f"{name}: {printable(error.said.in_(language))}", error.remedy.in_(language)) from error


def as_value(sheet: Sheet, language: Language) -> dict[str, object]:
    """The value of `--json`."""
    return {
        "good": len(sheet.good()),
        "refused": sum(row.status == "refused" for row in sheet.rows),
        "rows": [row.as_json(language) for row in sheet.rows],
    }


def show(sheet: Sheet, language: Language) -> None:
    """How the columns were understood, the rows that are not simply good, and how many there are of each."""
    click.echo(sheet.source.in_(language))
    unused = said("sheets.column_not_used").in_(language)
    titles = [said(f"sheets.{name}").in_(language) for name in ("column", "taken_for")]
    table(titles, [(column.called, column.field or unused) for column in sheet.columns])
    for note in sheet.notes:
        say(printable(note.in_(language)))
    rows = [row for row in sheet.rows if row.status != "ok"]
    if rows:
        click.echo()
        names = [said(f"sheets.{name}").in_(language) for name in ("row", "status")]
        table(
            [*names, "DevEUI", said("sheets.name").in_(language), said("sheets.reason").in_(language)],
            [
                (row.line, said(f"sheets.{row.status}").in_(language), row.dev_eui, row.name, row.reason(language))
                for row in rows
            ],
        )
    click.echo(counts(sheet, language))


def counts(sheet: Sheet, language: Language) -> str:
    """`497 good (2 with a warning), 0 to be decided, 3 refused, 0 passed over`."""
    number = dict.fromkeys(("ok", "warn", "ask", "refused", "skipped"), 0)
    for row in sheet.rows:
        number[row.status] += 1
    return said(
        "sheets.counts", good=number["ok"] + number["warn"], warned=number["warn"], asked=number["ask"],
        refused=number["refused"], skipped=number["skipped"],
    ).in_(language)  # fmt: skip
