"""Files that are no sheets, or are meant to harm: a clear word, within bounds, and nothing of them is carried on."""

from __future__ import annotations

import gzip
import io
import random
import time
import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from ingest.i18n import LANGUAGES
from ingest.onboarding.sheets import Row, Unreadable, read_sheet
from ingest.onboarding.sheets.cell import MAX_BYTES
from ingest.onboarding.sheets.row import WORST
from ingest.onboarding.sheets.workbook import MAX_UNPACKED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DEV, JOIN, KEY = "24e124136b000017", "24e124c0002a0001", "8f3c1a7be2905d4466bb01cc9a2f7e31"
HEADER = ["Name", "DevEUI", "AppEUI", "AppKey"]


def refusal(content: bytes, name: str = "devices.csv") -> str:
    with pytest.raises(Unreadable) as refused:
        read_sheet(content, name)
    for language in LANGUAGES:
        assert refused.value.said.in_(language)
        assert refused.value.remedy.in_(language)
    return refused.value.said.key.removeprefix("sheets.")


def packed(**parts: bytes) -> bytes:
    """A ZIP with parts, whose names have underscores for slashes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def book(*rows: Sequence[str | float], change: Callable[[Workbook], None] | None = None) -> bytes:
    """A workbook as a person saves it."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if change:
        change(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def spoiled(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "key"),
    [
        (b"", "a.csv", "empty"),
        (b"\n\n ,,\n", "a.csv", "empty"),
        (b"name;x\n" + b"a" * MAX_BYTES, "a.csv", "too_large"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "old_excel"),
        (b"%PDF-1.7\n", "a.pdf", "pdf"),
        (b"\x89PNG\r\n\x1a\n", "a.csv", "picture"),
        (gzip.compress(b"DevEUI", mtime=0), "a.csv", "packed"),
        (b"<html><table><tr><td>DevEUI</td></tr></table>", "a.xls", "markup"),
        (b'<?xml version="1.0"?><x/>', "a.xml", "markup"),
        (b"DevEUI;AppKey", "a.xlsm", "macros"),
        (packed(content_dot_xml=b"<x/>"), "a.ods", "open_document"),
        (packed(word__document_dot_xml=b"<x/>"), "a.xlsx", "word"),
        (packed(devices_dot_csv=b"DevEUI"), "a.zip", "packed"),
        (packed(xl__vbaProject_dot_bin=b"x", xl__workbook_dot_xml=b"<x/>"), "a.xlsx", "macros"),
        (b"PK\x03\x04 cut short", "a.xlsx", "damaged"),
        (b"[" * 100_000, "a.json", "json"),
        (b'{"dev_eui": "24e1', "a.json", "json"),
        (b"[1, 2, 3]", "a.json", "json"),
        (b"\xff\xfeD\x00e\x00v\x00\x00\xd8", "a.csv", "encoding"),
        (random.Random(7).randbytes(20_000), "a.csv", "no_text"),
    ],
)  # fmt: skip
def test_what_is_no_sheet_is_named(content: bytes, name: str, key: str) -> None:
    assert refusal(content, name) == key


@pytest.mark.parametrize(
    "content",
    [b"," * 4_000_000, b'"\n' * 2_000_000, b"\n" * 4_000_000, bytes(4_000_000), b'{"a":1}' * 500_000, b"a" * 4_000_000],
    ids=["commas", "quotes", "lines", "zeros", "objects", "letters"],
)
def test_a_large_nothing_ends_soon(content: bytes) -> None:
    began = time.process_time()
    assert refusal(content)
    assert time.process_time() - began < 8


def test_more_rows_than_a_city_has_are_refused() -> None:
    assert refusal(b"DevEUI;AppKey\n" + f"{DEV};{KEY}\n".encode() * 20_002) == "too_many"
    assert refusal(";".join(["DevEUI", *"x" * 300]).encode() + b"\n") == "too_many"


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "=1+1", '=HYPERLINK("http://x","y")', "@SUM(A1)", "-2+3+cmd|x"])
def test_a_formula_for_a_name_is_refused(name: str) -> None:
    quoted = name.replace('"', '""')
    row = read_sheet(f'name;DevEUI;AppKey\n"{quoted}";{DEV};{KEY}\n'.encode(), "x.csv").rows[0]
    assert (row.status, row.name, row.wanted) == ("refused", "", None)
    assert "it is a formula" in row.reason("en")


def test_control_characters_are_refused_by_their_cell() -> None:
    for name in ("T\x1b[31m", "T\x00", "T\N{RIGHT-TO-LEFT OVERRIDE}x"):
        row = read_sheet(f"name;DevEUI;AppKey\n{name};{DEV};{KEY}\n".encode(), "x.csv").rows[0]
        assert (row.status, row.name) == ("refused", "")
        assert row.reason("en").startswith("name: there are control characters")
    row = read_sheet(f"name;DevEUI;AppKey\nT;{DEV[:-1]}\x07;{KEY}\n".encode(), "x.csv").rows[0]
    assert row.reason("en").startswith("DevEUI: ")


def test_a_key_in_another_column_is_not_shown() -> None:
    row = read_sheet(f"name;DevEUI;AppKey\n{KEY};{DEV};{KEY}\n".encode(), "x.csv").rows[0]
    assert (row.status, row.name) == ("refused", "")
    assert KEY not in repr(row)


VIETNAMESE = f"Tên;DevEUI;AppKey\nTrạm đo cầu Rồng;{DEV};{KEY}\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_that_can_be_told(encoding: str) -> None:
    row = read_sheet(VIETNAMESE.replace("\n", "\r\n").encode(encoding), "x.csv").rows[0]
    assert (row.status, row.name, row.line) == ("ok", "Trạm đo cầu Rồng", 2)


def test_code_pages_are_guessed_and_said() -> None:
    vietnamese = bytes.fromhex("547261f26d20f06f")  # "Trạm đo": the dot below is a letter of its own
    sheet = read_sheet(b"name;DevEUI;AppKey\n" + vietnamese + f";{DEV};{KEY}\n".encode(), "x.csv")
    assert (sheet.rows[0].status, sheet.rows[0].name) == ("warn", "Trạm đo")
    assert "Windows-1258" in sheet.notes[0].in_("vi")
    western = f"name;DevEUI;AppKey\nÌle Òrain;{DEV};{KEY}\n".encode("cp1252")
    sheet = read_sheet(western, "x.csv")
    assert (sheet.rows[0].status, sheet.rows[0].name) == ("warn", "Ìle Òrain")
    assert "Windows-1252" in sheet.notes[0].in_("en")


def test_letters_that_were_damaged_before_are_told() -> None:
    damaged = "Trạm đo".encode().decode("cp1252", "replace")
    row = read_sheet(f"name;DevEUI;AppKey\n{damaged};{DEV};{KEY}\n".encode(), "x.csv").rows[0]
    assert row.status == "warn"
    assert "damaged before" in row.reason("en")


def test_a_workbook_is_read_as_text() -> None:
    content = book(
        ["Danh sách"], [], HEADER, ["Trạm 1", DEV, JOIN, KEY], [], ["Trạm 2", "24-E1-24-13-6B-00-00-18", "", KEY]
    )
    rows = read_sheet(content, "x.xlsx").rows
    assert [(row.line, row.status, row.name) for row in rows] == [(4, "ok", "Trạm 1"), (6, "warn", "Trạm 2")]
    assert (rows[0].dev_eui, rows[0].join_eui, rows[0].app_key_tail) == (DEV, JOIN, KEY[-4:])


@pytest.mark.parametrize("number", [1122334455667788, 4302010012345, 7.076e15, 0.5])
def test_a_number_in_a_cell_of_an_eui_is_refused(number: float) -> None:
    row = read_sheet(book(HEADER, ["T", number, JOIN, KEY]), "x.xlsx").rows[0]
    assert (row.status, row.dev_eui) == ("refused", None)
    assert row.reason("en").startswith("DevEUI: the cell is a number")


def test_numbers_and_texts_of_other_columns_are_taken() -> None:
    row = read_sheet(book([*HEADER, "lat", "lon"], [17, DEV, JOIN, KEY, 16.0612, 108.2233]), "x.xlsx").rows[0]
    assert (row.status, row.name, row.latitude, row.longitude) == ("ok", "17", 16.0612, 108.2233)


def test_formulas_of_a_workbook() -> None:
    content = book(HEADER, ["=1+1", DEV, JOIN, KEY], ["T", f'="{DEV}"', JOIN, KEY])
    name, eui = read_sheet(content, "x.xlsx").rows
    assert (name.status, name.name) == ("refused", "")
    assert eui.reason("en").startswith("DevEUI: the cell is a formula without a result")
    kept = spoiled(content, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v />", b"<v></v>"))
    shown = spoiled(
        kept, "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'<c r="B3"><f>', b'<c r="B3" t="str"><f>').replace(
            f'<f>"{DEV}"</f><v></v>'.encode(), f'<f>"{DEV}"</f><v>{DEV}</v>'.encode()
        ),
    )  # fmt: skip
    row = read_sheet(shown, "x.xlsx").rows[1]
    assert (row.status, row.dev_eui) == ("warn", DEV), row


def test_the_worksheet_with_the_devices_is_found() -> None:
    def more(made: Workbook) -> None:
        hidden = made.create_sheet("old")
        hidden.append(HEADER)
        hidden.append(["H", "24e124136b0000ff", JOIN, KEY])
        hidden.sheet_state = "hidden"
        devices = made.create_sheet("Thiết bị")
        devices.append(HEADER)
        devices.append(["T", DEV, JOIN, KEY])

    sheet = read_sheet(book(["Read me"], change=more), "x.xlsx")
    assert [row.dev_eui for row in sheet.rows] == [DEV]
    assert "Thiết bị" in sheet.notes[0].in_("en")


def test_a_workbook_that_unpacks_to_too_much_is_refused() -> None:
    content = book(HEADER, ["T", DEV, JOIN, KEY])
    bomb = spoiled(content, "xl/worksheets/sheet1.xml", lambda xml: xml + b" " * MAX_UNPACKED)
    assert len(bomb) < MAX_BYTES
    assert refusal(bomb, "x.xlsx") == "bomb"


def test_xml_that_declares_something_is_refused() -> None:
    content = book(HEADER, ["T", DEV, JOIN, KEY])
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    assert refusal(spoiled(content, "xl/worksheets/sheet1.xml", lambda _: laughs), "x.xlsx") == "damaged"
    assert refusal(spoiled(content, "xl/worksheets/sheet1.xml", lambda xml: xml[:-9]), "x.xlsx") == "damaged"


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_whatever_the_bytes_are_there_is_an_answer(noise: bytes) -> None:
    """After real titles too, so that the rows are judged and not only the file."""
    for content in (noise, b"name;DevEUI;AppKey;lat;lon\n" + noise, f"{DEV},{KEY}\n".encode() + noise):
        try:
            rows: tuple[Row, ...] = read_sheet(content, "x.csv").rows
        except Unreadable:
            continue
        for row in rows:
            assert row.status in WORST
            assert (row.wanted is not None) == (row.status in ("ok", "warn"))
            assert row.status == "ok" or row.reason("vi")


def test_texts_that_are_written_in_other_ways_are_read_too() -> None:
    """Rich text in runs, how a text is spoken, texts within the cell, places that are left out, prefixed names."""
    content = book(HEADER, ["T", DEV, JOIN, KEY])

    def texts(xml: bytes) -> bytes:
        half = f"<si><r><t>{DEV[:8]}</t></r><r><rPr/><t>{DEV[8:]}</t></r><rPh sb='0' eb='1'><t>xx</t></rPh></si>"
        return xml.replace(f"<si><t>{DEV}</t></si>".encode(), half.encode())

    row = read_sheet(spoiled(content, "xl/sharedStrings.xml", texts), "x.xlsx").rows[0]
    assert (row.status, row.dev_eui) == ("ok", DEV)
    cells = "".join(f"<x:c t='inlineStr'><x:is><x:t>{text}</x:t></x:is></x:c>" for text in ("T", DEV, JOIN, KEY))
    titles = "".join(f"<x:c t='inlineStr'><x:is><x:t>{text}</x:t></x:is></x:c>" for text in HEADER)
    sheet = (
        "<x:worksheet xmlns:x='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><x:sheetData>"
        f"<x:row>{titles}</x:row><x:row>{cells}</x:row></x:sheetData></x:worksheet>"
    )
    row = read_sheet(spoiled(content, "xl/worksheets/sheet1.xml", lambda _: sheet.encode()), "x.xlsx").rows[0]
    assert (row.line, row.status, row.dev_eui, row.app_key_tail) == (2, "ok", DEV, KEY[-4:])
