"""Rules and departments as they are written: what they come to."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from decoders.bands import table
from ingest.alerts import packs, rulebook
from ingest.alerts.department import Endpoint, Escalation, Quiet
from ingest.alerts.rule import (
    Aggregate,
    Difference,
    Errors,
    Field,
    GatewaySilence,
    Health,
    Rate,
    Severity,
    Silence,
    Total,
    Trigger,
    Where,
)
from ingest.config.alerts import Alerts

if TYPE_CHECKING:
    from ingest.alerts.rule import Rule

PAGE = Path(__file__).parents[2] / "docs" / "alerts.md"
MINUTE = 60_000_000_000
HOUR = 60 * MINUTE
TODAY = date(2026, 11, 22)
HEAD = '[[rule]]\nid = "mine"\ntitle = "Mine"\n'
LEVEL = HEAD + 'quantity = "water_level"\n'
DEPARTMENT = {"id": "thoat-nuoc", "name": {"vi": "Thoát nước", "en": "Drainage"}}


def written(folder: Path, text: str) -> Path:
    path = folder / "alerts.toml"
    path.write_text(text, "utf-8")
    return path


def loaded(folder: Path, text: str, **settings: Any) -> rulebook.Rulebook:
    return rulebook.load(Alerts.model_validate({"file": written(folder, text), **settings}), TODAY)


def only(folder: Path, text: str) -> Rule:
    """The one rule of a file."""
    (rule,) = loaded(folder, text).rules
    return rule


def by_id(*names: str, on: date = TODAY, **settings: Any) -> dict[str, Rule]:
    book = rulebook.load(Alerts.model_validate({"packs": names, **settings}), on)
    return {rule.id: rule for rule in book.rules}


def test_every_pack_is_on_by_its_name_and_says_where_its_numbers_are_from() -> None:
    rules = by_id(*packs.names())
    assert len(packs.names()) == 12
    for name in packs.names():
        own = by_id(name)
        assert own
        assert own.items() <= rules.items()
        assert all(key.startswith(f"{name}/") for key in own)
    assert [key for key, rule in rules.items() if rule.source is None] == []


def test_numbers_of_packs_are_those_of_the_tables() -> None:
    rules = by_id(*packs.names())
    for key in ("poor", "bad", "very_bad", "hazardous"):
        low = next(band.low for band in table("vn_aqi").bands if band.key == key)
        assert rules[f"vn_aqi/{key}"].trigger.above == low
        assert rules[f"vn_aqi/{key}"].trigger.clear == low - 5
    assert rules["street_flood/flooded"].trigger.above == 0.2
    assert rules["street_flood/flooded"].signal == Field("station", "street_flood")
    for level in (1, 2, 3):
        flood = rules[f"flood/bd{level}"]
        assert flood.signal == Field("station", f"flood_over_bd{level}")
        assert (flood.trigger.above, flood.trigger.clear, flood.unit) == (0.0, -0.1, "m")
        assert flood.level is not None
        assert flood.level.vi == f"Báo động {level}"
    assert rules["flood/rise"].signal == Field("station", "flood_rise")
    assert (rules["rain/1h"].trigger.above, rules["rain/1h"].verified) == (50.0, False)
    assert rules["rain/very_heavy_24h"].trigger.above == 5.0
    assert rules["heat/extremely_hot"].trigger.above == 39.0


def test_no_number_of_a_table_stands_in_a_pack_too() -> None:
    for name in ("vn_aqi", "qcvn", "street_flood", "heat"):
        assert all(isinstance(rule["above"], dict) for rule in packs.read(name).rules)


def test_what_is_unverified_in_a_table_is_unverified_in_its_rules() -> None:
    rules = by_id(*packs.names())
    assert [rules[f"flood/bd{level}"].verified for level in (1, 2, 3)] == [False, False, True]
    bd1 = rules["flood/bd1"].source
    assert bd1 is not None
    assert "Cẩm Lệ, Giao Thủy, Hội Khách, Nông Sơn" in bd1.vi
    assert rules["vn_aqi/bad"].verified
    assert rules["qcvn/pm2_5_24h"].verified
    assert not rules["qcvn/noise_day"].verified  # superseded
    assert not rules["heat/index_danger"].verified
    assert not rules["salinity/intake"].verified


def test_a_limit_is_the_one_in_force_on_the_day() -> None:
    before = by_id("qcvn", on=date(2025, 12, 31))["qcvn/pm2_5_24h"].level
    since = by_id("qcvn", on=date(2026, 1, 1))["qcvn/pm2_5_24h"].level
    assert before is not None
    assert since is not None
    assert before.vi == "giới hạn 50 µg/m³ (trung bình 24 giờ)"
    assert since.en == "limit of 45 µg/m³ (mean of 24 hours)"


def test_a_value_at_a_limit_keeps_it() -> None:
    trigger = by_id("salinity")["salinity/chloride"].trigger
    assert trigger.above is not None
    assert trigger.above > 250.0
    assert trigger.above == pytest.approx(250.0)
    assert trigger.clear == 225.0


def test_a_rule_of_ones_own(tmp_path: Path) -> None:
    text = """
        [[rule]]
        id = "ho-day"
        title = { vi = "Hồ đầy", en = "Lake full" }
        severity = "danger"
        quantity = "water_level"
        above = 2.5
        clear = 2.3
        for = "10m"
        settle = "1h"
        between = "22:00-05:30"
        days = ["weekend", "mon"]
        wards = ["hoa xuan", "Phường Cẩm Lệ"]
        sites = ["ho-1"]
        models = ["Milesight EM500-UDL", "acme/own"]
        devices = ["24E124126A148401"]
        departments = ["thoat-nuoc"]
    """
    (rule,) = loaded(tmp_path, text, department=[DEPARTMENT]).rules
    assert (rule.id, rule.title, rule.severity) == ("ho-day", ("Hồ đầy", "Lake full"), Severity.DANGER)
    assert rule.signal == Field("water", "water_level", "device")  # a neighbour's values are not to break a hold
    assert rule.trigger == Trigger(
        above=2.5,
        clear=2.3,
        hold=10 * MINUTE,
        settle=HOUR,
        hours=(22 * 60, 5 * 60 + 30),
        days=frozenset({0, 5, 6}),
    )
    assert rule.where == Where(
        wards=frozenset({"Hòa Xuân", "Cẩm Lệ"}),
        sites=frozenset({"ho-1"}),
        models=frozenset({"milesight/em500_udl", "acme/own"}),
        devices=frozenset({"24e124126a148401"}),
    )
    assert (rule.unit, rule.source, rule.verified, rule.prompt) == ("m", None, True, False)
    assert rule.departments == {"thoat-nuoc"}


LEVELS = Field("water", "water_level")
SIGNALS: dict[str, tuple[str, Any, str]] = {
    "plain": ('quantity = "water_level"', LEVELS, "m"),
    "some of the last of a device": (
        'quantity = "water_level"\nof = "2 of 3"',
        Field("water", "water_level", "device"),
        "m",
    ),
    "some of the last of a site": (
        'quantity = "water_level"\nof = "2 of 3"\nby = "site"',
        Field("water", "water_level"),
        "m",
    ),
    "some hours": ('quantity = "vn_aqi"\nrows = "hour"\nof = "2 of 3"', Field("environment_1h", "vn_aqi"), ""),
    "a rate for a while": (
        'quantity = "water_level"\nrate = "1h"\nfor = "5m"',
        Rate(LEVELS, 3_600_000_000_000),
        "m/h",
    ),
    "by device": ('quantity = "water_level"\nby = "device"', Field("water", "water_level", "device"), "m"),
    "of the device itself": ('quantity = "battery"', Field("device", "battery", "device"), "%"),
    "of the radio": ('quantity = "snr"', Field("radio", "snr", "device"), "dB"),
    "of an hour": ('quantity = "vn_aqi"\nrows = "hour"', Field("environment_1h", "vn_aqi"), ""),
    "of a day alone": ('quantity = "pm2_5_over"', Field("environment_1d", "pm2_5_over"), ""),
    "of a map": ('quantity = "flood_offset"\nrows = "station"', Field("station", "flood_offset"), "m"),
    "a mean": ('quantity = "pm2_5_mean"\nrows = "day"', Field("environment_1d", "pm2_5_mean"), "µg/m³"),
    "a rate": ('quantity = "water_level"\nrate = "30m"', Rate(LEVELS, 30 * MINUTE, HOUR), "m/h"),
    "a rate by the minute": (
        'quantity = "water_level"\nrate = "30m"\nper = "minute"',
        Rate(LEVELS, 30 * MINUTE, MINUTE),
        "m/min",
    ),
    "a counter": ('quantity = "vehicles"\nrate = "1h"', Rate(Field("traffic", "vehicles"), HOUR, HOUR), "/h"),
    "a total": ('quantity = "rain"\ntotal = "3h"', Total(Field("environment", "rain"), 3 * HOUR), "mm"),
    "a difference": (
        'quantity = "water_level"\nsites = ["up"]\nminus = "down"\nspan = "2h"',
        Difference(LEVELS, "up", "down", 2 * HOUR),
        "m",
    ),
    "of a ward": (
        'quantity = "water_level"\naggregate = "max"\nmembers = 3',
        Aggregate(LEVELS, "max", HOUR, 3, "ward"),
        "m",
    ),
    "a share": (
        'quantity = "water_level"\naggregate = "share"\nlevel = 1.5\nover = "all"\nspan = "10m"',
        Aggregate(LEVELS, "share", 10 * MINUTE, 1, "all", 1.5),
        "%",
    ),
    "silence": ('watch = "silence"', Silence(0, 15 * MINUTE), ""),
    "silence of a pace": ('watch = "silence"\ninterval = "10m"\nafter = "1h"', Silence(10 * MINUTE, HOUR), ""),
    "a gateway": ('watch = "gateway_silence"', GatewaySilence(), "s"),
    "codecs": ('watch = "codec_errors"\nspan = "2h"', Errors(2 * HOUR), ""),
    "duty cycle": ('watch = "duty_cycle"', Total(Field("radio", "airtime", "device"), HOUR, 100 / 3_600_000), "%"),
    "lag": ('watch = "lag"', Health("lag"), "s"),
    "disk": ('watch = "disk"', Health("disk"), "%"),
}


@pytest.mark.parametrize("case", SIGNALS)
def test_what_is_looked_at(tmp_path: Path, case: str) -> None:
    keys, signal, unit = SIGNALS[case]
    rule = only(tmp_path, f"{HEAD}{keys}\nabove = 1\n")
    if isinstance(signal, Total):
        assert isinstance(rule.signal, Total)
        assert (rule.signal.field, rule.signal.span) == (signal.field, signal.span)
        assert rule.signal.scale == pytest.approx(signal.scale)
    else:
        assert rule.signal == signal
    assert rule.unit == unit


TRIGGERS: dict[str, tuple[str, Trigger]] = {
    "above": ("above = 2", Trigger(above=2.0, clear=2.0)),
    "below": ("below = 2", Trigger(below=2.0, clear=2.0)),
    "a margin above": ("above = 0.2\nmargin = 0.05", Trigger(above=0.2, clear=0.15)),
    "a margin below": ("below = 2\nmargin = 0.5", Trigger(below=2.0, clear=2.5)),
    "n of m": ('above = 2\nof = "3 of 5"', Trigger(above=2.0, clear=2.0, n=3, of=5)),
    "to midnight": ('above = 2\nbetween = "20:00-24:00"', Trigger(above=2.0, clear=2.0, hours=(1200, 0))),
    "at once": ('above = 2\nfor = 0\nsettle = "0s"', Trigger(above=2.0, clear=2.0, settle=0)),
}


@pytest.mark.parametrize("case", TRIGGERS)
def test_when_it_is_too_much(tmp_path: Path, case: str) -> None:
    keys, trigger = TRIGGERS[case]
    assert only(tmp_path, LEVEL + keys).trigger == trigger


@pytest.mark.parametrize(
    ("signal", "hours"),
    [
        ('quantity = "water_level"', 24),
        ('quantity = "water_level"\nrate = "30m"', 3),
        ('quantity = "water_level"\nrate = "6h"', 6),
        ('quantity = "vehicles"\nrate = "2d"', 24),
        ('quantity = "water_level"\nrate = "30m"\nforget = "2d"', 48),
        ('quantity = "pm2_5"\naggregate = "mean"', 3),
        ('quantity = "pm2_5_mean"\nrows = "hour"\naggregate = "mean"', 24),
        ('quantity = "rain"\ntotal = "3h"', 24),
    ],
)
def test_what_is_worked_out_of_values_that_have_aged_is_not_known(tmp_path: Path, signal: str, hours: int) -> None:
    (found,) = loaded(tmp_path, f'[[rule]]\nid = "x"\ntitle = "x"\nabove = 1\n{signal}\n').rules
    assert found.forget == hours * HOUR


def test_seconds_are_written_as_people_say_them(tmp_path: Path) -> None:
    rule = only(tmp_path, f'{HEAD}watch = "gateway_silence"\nabove = "5m"\nmargin = "1m"')
    assert rule.trigger == Trigger(above=300.0, clear=240.0)


def test_a_rule_of_ones_own_changes_one_of_a_pack(tmp_path: Path) -> None:
    text = """
        [[rule]]
        id = "flood/bd2"
        severity = "danger"
        sites = ["cau-lau"]

        [[rule]]
        id = "flood/rise"
        above = 1
        source = { vi = "Đài KTTV", en = "the station" }

        [[rule]]
        id = "flood/bd1"
        quantity = "water_level"
        above = 1.8
    """
    before, after = by_id("flood"), {rule.id: rule for rule in loaded(tmp_path, text, packs=["flood"]).rules}
    assert list(after) == list(before)
    bd2, rise, bd1 = after["flood/bd2"], after["flood/rise"], after["flood/bd1"]
    assert (bd2.severity, bd2.where) == (Severity.DANGER, Where(sites=frozenset({"cau-lau"})))
    assert (bd2.title, bd2.trigger, bd2.source) == (
        before["flood/bd2"].title,
        before["flood/bd2"].trigger,
        before["flood/bd2"].source,
    )
    assert (rise.trigger.above, rise.trigger.clear, rise.trigger.hold) == (1.0, 0.7, 15 * MINUTE)
    assert (rise.source, rise.verified) == (("Đài KTTV", "the station"), True)
    assert (bd1.signal, bd1.source, bd1.level) == (LEVELS, None, None)
    assert bd1.title == before["flood/bd1"].title
    assert after["flood/bd3"] == before["flood/bd3"]


def test_a_number_of_ones_own_has_not_the_packs_source(tmp_path: Path) -> None:
    text = '[[rule]]\nid = "salinity/intake"\nabove = 0.3\n'
    (rule, _) = loaded(tmp_path, text, packs=["salinity"]).rules
    assert (rule.trigger.above, rule.trigger.clear) == (0.3, 0.25)
    assert (rule.source, rule.verified) == (None, True)


def test_rules_are_switched_off_by_id() -> None:
    assert list(by_id("flood", off=["flood/rise", "flood/bd?"])) == []
    assert list(by_id("flood", off=["flood/bd*"])) == ["flood/rise"]


def test_without_anything_there_is_nothing() -> None:
    settings = Alerts()
    assert not settings.on
    assert rulebook.load(settings) == ((), ())
    assert Alerts(packs=("flood",)).on
    assert not Alerts(packs=("flood",), enabled=False).on


def test_departments_are_what_alerts_know() -> None:
    mail = {"name": "truc-ban", "host": "smtp", "tls": "none", "sender": "a@b.vn", "to": ["c@d.vn"]}
    given = {
        **DEPARTMENT,
        "language": "en",
        "rules": ["*"],
        "wards": ["hoa xuan"],
        "sites": ["a"],
        "least": "warning",
        "operators": True,
        "quiet": {"since": "22:00", "until": "06:30", "below": "warning"},
        "escalate": {"after": "30m", "to": "ban", "least": "danger"},
        "email": [mail],
    }
    other = {"id": "ban", "name": {"vi": "Ban", "en": "Command"}}
    book = rulebook.load(Alerts.model_validate({"department": [given, other]}))
    one, two = book.departments
    assert (one.id, one.name, one.language, one.operators) == ("thoat-nuoc", ("Thoát nước", "Drainage"), "en", True)
    assert one.endpoints == (Endpoint("thoat-nuoc/truc-ban", "email"),)
    assert one.where == Where(wards=frozenset({"Hòa Xuân"}), sites=frozenset({"a"}))
    assert (one.rules, one.least) == (("*",), Severity.WARNING)
    assert one.quiet == Quiet(22 * 60, 6 * 60 + 30, Severity.WARNING)
    assert one.escalation == Escalation(30 * MINUTE, "ban", Severity.DANGER)
    assert (two.language, two.least, two.rules, two.quiet, two.escalation) == ("vi", Severity.INFO, (), None, None)


def test_every_example_of_the_page_can_be_used(tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    settings, *files = blocks
    own = "\n".join(files)
    given = tomllib.loads(settings)["alerts"] | {"file": str(written(tmp_path, own))}
    given["packs"] = [*given["packs"], "salinity"]
    book = rulebook.load(Alerts.model_validate(given), TODAY)
    assert len([rule for rule in book.rules if "/" not in rule.id]) == own.count("[[rule]]") - 1
    assert len(book.departments) == 2


def test_the_page_names_every_key_and_pack() -> None:
    from ingest.alerts.rule_table import keys  # noqa: PLC0415  (only here)

    page = PAGE.read_text("utf-8")
    for key in keys():
        assert f"`{key}`" in page, key
    for name in packs.names():
        assert f"### `{name}`" in page, name
