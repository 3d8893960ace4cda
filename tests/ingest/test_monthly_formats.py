"""The three formats of a monthly report, read back: table, page and workbook say the same, and nothing in them acts."""

from __future__ import annotations

import csv
import io
import re
import string
import unicodedata
import zipfile
from datetime import date, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import msgspec
import openpyxl
import pytest

from ingest.derive.cause import Cause
from ingest.monthly import charts, csv_file, html_page, workbook
from ingest.monthly.gather import gather
from ingest.monthly.model import Asked, Kept
from ingest.monthly.month import month
from ingest.monthly.titles import Titles
from ingest.monthly.words import TEXTS, Words
from ingest.registry import wards
from ingest.registry.invalid import Invalid
from ingest.registry.site import Reference, Registry, Site
from tests.fakes import rollup_months as months
from tests.fakes.rollup_months import DAY, HOUR, ZONE, midnight

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from decoders.bands import Language
    from ingest.monthly.model import Report
    from ingest.rollup.summary import Series

OCTOBER = date(2026, 10, 1)
AFTER = midnight(date(2026, 11, 3)) + 9 * HOUR
PARK = Site(
    id="park", name_vi="Công viên <29/3> & hồ", name_en="Park", ward=wards.find("Hải Châu").code, latitude=16.0623456,
    longitude=108.2, owner="Sở Nông nghiệp và Môi trường", kind="school", references=(Reference(7.4, "national"),),
)  # fmt: skip
EVIL = Site(id="=1+1", name_vi='=HYPERLINK("http://x")\x07', name_en="@SUM(A1)")
HAZE = {17: 62.04, 18: 45.04}
LANGUAGES: tuple[Language, ...] = ("vi", "en")


def pm(day: int, quarter: int) -> float | None:
    return None if day == 4 else HAZE.get(day, 20.0) + (0.5 if quarter % 2 else -0.5)


def of(
    readings: Mapping[str, months.Reading] | Mapping[Series, months.Reading],
    domain: str = "environment", days: int = 31, site: Site = PARK, now: int = AFTER,
) -> Report:  # fmt: skip
    made = months.month(site.id, "Hải Châu", OCTOBER, days, readings, site, doubts={2: {"pm2_5": {2: 5}}})
    hours = [one.summary for one in made.hours]
    own = Kept(
        (),
        [one.summary for one in made.days],
        lambda since, until: [one for one in hours if since <= one.start < until],
    )
    nothing = Kept((), (), lambda _since, _until: ())
    at = midnight(OCTOBER)
    said = Invalid(
        id=1, site=site.id, quantity="pm10", since=at + DAY, until=at + 2 * DAY, reason="<b>rửa", by="an", at=at
    )
    registry = Registry({site.id: site, EVIL.id: EVIL}, {}, (said,))
    asked = Asked(domain, "", (), now, "Nguyễn Văn An", "0.1.0")  # type: ignore[arg-type]
    whole = month(OCTOBER, ZONE, now)
    return gather(asked, whole, registry, [site.id], lambda name: own if name == site.id else nothing)


@pytest.fixture(scope="module")
def report() -> Report:
    return of(
        {"pm2_5": pm, "rain": lambda day, _quarter: 0.5 if day == 3 else 0.0, "laeq": lambda _day, _quarter: 50.0}
    )


@pytest.fixture(scope="module")
def flood() -> Report:
    bridge = msgspec.structs.replace(PARK, id="bridge", kind="bridge", station="cam_le")
    level = {26: 1.5, 27: 2.73}
    return of({"water_level": lambda day, _quarter: level.get(day, 0.4)}, "water", site=bridge)


def rows_of(report: Report, language: Language) -> list[dict[str, str]]:
    content = csv_file.render(report, language)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheets_of(report: Report, language: Language) -> dict[str, Any]:
    book = openpyxl.load_workbook(io.BytesIO(workbook.render(report, language)))
    return {sheet.title: sheet for sheet in book.worksheets}


class Page(HTMLParser):
    """What a browser would make of a page, with every tag closed in its order."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.cells: list[list[str]] = []
        self._open: list[str] = []
        self.feed(content.decode())
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self._open.append(tag)
        if tag == "tr":
            self.cells.append([])
        if tag in ("td", "th"):
            self.cells[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self.texts.append(data)
        if self._open and {"td", "th"} & set(self._open):
            self.cells[-1][-1] += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_has_a_row_a_site_quantity_and_day(report: Report, language: Language) -> None:
    rows, words = rows_of(report, language), Words(language)
    of_park = [row for row in rows if row[words("code")] == "pm2_5"]
    assert [row[words("day")] for row in of_park] == [f"2026-10-{day:02}" for day in range(1, 32)]
    unit = words("in_unit")
    mean, limit, share = f"{words('mean')} {unit}", f"{words('limit_day')} {unit}", f"{words('coverage')} [%]"
    expected = ["" if day == 4 else f"{round(HAZE.get(day, 20.0) + 1e-9, 1):.1f}" for day in range(31)]
    assert [row[mean] for row in of_park] == expected
    assert {row[limit] for row in of_park} == {"45.0"}
    assert [row[share] for row in of_park] == ["0.0" if day == 4 else "100.0" for day in range(31)]
    over = [row[words("day")] for row in of_park if row[words("over")] == words("yes")]
    assert over == ["2026-10-18", "2026-10-19"]
    assert of_park[2][words("doubtful")] == "5"
    rain = [row[f"{words('total')} {unit}"] for row in rows if row[words("code")] == "rain"]
    assert rain[2:5] == ["0.0", "48.0", "0.0"]
    silent = [row for row in rows if row[words("id")] == "'=1+1"]
    assert len(silent) == 31
    assert {(row[share], row[words("quantity")]) for row in silent} == {("0.0", words("no_data"))}
    aqi = [row for row in rows if row[words("code")] == "vn_aqi"]
    assert (len(aqi), aqi[0][mean]) == (31, "40")  # 20 of 25 µg/m³ is 40 of 50


def test_an_index_that_has_values_is_a_quantity_too_also_where_all_are_zero() -> None:
    found = of({"rain": lambda _day, _quarter: 0.0, "air_temperature": lambda _day, _quarter: 29.0})
    rows = rows_of(found, "en")
    assert [one.table for one in found.classes] == ["rain_24h", "hot_day"]
    assert {row["Quantity id"] for row in rows} == {"rain", "air_temperature", "rain_24h", ""}
    assert {row["Mean [see Unit]"] for row in rows if row["Quantity id"] == "rain_24h"} == {"0.0"}


def test_no_cell_of_the_table_starts_a_formula(report: Report) -> None:
    for row in csv.reader(io.StringIO(csv_file.render(report, "en").decode("utf-8-sig"), newline="")):
        for cell in row:
            assert not cell.startswith(("=", "@", "+")), cell
            assert not cell.startswith("-") or float(cell) <= 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_has_its_sheets_and_numbers_are_numbers(report: Report, language: Language) -> None:
    words, sheets = Words(language), sheets_of(report, language)
    names = ("summary", "daily", "exceedances", "quality", "sites", "charts")
    assert list(sheets) == [words(name) for name in names]
    daily = sheets[words("daily")]
    assert (daily.freeze_panes, daily.auto_filter.ref) == ("D2", f"A1:S{daily.max_row}")
    assert [cell.value for cell in daily[1]] == [
        name.removesuffix(f" {words('in_unit')}") for name in rows_of(report, language)[0]
    ]
    rows = [row for row in daily.iter_rows(min_row=2) if row[4].value == "pm2_5"]
    assert [row[7].value for row in rows] == [datetime(2026, 10, day) for day in range(1, 32)]  # noqa: DTZ001
    assert rows[0][7].number_format == {"vi": "dd/mm/yyyy", "en": "d mmm yyyy"}[language]
    assert [row[8].value for row in rows[3:6]] == [20.0, None, 20.0]
    assert rows[0][8].number_format == "#,##0.0"
    assert daily.max_row == 1 + 31 * 6  # three quantities, two indices, and the silent site
    assert all(1 < sheets[words(name)].column_dimensions["A"].width < 60 for name in names[:-1])


def test_a_value_just_over_its_limit_is_shown_with_the_digit_that_tells(report: Report) -> None:
    sheet = sheets_of(report, "en")["Exceedances"]
    found = [(row[0].value.day, row[5].value, row[6].value, row[8].value) for row in sheet.iter_rows(min_row=2)]
    source = "QCVN 05:2023/BTNMT (ambient air)"
    particles = [row for row in found if row[3] == source]
    assert particles == [(18, 62.0, "≤ 45 µg/m³", source), (19, 45.04, "≤ 45 µg/m³", source)]
    noise = {row[3] for row in found} - {source}
    assert noise == {"QCVN 26:2010/BTNMT (superseded) (unverified)"}


def test_text_of_the_workbook_is_never_a_formula(report: Report) -> None:
    for sheet in sheets_of(report, "vi").values():
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    sites = {row[0].value: row for row in sheets_of(report, "vi")["Điểm đo"].iter_rows(min_row=2)}
    assert sites["=1+1"][1].value == '=HYPERLINK("http://x")�'
    assert [cell.value for cell in sites["park"]] == [
        "park", PARK.name_vi, "Hải Châu", 16.06235, 108.2, "school", PARK.owner, "7,40 m, hệ cao độ quốc gia",
    ]  # fmt: skip


def test_the_workbook_says_why_values_do_not_count(report: Report) -> None:
    values = [[cell.value for cell in row] for row in sheets_of(report, "en")["Quality"].iter_rows()]
    assert ["Park", "PM2.5", "spike", 5] in [row[:4] for row in values]
    declared = next(row for row in values if row[1] == "PM10")
    assert declared[2:6] == [datetime(2026, 10, 2), datetime(2026, 10, 3), "<b>rửa", "an"]  # noqa: DTZ001


def test_charts_are_excels_own_and_of_the_right_rows(report: Report, flood: Report) -> None:
    daily = sheets_of(report, "en")["Daily"]
    found = {str(daily[f"E{one[0].rpartition('$')[2]}"].value): one for one in drawn(report)}
    assert set(found) == {"pm2_5", "laeq", "rain"}
    start = next(row for row in range(2, 999) if daily[f"E{row}"].value == "pm2_5")
    assert found["pm2_5"] == [f"'Daily'!${name}${start}:${name}${start + 30}" for name in "IR"]  # mean, and limit
    assert [daily[f"{name}1"].value for name in "IMR"] == ["Mean", "Total", "Limit of the day"]
    assert found["rain"][0].startswith("'Daily'!$M$")
    levels = drawn(flood)[0]
    assert len(levels) == 4
    assert [float(one) for one in levels[1:]] == [1.0, 2.0, 2.5]


def drawn(report: Report) -> list[list[str]]:
    """Of every chart what its series are of: cells, or the one value of a line."""
    with zipfile.ZipFile(io.BytesIO(workbook.render(report, "en"))) as parts:
        names = sorted(name for name in parts.namelist() if name.startswith("xl/charts/chart"))
        found = []
        for name in names:
            space = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
            series = ET.fromstring(parts.read(name)).iter(f"{space}ser")  # noqa: S314  (written by ourselves)
            values = [value for one in series for value in one.findall(f"{space}val")]
            found.append([one.findtext(f".//{space}f") or one.findtext(f".//{space}v") or "" for one in values])
    return found


def test_a_workbook_has_only_so_many_charts(monkeypatch: pytest.MonkeyPatch, report: Report) -> None:
    monkeypatch.setattr(charts, "AT_MOST", 2)
    assert len(drawn(report)) == 2
    assert sheets_of(report, "en")["Charts"]["A1"].value.startswith("2 of 3 charts are drawn")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_and_asks_for_nothing_from_outside(report: Report, language: Language) -> None:
    content = html_page.render(report, language)
    page, text = Page(content), content.decode()
    assert page.of("html") == [{"lang": language}]
    assert "@page { size: A4" in text
    assert "http" not in re.sub(r"HYPERLINK\(&quot;http://x", "", text)
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object", "form"}
    assert "url(" not in text
    targets = {attrs["href"] for attrs in page.of("a")}
    ids = [attrs["id"] for _, attrs in page.tags if attrs.get("id")]
    assert len(ids) == len(set(ids))
    assert targets == {f"#{name}" for name in html_page.SECTIONS}
    assert targets <= {f"#{name}" for name in ids}
    assert "<b>rửa" not in text
    assert "Công viên <29/3>" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_cannot_see_the_page_is_told_what_is_in_it(report: Report, language: Language) -> None:
    page = Page(html_page.render(report, language))
    assert all(attrs.get("scope") in ("col", "row") for attrs in page.of("th"))
    assert len(page.of("caption")) == len(page.of("table")) > 4
    plots = page.of("svg")
    assert len(plots) == 3
    for attrs in plots:
        assert attrs["role"] == "img"
        named = str(attrs["aria-labelledby"]).split()
        assert [one["id"] for tag in ("title", "desc") for one in page.of(tag) if one.get("id") in named] == named
    if language == "en":
        assert (
            "Lowest 20.0 on 1 Oct 2026, highest 62.0 on 18 Oct 2026. Days without data: 1. Days over a limit: 2."
            in page.texts
        )


def test_the_page_shows_each_day_and_marks_what_is_over(report: Report) -> None:
    page = Page(html_page.render(report, "vi"))
    days = {row[0]: row for row in page.cells if re.fullmatch(r"\d\d/10/2026", row[0])}
    assert len(days) == 31
    assert days["01/10/2026"][1] == "20,0"
    assert days["05/10/2026"][1].startswith("\N{EN DASH}")
    assert days["18/10/2026"][1].replace("\N{NO-BREAK SPACE}", " ") == "▲ 62,0 vượt"
    assert days["01/10/2026"][-1] == "40 Tốt"
    text = " ".join(page.texts).replace("\N{NO-BREAK SPACE}", " ")
    assert "18 (62,0) · 19 (45,04)" in text
    assert "QCVN 26:2010/BTNMT (đã bị thay thế) (chưa kiểm chứng)" in text
    assert "chưa được người bản ngữ kiểm tra" in text


def test_a_flood_is_drawn_with_its_alarm_levels(flood: Report) -> None:
    page = Page(html_page.render(flood, "vi"))
    assert [text for text in page.texts if text in ("BĐ1", "BĐ2", "BĐ3")] == ["BĐ1", "BĐ2", "BĐ3"]
    assert sum(attrs.get("class") == "over" for attrs in page.of("path")) == 2
    assert "28\N{NO-BREAK SPACE}(2,73)" in " ".join(page.texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plot_stays_in_its_frame(language: Language) -> None:
    found = of({
        "air_temperature": lambda day, quarter: -3.0 + day / 10 + quarter / 50,
        "pm2_5": lambda day, _quarter: 9.0 if day == 9 else None,
        "humidity": lambda _day, _quarter: 80.0,
        "rain": lambda _day, _quarter: 0.0,
        "wind_direction": lambda day, _quarter: 11.0 * day,
        "no2": lambda day, _quarter: 1e-7 * day,
    })  # fmt: skip
    page = Page(html_page.render(found, language))
    assert len(page.of("svg")) == 6
    for _tag, attrs in page.tags:
        for name in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy"):
            if attrs.get(name) is not None:
                assert 0 <= float(str(attrs[name])) <= 520
        if attrs.get("d") and attrs.get("class") != "over":
            numbers = [float(one) for one in re.findall(r"-?\d+\.?\d*", str(attrs["d"]))]
            assert all(0 <= one <= 520 for one in numbers)


@pytest.mark.parametrize("render", [csv_file.render, html_page.render, workbook.render])
def test_a_month_that_is_not_over_says_so(render: Callable[[Report, Language], bytes]) -> None:
    found = of({"pm2_5": pm}, days=11, now=midnight(date(2026, 10, 12)))
    assert (len(found.days), found.cover.complete) == (11, False)
    assert dict(Titles(found, "en").cover())["Period"] == (
        "10/2026: 1 Oct 2026 to 11 Oct 2026 (11 days). The month is not over: provisional."
    )
    assert render(found, "vi")


def test_a_report_without_limits_says_so() -> None:
    found = of({"car_count": lambda _day, _quarter: 3.0}, "traffic")
    assert "There are no limits for these quantities." in " ".join(Page(html_page.render(found, "en")).texts)
    assert sheets_of(found, "en")["Exceedances"]["A2"].value == "There are no limits for these quantities."


def test_both_languages_have_every_text_with_the_same_fields() -> None:
    for key, (vi, en) in TEXTS.items():
        assert vi
        assert en
        assert _fields(vi) == _fields(en), key
        assert unicodedata.is_normalized("NFC", vi), key
    sheets = ("summary", "daily", "exceedances", "quality", "sites", "charts")
    for place in (0, 1):
        assert all(len(TEXTS[name][place]) <= 31 for name in sheets)
        assert len({TEXTS[name][place] for name in sheets}) == len(sheets)


def test_every_cause_has_its_words() -> None:
    assert {cause.word for cause in Cause} <= set(TEXTS)


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
