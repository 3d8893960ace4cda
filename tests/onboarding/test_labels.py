"""Labels: the code on the page is read back from the PDF's own squares by a reader that shares nothing with them."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

import pytest
from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from gateways.chirpstack.admin.answers import ServerDevice
from gateways.lorawan import qr
from ingest.devices import Device, Directory
from ingest.errors import CityloraError
from ingest.onboarding import label_font, label_pdf
from ingest.onboarding.labelling import devices_at, labels_of
from ingest.onboarding.labels import NO_JOIN_EUI, Label, Sheet
from ingest.registry.site import Placement, Registry, Site
from tests.onboarding import qr_reader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

A4 = (210.0, 297.0)
SHEET = Sheet(A4, (70, 36))
NAME = "Cảm biến mực nước cầu Cẩm Lệ số 7"
LABEL = Label("a840410000000001", "a840410000000101", NAME, "Cầu Cẩm Lệ", "Cẩm Lệ", "SN0001")


@pytest.fixture(scope="module")
def font() -> Path:
    """Of this machine; the message of the error says which package brings one."""
    return label_font.found()


def pages(pdf: bytes) -> list[str]:
    """The drawing of each page."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    plain = []
    for stream in streams:
        try:
            plain.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return [text.decode("latin-1") for text in plain if b" Tf" in text or b" re" in text]


def squares(page: str) -> list[tuple[float, float, float, float]]:
    """What is filled: left, top (upwards), width, height, in points."""
    found = re.findall(r"([\d.-]+) ([\d.-]+) ([\d.-]+) ([\d.-]+) re f", page)
    return [(float(x), float(y), float(w), abs(float(h))) for x, y, w, h in found]


def matrices(page: str, labels: int) -> list[list[list[int]]]:
    """The modules of each code on a page of one column."""
    filled = squares(page)
    side = min(height for *_, height in filled)
    left = min(x for x, *_ in filled)
    rows = sorted({y for _, y, *_ in filled}, reverse=True)
    per_label = len(rows) // labels
    found = []
    for number in range(labels):
        tops = rows[number * per_label : (number + 1) * per_label]
        count = round((tops[0] - tops[-1]) / side) + 1
        matrix = [[0] * count for _ in range(count)]
        for x, y, width, _ in filled:
            if tops[-1] <= y <= tops[0]:
                row, column = round((tops[0] - y) / side), round((x - left) / side)
                for step in range(round(width / side)):
                    matrix[row][column + step] = 1
        found.append(matrix)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:C1234",
        LABEL.code,
        qr.build(qr.Label("70b3d57ed0000010", "0018b20000000101", serial="X" * 60)),
        "A",
        "Cầu",
    ],
)
def test_the_reader_reads_what_the_library_encodes(text: str) -> None:
    assert qr_reader.read(label_pdf.modules(text)) == text


def test_the_code_on_the_page_is_the_devices(font: Path) -> None:
    one_column = Sheet((70, 72), (70, 36))
    other = LABEL._replace(dev_eui="a840410000000002")
    (page,) = pages(label_pdf.draw([LABEL, other], one_column, font, "labels"))
    read = [qr_reader.read(matrix) for matrix in matrices(page, 2)]
    assert read == [LABEL.code, other.code]
    label = qr.parse(read[0])
    assert (label.dev_eui, label.join_eui, label.serial) == (LABEL.dev_eui, LABEL.join_eui, "SN0001")
    assert label.checksum_ok is True


def test_a_code_has_no_key_and_no_letters_that_it_cannot_have() -> None:
    assert LABEL._replace(serial="a:b").code == LABEL._replace(serial="").code
    assert LABEL._replace(serial="đ").code == LABEL._replace(serial="").code
    assert ":S" not in LABEL._replace(serial="").code
    assert qr.parse(LABEL._replace(join_eui="").code).join_eui == NO_JOIN_EUI


def test_the_makers_profile_id_is_printed_again() -> None:
    label = qr.parse(LABEL._replace(profile="24e10017").code)
    assert (label.vendor_id, label.profile_id, label.checksum_ok) == ("24E1", "0017", True)
    for nothing in ("", "24E1", "x4E10017"):  # a tag that somebody has written by hand
        assert LABEL._replace(profile=nothing).code == LABEL.code


@pytest.mark.parametrize(
    ("sheet", "columns", "rows"),
    [
        (SHEET, 3, 8),
        (Sheet(A4, (70, 36), margin=5), 2, 7),
        (Sheet(A4, (63.5, 38.1), margin=7, gap=2.5), 3, 7),
        (Sheet((62, 29), (62, 29)), 1, 1),
    ],
)
def test_labels_stand_in_rows_within_the_page(sheet: Sheet, columns: int, rows: int) -> None:
    assert (sheet.checked().columns, sheet.rows) == (columns, rows)
    places = list(sheet.places(2 * columns * rows + 1))
    assert [page for page, _ in places].count(0) == columns * rows
    assert places[-1][0] == 2
    for _, box in places:
        assert box.x >= sheet.margin - 1e-6
        assert box.y >= sheet.margin - 1e-6
        assert box.x + box.width <= sheet.page[0] - sheet.margin + 1e-6
        assert box.y + box.height <= sheet.page[1] - sheet.margin + 1e-6
        code, text = sheet.code(box), sheet.text(box)
        assert code.x + code.width <= text.x
        assert text.width > 0


@pytest.mark.parametrize(
    "sheet",
    [
        Sheet(A4, (220, 36)),
        Sheet(A4, (70, 298)),
        Sheet(A4, (70, 36), margin=80),
        Sheet(A4, (15, 36)),
        Sheet(A4, (70, 12)),
    ],
)
def test_a_label_that_is_too_large_or_too_small_is_refused(sheet: Sheet) -> None:
    with pytest.raises(CityloraError) as caught:
        sheet.checked()
    assert caught.value.hint


@pytest.mark.parametrize(
    "name",
    ["", "x" * 500, "Một cái tên rất dài " * 20, "\x00\x1b[31m\u202e", "=1+1", "🌊 Sông Hàn", "a" * 3 + "\n" + "b"],
)
def test_any_name_is_drawn_or_cut(name: str, font: Path, caplog: pytest.LogCaptureFixture) -> None:
    hostile = LABEL._replace(name=name, site=name, ward=name)
    drawn = label_pdf.draw([hostile], Sheet((40, 20), (40, 20)), font, "labels", frames=True)
    assert drawn.startswith(b"%PDF-")
    (page,) = pages(drawn)
    assert qr_reader.read(matrices(page, 1)[0]) == LABEL.code
    assert not [one for one in caplog.records if one.levelname != "INFO"]


def test_pages_are_as_many_as_needed(font: Path) -> None:
    many = [LABEL._replace(dev_eui=f"a8404100000000{number:02x}") for number in range(25)]
    assert len(pages(label_pdf.draw(many, SHEET, font, "labels"))) == 2


def test_the_font_has_every_vietnamese_letter(tmp_path: Path, font: Path) -> None:
    assert label_font.usable(font) == font
    broken = tmp_path / "DejaVuSans.ttf"
    broken.write_bytes(b"no font")
    with pytest.raises(CityloraError, match="cannot be read"):
        label_font.usable(broken)
    with pytest.raises(CityloraError, match="no font with Vietnamese") as caught:
        label_font.found((tmp_path, tmp_path / "missing"))
    assert "fonts-dejavu-core" in caught.value.hint


def test_a_font_without_the_letters_is_refused(tmp_path: Path, font: Path) -> None:
    latin = TTFont(font)
    cutter = subset.Subsetter()
    cutter.populate(text="abcABC")
    cutter.subset(latin)
    latin.save(tmp_path / "latin.ttf")
    latin.close()
    with pytest.raises(CityloraError, match="has no"):
        label_font.usable(tmp_path / "latin.ttf")


def registry() -> Registry:
    site = Site(id="cau-cam-le", name_vi="Cầu Cẩm Lệ", name_en="Cam Le bridge", ward="20260")
    return Registry(
        {site.id: site, "bare": Site(id="bare")},
        {
            "a840410000000001": (
                Placement("a840410000000001", site.id, 0, 100),
                Placement("a840410000000001", "bare", 100),
            ),
            "a840410000000002": (Placement("a840410000000002", site.id),),
        },
    )


def asked(known: Sequence[ServerDevice]) -> dict[str, ServerDevice]:
    return {one.dev_eui: one for one in known}


def test_a_label_says_what_server_registry_and_sheet_know() -> None:
    server = asked(
        [ServerDevice(dev_eui="a840410000000001", name=NAME, application="a", profile="p", join_eui="a840410000000101",
                      tags={"serial": "SN1"})]
    )  # fmt: skip
    directory = Directory((Device("a840410000000002", name="Mực nước 2"),))
    devices = devices_at(registry(), 50)
    assert devices == ["a840410000000001", "a840410000000002"]
    first, second = labels_of(devices, registry(), directory, server.get, when=50, language="vi")
    assert first == Label("a840410000000001", "a840410000000101", NAME, "Cầu Cẩm Lệ", "Cẩm Lệ", "SN1")
    assert second == Label("a840410000000002", NO_JOIN_EUI, "Mực nước 2", "Cầu Cẩm Lệ", "Cẩm Lệ", "")
    (english,) = labels_of(devices[:1], registry(), directory, server.get, when=50, language="en")
    assert english.site == "Cam Le bridge"
    (later,) = labels_of(devices[:1], registry(), directory, server.get, when=100, language="en")
    assert (later.site, later.ward) == ("bare", "")
    (unknown,) = labels_of(["1122334455667788"], registry(), directory, server.get, when=0, language="vi")
    assert unknown == Label("1122334455667788")


def test_devices_are_those_that_are_there_now() -> None:
    assert devices_at(registry(), 150) == ["a840410000000001", "a840410000000002"]
    assert devices_at(registry(), 150, "cau-cam-le") == ["a840410000000002"]
