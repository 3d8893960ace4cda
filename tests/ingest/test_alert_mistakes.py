"""Rules and departments that are written wrongly: the one line that each mistake gets."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from ingest.alerts import rulebook
from ingest.config.alerts import Alerts
from ingest.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 22)
HEAD = '[[rule]]\nid = "mine"\ntitle = "Mine"\n'
LEVEL = HEAD + 'quantity = "water_level"\n'
DEPARTMENT = {"id": "thoat-nuoc", "name": {"vi": "Thoát nước", "en": "Drainage"}}


def mistakes(folder: Path, text: str, **settings: Any) -> list[str]:
    """What is said of a file, without its path."""
    path = folder / "alerts.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        rulebook.load(Alerts.model_validate({"file": path, **settings}), TODAY)
    assert caught.value.hint == "docs/alerts.md explains every key"
    return [line.removeprefix(f"{path}: ") for line in str(caught.value).splitlines()]


WRONG: dict[str, tuple[str, str]] = {
    "no id": (
        '[[rule]]\ntitle = "A"\nquantity = "ph"\nabove = 1',
        "rule #1: id is missing; add it",
    ),
    "an id that is none": (
        '[[rule]]\nid = "Hồ"\ntitle = "A"\nquantity = "ph"\nabove = 1',
        'rule #1: id = "Hồ" is no id; write lower-case letters, digits, - and _, and that of',
    ),
    "no title": ('[[rule]]\nid = "mine"\nquantity = "ph"\nabove = 1', 'rule "mine": title is missing; add it'),
    "a title of two lines": (
        LEVEL.replace('"Mine"', '{ vi = "Mine\\nYours", en = "Mine" }') + "above = 1",
        'rule "mine": title.vi = "Mine\\nYours" has a line break or another letter that cannot be printed; write it in',
    ),
    "twice": (f"{LEVEL}above = 1\n{LEVEL}above = 2\n", 'rule "mine" is there twice; give each its own id'),
    "an unknown key": (
        f"{LEVEL}abov = 1\nabove = 1",
        'rule "mine": abov is no known key; did you mean "above"?',
    ),
    "nothing to look at": (
        f"{HEAD}above = 1",
        (
            'rule "mine" needs either quantity or watch; write what is looked at, such as quantity = "water_level", or'
            ' watch = "silence"'
        ),
    ),
    "an unknown quantity": (
        f'{HEAD}quantity = "watr_level"\nabove = 1',
        'rule "mine" has quantity = "watr_level", which is nothing that is stored; did you mean "water_level"',
    ),
    "in several rows": (
        f'{HEAD}quantity = "vn_aqi"\nabove = 100',
        (
            'rule "mine" has quantity = "vn_aqi", which is in several rows; write rows = "hour" or rows = "day" or'
            ' rows = "station"'
        ),
    ),
    "in other rows": (
        f'{HEAD}quantity = "pm2_5"\nrows = "hour"\nabove = 100',
        (
            'rule "mine" has quantity = "pm2_5", which is not in the rows "hour"; write rows = "reading", or quantity ='
            ' "pm2_5_mean", for one'
        ),
    ),
    "a counter": (
        f'{HEAD}quantity = "water_volume"\nabove = 100',
        (
            'rule "mine" has water_volume, a counter, which only grows; add rate = "1h", or take what passes: quantity'
            ' = "water_used", total = "1h"'
        ),
    ),
    "the sum of a level": (
        f'{LEVEL}total = "1h"\nabove = 100',
        'rule "mine" has a total of water_level, a level, of which a sum means nothing; take total out',
    ),
    "the rate of an amount": (
        f'{HEAD}quantity = "rain"\nrate = "1h"\nabove = 100',
        'rule "mine" has a rate of rain, which does not grow or fall steadily; write total = "1h"',
    ),
    "two signals": (
        f'{LEVEL}rate = "1h"\nminus = "b"\nabove = 1',
        'rule "mine" has rate and minus, of which one is enough; take the other out',
    ),
    "a value's way of silence": (
        f'{HEAD}watch = "silence"\nrate = "1h"\nabove = 3',
        'rule "mine" has rate, which needs a quantity; take it out, or write quantity instead of watch',
    ),
    "a key of another signal": (
        f'{HEAD}watch = "lag"\nsites = ["a"]\nabove = 3',
        'rule "mine" has sites, which watch = "lag" does not use; take it out',
    ),
    "a key that needs another": (
        f'{LEVEL}per = "day"\nabove = 3',
        'rule "mine" has per, which a plain quantity does not use; take it out, or add rate = ...',
    ),
    "no threshold": (
        LEVEL,
        'rule "mine" needs one of above and below; write the value from which on it is too much',
    ),
    "two thresholds": (
        f"{LEVEL}above = 1\nbelow = 2",
        'rule "mine" needs one of above and below; write the value from which on it is too much',
    ),
    "a threshold that is no number": (
        f"{LEVEL}above = true",
        'rule "mine": above = true is no number; write one',
    ),
    "a threshold that is text": (
        f'{LEVEL}above = "high"',
        'rule "mine": above = "high" is no duration; write a number with s, m, h, d or w, such as "30d"',
    ),
    "a time for a level": (
        f'{LEVEL}above = "5m"',
        'rule "mine" has a time as its threshold, but is in m; write a number',
    ),
    "a threshold in another unit": (
        f"{LEVEL}above = 2500",
        'rule "mine" has 2500 as its threshold, but water_level is from -100 to 1000 m; correct it',
    ),
    "an infinite one": (f"{LEVEL}above = inf", 'rule "mine": above = Infinity is no number; write one'),
    "clear on the wrong side": (
        f"{LEVEL}above = 2\nclear = 2.5",
        'rule "mine" has clear = 2.5 on the wrong side of above = 2; correct one of them',
    ),
    "clear and margin": (
        f"{LEVEL}above = 2\nclear = 1\nmargin = 1",
        'rule "mine" has clear and margin, which say the same; take one of them out',
    ),
    "a margin below nothing": (
        f"{LEVEL}above = 2\nmargin = -1",
        'rule "mine": margin = -1 is no distance; write a number from 0 on: how far beyond the threshold it is over',
    ),
    "n of m the wrong way round": (
        f'{LEVEL}above = 2\nof = "5 of 3"',
        'rule "mine": of = "5 of 3" is no part of the last values; write such as "3 of 5", 63 at most',
    ),
    "for and of": (
        f'{LEVEL}above = 2\nof = "2 of 3"\nfor = "10m"',
        'rule "mine" has for and of; write for = "10m" or of = "3 of 5"',
    ),
    "no duration": (
        f'{LEVEL}above = 2\nfor = "soon"',
        'rule "mine": for = "soon" is no duration; write a number with s, m, h, d or w, such as "30d"',
    ),
    "no hours": (
        f'{LEVEL}above = 2\nbetween = "22-5"',
        'rule "mine": between = "22-5" is no part of the day; write two times, such as "22:00-05:00"',
    ),
    "no day": (
        f'{LEVEL}above = 2\ndays = ["monday"]',
        (
            "rule \"mine\": days #1 = \"monday\" is not known; write 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun',"
            " 'weekdays' or 'weekend'"
        ),
    ),
    "no ward": (
        f'{LEVEL}above = 2\nwards = ["Hoà Xuan 2"]',
        (
            "rule \"mine\" has wards, of which 'Hoà Xuan 2' is no ward or commune of Đà Nẵng since 1 July 2025; write"
            " its name of today or its code; near to it are Hòa Xuân"
        ),
    ),
    "no model": (
        f'{LEVEL}above = 2\nmodels = ["EM500 UDLX"]',
        'rule "mine" has models, of which ',
    ),
    "no DevEUI": (
        f'{LEVEL}above = 2\ndevices = ["24e1"]',
        'rule "mine" has devices, of which "24e1" is no DevEUI; write 16 digits and letters from 0 to f',
    ),
    "a difference without the one site": (
        f'{LEVEL}above = 2\nminus = "ha-luu"',
        'rule "mine" has minus = "ha-luu"; add sites = ["..."] with the one other site',
    ),
    "a share without a level": (
        f'{LEVEL}above = 2\naggregate = "share"',
        'rule "mine" has one of aggregate = "share" and level without the other; write both or none',
    ),
    "by device of a site": (
        f'{HEAD}quantity = "vn_aqi"\nrows = "hour"\nby = "device"\nabove = 2',
        'rule "mine" has by = "device", but vn_aqi is of a site; take by out',
    ),
    "by site of the radio": (
        f'{HEAD}quantity = "rssi"\nby = "site"\nbelow = -120',
        'rule "mine" has by = "site", but rssi is of a device; take by out',
    ),
    "no table": (
        f'{LEVEL}above = {{ table = "flod_alarm", band = "bd1" }}',
        'rule "mine" has above, which names table "flod_alarm", which is none; did you mean "flood_alarm"?',
    ),
    "no band": (
        f'{HEAD}quantity = "vn_aqi"\nrows = "hour"\nabove = {{ table = "vn_aqi", band = "por" }}',
        'rule "mine" has above, which names band "por", which vn_aqi has not; did you mean "poor"?',
    ),
    "a band without a first value": (
        f'{HEAD}quantity = "rain_24h"\nrows = "hour"\nabove = {{ table = "rain_24h", band = "heavy" }}',
        (
            'rule "mine" has above, which names band "heavy", which has no first value; hold the class against it:'
            ' quantity = "rain_24h_class"'
        ),
    ),
    "no limit": (
        f'{HEAD}quantity = "pm10"\nabove = {{ table = "qcvn_05", parameter = "pm10", period = "1h" }}',
        'rule "mine" has above, which names "pm10" of 1h, for which qcvn_05 has no limit; it has',
    ),
    "several limits": (
        f'{HEAD}quantity = "laeq"\nabove = {{ table = "qcvn_26", parameter = "laeq", period = "06-21" }}',
        'rule "mine" has above, which names several limits; add where = "special", or another of them',
    ),
    "half a reference": (
        f'{LEVEL}above = {{ table = "flood_alarm" }}',
        'rule "mine": above names no number of a table; write { table = "vn_aqi", band = "poor" } or {',
    ),
    "a table for silence": (
        f'{HEAD}watch = "silence"\nabove = {{ table = "vn_aqi", band = "poor" }}',
        'rule "mine" has above from a table, but looks at no quantity; write a number',
    ),
    "something else": ("rules = 1\n", "rules is no known key; write [[rule]] tables alone"),
    "no list": ('[rule]\nid = "mine"\n', "rule is no list of tables; write [[rule]] above each"),
    "no pack of that name": (
        '[[rule]]\nid = "floods/bd1"\nabove = 1',
        (
            'rule "floods/bd1" changes a pack\'s rule that is not on; there is no pack "floods": did you mean "flood"?;'
            " a rule of your own has no / in its id"
        ),
    ),
    "a pack that is not on": (
        '[[rule]]\nid = "flood/bd1"\nabove = 1',
        'rule "flood/bd1" changes a pack\'s rule that is not on; add "flood" to packs under [alerts]',
    ),
    "nobody's department": (
        f'{LEVEL}above = 1\ndepartments = ["thoat-nuoc"]',
        'rule "mine" has departments with "thoat-nuoc", which is none; add [[alerts.department]]',
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_each_mistake_is_told_in_one_line_with_its_remedy(tmp_path: Path, case: str) -> None:
    text, expected = WRONG[case]
    (line,) = mistakes(tmp_path, text)
    assert line.startswith(expected), line


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = f'{LEVEL}above = 1\nsettle = "x"\nof = 3\n[[rule]]\nid = "b"\ntitle = "B"\nwatch = "lags"\nabove = 1\n'
    assert len(mistakes(tmp_path, text, packs=["floods"], off=["x/*"])) == 5


def test_a_file_that_is_no_toml(tmp_path: Path) -> None:
    (line,) = mistakes(tmp_path, "[[rule]\n")
    assert line.startswith("is no TOML: ")


WRONG_TABLES: dict[str, tuple[dict[str, Any], str]] = {
    "no pack": ({"packs": ["flod"]}, 'alerts.packs has "flod", which is no pack; did you mean "flood"?'),
    "nothing to switch off": (
        {"packs": ["flood"], "off": ["flood/bd9"]},
        'alerts.off has "flood/bd9", which no rule is called; did you mean "flood/bd',
    ),
    "no rule of that name": (
        {"packs": ["flood"], "department": [{**DEPARTMENT, "rules": ["floods/*"]}]},
        'alerts.department "thoat-nuoc" has rules with "floods/*", which no rule is called; did you mean "flood/',
    ),
    "escalates to nobody": (
        {"department": [{**DEPARTMENT, "escalate": {"after": "30m", "to": "ban"}}]},
        (
            'alerts.department "thoat-nuoc" escalates to "ban", which is no other department; add that department, or'
            " take escalate out"
        ),
    ),
    "escalates to itself": (
        {
            "department": [
                {**DEPARTMENT, "escalate": {"after": "30m", "to": "thoat-nuoc"}},
                {**DEPARTMENT, "id": "thoat-nuoc-2"},
            ]
        },
        (
            'alerts.department "thoat-nuoc" escalates to "thoat-nuoc", which is no other department; did you mean'
            ' "thoat-nuoc-2"?'
        ),
    ),
    "no ward": (
        {"department": [{**DEPARTMENT, "wards": ["Nowhere"]}]},
        "alerts.department \"thoat-nuoc\" has wards, of which 'Nowhere' is no ward or commune of Đà Nẵng",
    ),
}


@pytest.mark.parametrize("case", WRONG_TABLES)
def test_mistakes_of_the_table_alerts(case: str) -> None:
    settings, expected = WRONG_TABLES[case]
    with pytest.raises(ConfigError) as caught:
        rulebook.load(Alerts.model_validate(settings), TODAY)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(expected), line


def test_two_endpoints_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "x")
    mail = {"name": "a", "host": "smtp", "tls": "none", "sender": "a@b.vn", "to": ["c@d.vn"]}
    prometheus = {"name": "a", "url": "http://10.0.0.1:9093", "secret_env": "TOKEN"}
    given = {"department": [{**DEPARTMENT, "email": [mail], "alertmanager": [prometheus]}]}
    with pytest.raises(ConfigError, match='has two endpoints of one name \\("a"\\); give each its own name'):
        rulebook.load(Alerts.model_validate(given))
