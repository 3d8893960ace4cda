"""Every rule says itself in one sentence of each language; whatever is valid can be loaded and said."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decoders.bands import UNVERIFIED
from decoders.quantities import QUANTITIES
from ingest.alerts import fields, packs, rulebook
from ingest.alerts.compiling import rule_of
from ingest.alerts.plain import number, span
from ingest.alerts.rule_table import RuleTable
from ingest.alerts.words import say
from ingest.config.alerts import Alerts

if TYPE_CHECKING:
    from pathlib import Path

    from decoders.bands import Language
    from ingest.alerts.rule import Rule

TODAY = date(2026, 11, 22)
LANGUAGES: tuple[Language, ...] = ("vi", "en")
PACKS = rulebook.load(Alerts(packs=packs.names()), TODAY).rules


def rule(**keys: Any) -> Rule:
    given_keys = {"id": "mine", "title": {"vi": "Tên", "en": "Name"}, "quantity": "water_level", **keys}
    return rule_of(RuleTable(**{key: value for key, value in given_keys.items() if value is not None}), TODAY)


SAID: dict[str, tuple[dict[str, Any], str, str]] = {
    "a level": (
        {"above": 2.5, "clear": 2.3, "for": "10m", "wards": ["Hòa Xuân"], "severity": "danger"},
        """
        Tên (nguy hiểm): báo khi mực nước của một thiết bị từ 2,5 m trở lên liên tục 10 phút; hết báo sau khi
        xuống dưới 2,3 m trong 10 phút; phạm vi: phường, xã Hòa Xuân; xét riêng từng thiết bị.
        """,
        """
        Name (danger): fires when the water level of a device is 2.5 m or more for 10 min without a break;
        over once it has been below 2.3 m for 10 min; where: wards Hòa Xuân; each device by itself.
        """,
    ),
    "a site as a whole, given up late": (
        {"above": 2.5, "for": "10m", "by": "site", "forget": "3d"},
        """
        Tên (cảnh báo): báo khi mực nước tại một điểm đo từ 2,5 m trở lên liên tục 10 phút; hết báo sau khi
        xuống dưới 2,5 m trong 10 phút; kết thúc nếu không có số liệu suốt 3 ngày; phạm vi: toàn thành phố.
        """,
        """
        Name (warning): fires when the water level at a site is 2.5 m or more for 10 min without a break;
        over once it has been below 2.5 m for 10 min; given up where nothing is heard for 3 days; where:
        everywhere.
        """,
    ),
    "never given up": (
        {"above": 2.5, "forget": "never"},
        """
        Tên (cảnh báo): báo khi mực nước tại một điểm đo từ 2,5 m trở lên; hết báo sau khi xuống dưới 2,5 m
        trong 10 phút; không kết thúc khi mất số liệu; phạm vi: toàn thành phố.
        """,
        """
        Name (warning): fires when the water level at a site is 2.5 m or more; over once it has been below
        2.5 m for 10 min; goes on while nothing is heard; where: everywhere.
        """,
    ),
    "from below, n of m, at some times": (
        {
            "quantity": "battery",
            "below": 10,
            "margin": 5,
            "of": "3 of 5",
            "between": "22:00-05:00",
            "days": ["weekdays"],
            "devices": ["24e124126a148401"],
            "settle": 0,
        },
        """
        Tên (cảnh báo): báo khi pin của một thiết bị từ 10 % trở xuống ở 3 trong 5 giá trị gần nhất, trong
        khoảng 22:00 đến 05:00, vào thứ Hai đến thứ Sáu; hết báo sau khi lên trên 15 %; phạm vi: thiết bị
        24e124126a148401.
        """,
        """
        Name (warning): fires when the battery of a device is 10 % or less in 3 of the last 5 values,
        between 22:00 and 05:00, on Monday to Friday; over once it has been above 15 %; where: devices
        24e124126a148401.
        """,
    ),
    "a rate": (
        {"rate": "30m", "above": 0.3, "sites": ["a", "b"]},
        """
        Tên (cảnh báo): báo khi tốc độ thay đổi của mực nước (tính trong 30 phút) tại một điểm đo từ 0,3 m/h
        trở lên; hết báo sau khi xuống dưới 0,3 m/h trong 10 phút; kết thúc nếu không có số liệu suốt 3 giờ;
        phạm vi: điểm đo a, b.
        """,
        """
        Name (warning): fires when the rate of change of water level (over 30 min) at a site is 0.3 m/h or
        more; over once it has been below 0.3 m/h for 10 min; given up where nothing is heard for 3 h; where:
        sites a, b.
        """,
    ),
    "a total": (
        {"quantity": "rain", "total": "3h", "above": 1000.5},
        """
        Tên (cảnh báo): báo khi tổng lượng mưa trong 3 giờ tại một điểm đo từ 1.000,5 mm trở lên; hết báo
        sau khi xuống dưới 1.000,5 mm trong 10 phút; phạm vi: toàn thành phố.
        """,
        """
        Name (warning): fires when the total of rain in 3 h at a site is 1,000.5 mm or more; over once it
        has been below 1,000.5 mm for 10 min; where: everywhere.
        """,
    ),
    "a difference": (
        {"sites": ["thuong-luu"], "minus": "ha-luu", "above": 0.4},
        """
        Tên (cảnh báo): báo khi mực nước tại điểm đo thuong-luu trừ đi tại ha-luu từ 0,4 m trở lên; hết báo
        sau khi xuống dưới 0,4 m trong 10 phút; phạm vi: điểm đo thuong-luu.
        """,
        """
        Name (warning): fires when the water level at site thuong-luu less that at ha-luu is 0.4 m or more;
        over once it has been below 0.4 m for 10 min; where: sites thuong-luu.
        """,
    ),
    "a ward": (
        {"quantity": "pm2_5", "aggregate": "share", "level": 100, "members": 3, "above": 60},
        """
        Tên (cảnh báo): báo khi tỷ lệ điểm đo có bụi PM2.5 từ 100 µg/m³ trở lên trong một phường, xã (ít
        nhất 3 điểm đo, số liệu trong 1 giờ) từ 60 % trở lên; hết báo sau khi xuống dưới 60 % trong 10 phút;
        kết thúc nếu không có số liệu suốt 3 giờ; phạm vi: toàn thành phố.
        """,
        """
        Name (warning): fires when the share of sites with PM2.5 of 100 µg/m³ or more in a ward (at least 3
        sites, values of the last 1 h) is 60 % or more; over once it has been below 60 % for 10 min; given up
        where nothing is heard for 3 h; where: everywhere.
        """,
    ),
    "silence": (
        {"quantity": None, "watch": "silence", "interval": "10m", "after": "30m", "above": 2},
        """
        Tên (cảnh báo): báo khi một thiết bị không gửi gì suốt 2 chu kỳ (chu kỳ 10 phút, sớm nhất sau 30
        phút); hết báo sau khi có tín hiệu trở lại trong 10 phút; phạm vi: toàn thành phố.
        """,
        """
        Name (warning): fires when a device has sent nothing for 2 of its intervals (10 min; after 30 min at
        the earliest); over once it has been heard again for 10 min; where: everywhere.
        """,
    ),
    "a flag": (
        {"quantity": "meter_leak", "by": "device", "above": 1},
        """
        Tên (cảnh báo): báo khi một thiết bị báo “rò rỉ sau đồng hồ”; hết báo sau khi không còn như vậy
        trong 10 phút; phạm vi: toàn thành phố.
        """,
        """
        Name (warning): fires when a device reports “leak behind the meter”; over once that has not been so
        for 10 min; where: everywhere.
        """,
    ),
    "a state": (
        {"quantity": "manhole_open", "above": 1},
        """
        Tên (cảnh báo): báo khi nắp cống tại một điểm đo ở trạng thái “mở”; hết báo sau khi không còn như
        vậy trong 10 phút; phạm vi: toàn thành phố.
        """,
        """
        Name (warning): fires when the manhole cover at a site is “open”; over once that has not been so for
        10 min; where: everywhere.
        """,
    ),
    "a class": (
        {"quantity": "vn_aqi", "rows": "hour", "above": {"table": "vn_aqi", "band": "bad"}, "margin": 5},
        """
        Tên (cảnh báo): báo khi VN_AQI theo giờ tại một điểm đo từ 151 trở lên (xấu); hết báo sau khi xuống
        dưới 146 trong 10 phút; phạm vi: toàn thành phố; nguồn: VN_AQI (Quyết định 1459/QĐ-TCMT).
        """,
        """
        Name (warning): fires when the hourly VN_AQI at a site is 151 or more (unhealthy); over once it has
        been below 146 for 10 min; where: everywhere; source: VN_AQI (Decision 1459/QĐ-TCMT).
        """,
    ),
    "an alarm level": (
        {"quantity": "flood_level", "rows": "station", "above": {"table": "flood_alarm", "band": "bd3"}},
        """
        Tên (cảnh báo): báo khi cấp báo động lũ mới nhất tại một điểm đo đạt mức “Báo động 3” trở lên; hết
        báo sau khi không còn như vậy trong 10 phút; phạm vi: toàn thành phố; nguồn: Cấp báo động lũ (Quyết
        định 05/2020/QĐ-TTg).
        """,
        """
        Name (warning): fires when the newest flood alarm level at a site is at “Alarm level 3” or above;
        over once that has not been so for 10 min; where: everywhere; source: Flood alarm levels (Decision
        05/2020/QĐ-TTg).
        """,
    ),
    "a limit that is superseded": (
        {"quantity": "laeq_night_over", "above": {"table": "qcvn_26", "parameter": "laeq", "period": "21-06"}},
        """
        Tên (cảnh báo): báo khi mức ồn ban đêm (21-6 giờ) tại một điểm đo vượt giới hạn 45 dB(A) (khu vực
        đặc biệt), 55 dB(A) (khu vực thông thường); hết báo sau khi không còn như vậy trong 10 phút; phạm
        vi: toàn thành phố; nguồn: QCVN 26:2010/BTNMT (đã bị thay thế) (chưa kiểm chứng).
        """,
        """
        Name (warning): fires when the noise by night at a site is over the limit of 45 dB(A) (special
        areas), 55 dB(A) (ordinary areas); over once that has not been so for 10 min; where: everywhere;
        source: QCVN 26:2010/BTNMT (superseded) (unverified).
        """,
    ),
    "a limit of readings": (
        {"quantity": "chloride", "above": {"table": "qcvn_08", "parameter": "chloride"}, "margin": 25},
        """
        Tên (cảnh báo): báo khi clorua tại một điểm đo vượt giới hạn 250 mg/L; hết báo sau khi xuống dưới
        225 mg/L trong 10 phút; phạm vi: toàn thành phố; nguồn: QCVN 08:2023/BTNMT, Bảng 1.
        """,
        """
        Name (warning): fires when the chloride at a site is over the limit of 250 mg/L; over once it has
        been below 225 mg/L for 10 min; where: everywhere; source: QCVN 08:2023/BTNMT, table 1 (surface
        water, health).
        """,
    ),
    "citylora itself": (
        {"quantity": None, "watch": "stalled", "above": "5m", "verified": False},
        """
        Tên (cảnh báo): báo khi thời gian mất kết nối với một nguồn dữ liệu từ 5 phút trở lên; hết báo sau
        khi xuống dưới 5 phút trong 10 phút; ngưỡng (chưa kiểm chứng).
        """,
        """
        Name (warning): fires when the time for which a source has been away is 5 min or more; over once it
        has been below 5 min for 10 min; threshold (unverified).
        """,
    ),
}
"""Keys of a rule; what is said of it, whatever the lines."""


@pytest.mark.parametrize("case", SAID)
def test_a_rule_in_one_sentence(case: str) -> None:
    keys, vi, en = SAID[case]
    assert say(rule(**keys), "vi") == " ".join(vi.split())
    assert say(rule(**keys), "en") == " ".join(en.split())


@pytest.mark.parametrize("one", PACKS, ids=[one.id for one in PACKS])
def test_every_rule_of_a_pack_says_itself(one: Rule) -> None:
    for language in LANGUAGES:
        said = say(one, language)
        source = getattr(one.source, language)
        assert said.startswith(getattr(one.title, language))
        assert source in said
        assert said.endswith(f"({getattr(UNVERIFIED, language)}).") != one.verified
        assert sound(said)


@pytest.mark.parametrize(
    ("value", "vi", "en"),
    [
        (2.5, "2,5", "2.5"),
        (30_000.0, "30.000", "30,000"),
        (-0.0, "0", "0"),
        (-15.0, "-15", "-15"),
        (250.00000000000003, "250", "250"),
        (0.1 + 0.2, "0,3", "0.3"),
        (1e20, "1e+20", "1e+20"),
        (1.5e-7, "0,00000015", "0.00000015"),
    ],
)
def test_numbers_as_people_write_them(value: float, vi: str, en: str) -> None:
    assert number(value, "vi") == vi
    assert number(value, "en") == en


def test_spans_as_people_say_them() -> None:
    minute = 60_000_000_000
    assert [span(one * minute, "vi") for one in (1, 60, 1440, 90)] == ["1 phút", "1 giờ", "1 ngày", "90 phút"]
    assert [span(one * minute, "en") for one in (1, 60, 1440, 2880)] == ["1 min", "1 h", "1 day", "2 days"]


def sound(said: str) -> bool:
    """One sentence, with nothing left of a template or a value that is not there."""
    return "\n" not in said and "  " not in said and not any(part in said for part in ("{", "}", "None", "()", " ,"))


NAMES = sorted(fields.names())
MEASURED = sorted(QUANTITIES)
GAUGES = sorted(name for name, one in QUANTITIES.items() if one.kind == "gauge")
COUNTERS = sorted(name for name, one in QUANTITIES.items() if one.kind == "counter")
AMOUNTS = sorted(name for name, one in QUANTITIES.items() if one.kind == "event_count")

numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 6))
spans = st.sampled_from(["1s", "90s", "10m", "1h", "36h", "7d", 45])
texts = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="{}"), min_size=1)


@st.composite
def looked_at(draw: st.DrawFn) -> dict[str, Any]:
    """What is looked at, and a threshold that can be."""
    way = draw(st.sampled_from(["plain", "rate", "total", "minus", "aggregate", "watch"]))
    if way == "watch":
        watch = draw(st.sampled_from(["silence", "gateway_silence", "codec_errors", "duty_cycle", "lag", "disk"]))
        more = {"interval": draw(spans), "after": draw(spans)} if watch == "silence" else {}
        return {"watch": watch, "above": draw(numbers), **more}
    if way == "plain":
        name = draw(st.sampled_from(MEASURED + NAMES).filter(is_plain))
        found = draw(st.sampled_from(places(name)))
        return {"quantity": name, "rows": found.rows, draw(st.sampled_from(["above", "below"])): draw(possible(name))}
    name = draw(st.sampled_from(AMOUNTS if way == "total" else GAUGES + COUNTERS if way == "rate" else GAUGES))
    more = {
        "rate": {"rate": draw(spans), "per": draw(st.sampled_from(["minute", "hour", "day"]))},
        "total": {"total": draw(spans)},
        "minus": {"minus": "b", "sites": ["a"], "span": draw(spans)},
        "aggregate": {"aggregate": "count", "over": draw(st.sampled_from(["ward", "all"])), "members": 2},
    }[way]
    return {"quantity": name, "above": draw(numbers), **more}


def places(name: str) -> list[fields.Known]:
    found = []
    for rows in ("reading", "hour", "day", "station"):
        try:
            found.append(fields.find(name, rows))
        except ValueError:
            continue
    return found


def is_plain(name: str) -> bool:
    return all(one.kind != "counter" for one in places(name))


def possible(name: str) -> st.SearchStrategy[float]:
    if name not in QUANTITIES:
        return numbers
    low, high = QUANTITIES[name].possible
    return st.floats(max(low, -1e9), min(high, 1e9)).map(lambda value: min(max(round(value, 6), low), high))


whens = st.fixed_dictionaries(
    {"settle": spans},
    optional={
        "margin": st.floats(0, 100).map(lambda value: round(value, 6)),
        "between": st.sampled_from(["22:00-05:00", "00:00-24:00", "08:15-08:16"]),
        "days": st.lists(st.sampled_from(["mon", "tue", "fri", "sun", "weekdays", "weekend"])),
        "severity": st.sampled_from(["info", "warning", "danger"]),
        "source": texts,
        "verified": st.booleans(),
    },
)
lasting = st.sampled_from([{}, {"for": "10m"}, {"of": "3 of 5"}, {"of": "63 of 63"}])


@settings(max_examples=100, deadline=None)
@given(one=looked_at(), when=whens, lasts=lasting, title=st.fixed_dictionaries({"vi": texts, "en": texts}))
def test_whatever_is_valid_is_loaded_and_says_itself(
    tmp_path_factory: pytest.TempPathFactory,
    one: dict[str, Any],
    when: dict[str, Any],
    lasts: dict[str, Any],
    title: dict[str, str],
) -> None:
    keys = {"id": "mine", "title": title, **when, **lasts, **one}
    path = tmp_path_factory.getbasetemp() / "property.toml"
    write(path, keys)
    (loaded,) = rulebook.load(Alerts(file=path), TODAY).rules
    for language in LANGUAGES:
        said = say(loaded, language)
        assert said.startswith(f"{title[language]} (")
        assert said.endswith(".")
        assert sound(said.removeprefix(title[language]).partition("; nguồn:")[0].partition("; source:")[0])
    threshold = loaded.trigger.above if loaded.trigger.below is None else loaded.trigger.below
    assert threshold == one.get("above", one.get("below"))


def write(path: Path, keys: dict[str, Any]) -> None:
    """One rule as TOML: its texts, numbers and lists are JSON's, too."""
    lines = [f"{key} = {toml(value)}" for key, value in keys.items()]
    path.write_text("\n".join(["[[rule]]", *lines]), "utf-8")


def toml(value: object) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {toml(inner)}' for key, inner in value.items())} }}"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
