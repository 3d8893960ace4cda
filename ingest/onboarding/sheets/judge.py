"""One line of a sheet to a device, with everything that is wrong or doubtful about it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import msgspec

from ingest.i18n import Said, said
from ingest.onboarding.doubts import doubts
from ingest.onboarding.identifiers import read_dev_eui
from ingest.onboarding.names import folded
from ingest.onboarding.sheets.fields import IDENTITY, TAG
from ingest.onboarding.sheets.identity import Identity, identity
from ingest.onboarding.sheets.line import Line
from ingest.onboarding.sheets.row import Remark, Row
from ingest.onboarding.sheets.whereabouts import whereabouts
from ingest.onboarding.wanted import Wanted

if TYPE_CHECKING:
    from ingest.onboarding.sheets.cell import Record
    from ingest.onboarding.sheets.columns import Layout
    from ingest.onboarding.sheets.row import Status

_COMMENT = ("#", "//")
_RULE = "-:=_*+ "
"""Of such characters is the line under the titles of a printed table."""

_SUM = re.compile(
    r"(?:(?:grand |sub)?total|sum|tổng(?: cộng| số)?|cộng)(?: thiết bị| devices)?\s*(?:[:(=\d].*)?", re.IGNORECASE
)
_CELLS = re.compile(r"[;\t|,]|(?:[0-9A-Fa-f]{2}[-: .]?){6}|\d[eE]\+")
"""What a sentence under the list has not: another separator, an EUI or what a spreadsheet made of it."""

_EUI_WRITTEN = 23
"""Characters of an EUI with something between its bytes."""

_SHORT = 8
"""Characters that no EUI is cut down to: what is shorter is a number of devices."""

_FEW = 2
"""A line with fewer cells filled, none of them of the identity, is a remark or a sum."""


def judged(record: Record, layout: Layout, *, guessed: bool) -> Row:
    """The row that a record is, of a file whose encoding may be guessed; without `wanted` if refused or skipped."""
    whole = _whole(record, layout)
    if whole:
        return Row(record.line, whole[0], (Remark(whole[0], "", whole[1]),))
    line = Line(record, layout.columns)
    passed = _passed(line)
    if passed:
        line.remark(*passed)
        eui = line.identity("dev_eui", read_dev_eui)
        known = None if isinstance(eui, Said) else eui
        return Row(record.line, line.status, tuple(line.remarks), dev_eui=known)
    if layout.doubt:
        line.remark(layout.doubt.weight, "", layout.doubt.said)
    return _device(record.line, line, guessed=guessed)


def _whole(record: Record, layout: Layout) -> tuple[Status, Said] | None:
    """What is said of a line as such, before its cells are looked at."""
    texts = record.texts()
    aside = texts[0].startswith(_COMMENT) or not any(text.strip(_RULE) for text in texts) or _is_sum(texts)
    repeated = bool(layout.titles) and tuple(map(folded, texts)) == layout.titles
    if record.broken is None and (repeated or aside):
        return "skipped", said("sheets.no_device")
    wrong = record.broken or layout.trouble or _torn(texts, layout)
    if wrong:
        return "refused", wrong
    filled = [column.field for column, text in zip(layout.columns, texts, strict=False) if text]
    if len(filled) < min(_FEW, len(layout.columns)) and not set(filled) & set(IDENTITY):
        return "skipped", said("sheets.no_device")
    return None


def _is_sum(texts: list[str]) -> bool:
    """Does the line count the others? No cell of it is long enough for an EUI, damaged or not."""
    filled = [unicodedata.normalize("NFC", text) for text in texts if text]
    sums = [text for text in filled if _SUM.fullmatch(text)]
    return bool(sums) and all(len(text) < _SHORT for text in filled if text not in sums)


def _torn(texts: list[str], layout: Layout) -> Said | None:
    """Cells that do not fit the titles: a separator too many, or another one."""
    columns = len(layout.columns)
    if layout.titles and any(texts[columns:]):
        return said("sheets.more_cells", cells=len(texts), columns=columns)
    if columns > 1 and len(texts) == 1 and len(texts[0]) > _EUI_WRITTEN and _CELLS.search(texts[0]):
        return said("sheets.one_cell", columns=columns)
    return None


def _passed(line: Line) -> tuple[Status, str, Said] | None:
    """Lines of other platforms that are no device to be made, or one that does not join."""
    directive = line.plain("directive").casefold()
    if directive.startswith(("update", "delete", "move", "remove")):
        return "skipped", "directive", said("sheets.no_creation")
    if "abp" in directive or line.plain("activation").casefold() in ("abp", "personalization", "personalisation"):
        return "refused", "directive" if directive else "activation", said("sheets.abp")
    if line.plain("joins").casefold() in ("false", "no", "0"):
        return "refused", "joins", said("sheets.abp")
    if line.plain("activation").casefold() in ("none", "http", "mqtt") and not line.filled("dev_eui"):
        return "skipped", "activation", said("sheets.no_device")
    return None


def _device(number: int, line: Line, *, guessed: bool) -> Row:
    who = identity(line)
    place = whereabouts(line, guessed=guessed)
    name = line.text("name", guessed=guessed)
    rest = _rest(line, guessed=guessed)
    for doubt in doubts(who.dev_eui, who.join_eui, who.app_key):
        line.remark(doubt.weight, _doubted(doubt.said), doubt.said)
    wanted = None
    if who.dev_eui and line.status not in ("refused", "skipped"):
        wanted = msgspec.structs.replace(
            rest, dev_eui=who.dev_eui, join_eui=who.join_eui, app_key=who.app_key, nwk_key=who.nwk_key, name=name,
            **place._asdict(),
        )  # fmt: skip
    return Row(
        number, line.status, tuple(line.remarks), wanted, who.dev_eui, who.join_eui, _tail(who), name,
        place.latitude, place.longitude,
    )  # fmt: skip


def _rest(line: Line, *, guessed: bool) -> Wanted:
    """What neither says who the device is nor where."""
    return Wanted(
        dev_eui="",
        description=line.text("description", guessed=guessed),
        model=_model(line),
        profile=line.text("profile"),
        application=line.text("application", guessed=guessed),
        tags={field.removeprefix(TAG): line.text(field) for field in line.fields() if field.startswith(TAG)},
    )


def _tail(who: Identity) -> str | None:
    return who.app_key.tail if who.app_key else None


def _model(line: Line) -> str:
    """The decoder's key; a name that no decoder has is kept, with a word."""
    text = line.text("model")
    if not text:
        return ""
    from decoders.catalog import known  # noqa: PLC0415  (walks all decoders: only where a sheet names models)

    decoder = known(text)
    if decoder is None:
        line.remark("warn", "model", said("sheets.model"))
        return text
    return decoder.key


def _doubted(text: Said) -> str:
    """The field that a doubt is about."""
    name = text.key.partition(".")[2]
    return "app_key" if name.endswith("_key") else "join_eui" if name.startswith("join") else "dev_eui"
