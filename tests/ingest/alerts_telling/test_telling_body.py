"""What a message says, and that the published schema says the same."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from math import inf, nan
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

import pytest
from msgspec import structs

from decoders.vocabulary.quantity import Label
from ingest.alerts import texts
from ingest.alerts.body import LIMIT, Notice, body_of
from ingest.alerts.news import News
from ingest.alerts.rule import (
    Aggregate,
    Difference,
    Errors,
    Field,
    GatewaySilence,
    Health,
    Rate,
    Rule,
    Scope,
    Severity,
    Silence,
    Total,
    Trigger,
)
from ingest.alerts.view import Place
from tests.fakes.telling import HOUR, JSON_SCHEMA, LEVELS, MINUTE, NOON, PLACES, SECOND, City, asking, department, rule
from tests.json_schema import faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.alerts.rule import Signal

VIETNAMESE = department("d")
ENGLISH = department("d", language="en")

SIGNALS: list[tuple[Signal, str, str]] = [
    (Field("water", "water_level"), "field", "water_level"),
    (Rate(Field("water", "water_level"), HOUR), "rate", "water_level"),
    (Total(Field("environment", "rain"), HOUR), "total", "rain"),
    (Difference(Field("water", "water_level"), "a", "b"), "difference", "water_level"),
    (Aggregate(Field("environment_1h", "pm2_5_mean"), "share", HOUR), "aggregate", "pm2_5_mean"),
    (Silence(), "silence", ""),
    (GatewaySilence(), "gateway_silence", ""),
    (Errors(HOUR), "errors", ""),
    (Health("lag"), "health", "lag"),
]


def test_a_body_says_all_that_is_known() -> None:
    city = City(VIETNAMESE)
    (alert,) = city.fires("flood/bd2", devices=("24e124126a148401", "24e124126a148402"))
    body = city.mail[0].body
    text = "Mực nước trên báo động 2 tại Cầu Đỏ (Cẩm Lệ): 2,35 m (ngưỡng 2 m), lúc 12:00 ngày 22/11/2026."
    assert body == {
        "type": "alert.firing",
        "timestamp": "2026-11-22T12:00:00.000+07:00",
        "data": {
            "version": 1,
            "department": {"id": "d", "name": "Sở d", "language": "vi"},
            "drill": False, "late": False, "flapping": False, "storm": False,
            "title": "Nguy hiểm: Mực nước trên báo động 2 tại Cầu Đỏ (Cẩm Lệ)",
            "text": text, "count": 1, "more": 0,
            "alerts": [
                {
                    "id": alert, "phase": "firing", "severity": "danger", "late": False, "flapping": False,
                    "swings": 0, "cause": "",
                    "rule": {
                        "id": "flood/bd2", "title": "Mực nước trên báo động 2",
                        "titles": {"vi": "Mực nước trên báo động 2", "en": "Water above alarm level 2"},
                    },
                    "scope": {"kind": "site", "id": "cau-do", "channel": "0"},
                    "site": {"id": "cau-do", "name": "Cầu Đỏ", "names": {"vi": "Cầu Đỏ", "en": "Cau Do bridge"}},
                    "ward": "Cẩm Lệ", "position": {"latitude": 16.0112, "longitude": 108.1996},
                    "signal": "field", "quantity": "water_level", "unit": "m", "value": 2.35, "extreme": 2.5,
                    "threshold": {"direction": "above", "value": 2.0},
                    "opened": "2026-11-22T12:00:00.000+07:00", "time": "2026-11-22T12:00:00.000+07:00",
                    "readings": [
                        {
                            "time": "2026-11-22T12:00:00.000+07:00", "value": 2.35,
                            "devices": ["24e124126a148401", "24e124126a148402"], "more_devices": 0,
                        }
                    ],
                    "acknowledged": None, "closed": None, "escalated_from": None,
                    "links": {
                        "acknowledge": f"https://ack.example/ack/{alert}/d/signed",
                        "board": "https://board.example/d/cau-do",
                    },
                    "text": text,
                }
            ],
        },
    }  # fmt: skip


def test_an_end_says_from_when_to_when_and_how_bad_it_was() -> None:
    city = City(VIETNAMESE, department("en", language="en"))
    (alert,) = city.fires("flood/bd2")
    city.later(90 * MINUTE)
    vietnamese, english = city.ends(alert)
    assert vietnamese.body["data"]["text"] == (
        "Đã hết: Mực nước trên báo động 2 tại Cầu Đỏ (Cẩm Lệ), từ 12:00 ngày 22/11/2026 đến 13:30 ngày 22/11/2026,"
        " cao nhất 2,5 m."
    )
    assert english.body["data"]["text"] == (
        "Over: Water above alarm level 2 at Cau Do bridge (Cẩm Lệ), from 12:00 on 22/11/2026 to 13:30 on 22/11/2026,"
        " at most 2.5 m."
    )
    assert english.body["data"]["title"] == "Over: Water above alarm level 2 at Cau Do bridge (Cẩm Lệ)"
    assert english.alerts[0]["opened"] == "2026-11-22T12:00:00.000+07:00"
    assert english.alerts[0]["time"] == "2026-11-22T13:30:00.000+07:00"
    assert english.alerts[0]["links"] == {"acknowledge": None, "board": "https://board.example/d/cau-do"}


def test_what_is_beside_is_said_in_sentences_of_their_own() -> None:
    low = rule("own", Severity.INFO)
    low = type(low)(**{**{name: getattr(low, name) for name in low.__struct_fields__}, "trigger": Trigger(below=1.0)})
    city = City(ENGLISH, rules=[low])
    city.live = False
    city.fires("own", swings=3, value=0.25, extreme=0.125)
    city.live = True
    city.idle()
    assert city.mail[0].body["data"]["text"] == (
        "Water above alarm level 2 at Cau Do bridge (Cẩm Lệ): 0.25 m (threshold 1 m), 12:00 on 22/11/2026."
        " It flaps: it was over and came again 3 times. Told late, because the data came late."
    )
    city.acknowledge(city.mail[0].message.alerts[0])
    ended = city.ends(city.mail[0].message.alerts[0], cause="site_gone", extreme=0.125)
    assert (
        ended[0]
        .body["data"]["text"]
        .endswith("at least 0.125 m. It ended because the site is gone. Acknowledged by Trần Thị Lan.")
    )


@pytest.mark.parametrize(
    ("scope", "vietnamese", "english"),
    [
        (Scope("site", "cau-do", "2", "cau-do"), "Cầu Đỏ, kênh 2 (Cẩm Lệ)", "Cau Do bridge, channel 2 (Cẩm Lệ)"),
        (Scope("device", "24e1", site="cau-do"), "thiết bị 24e1, Cầu Đỏ (Cẩm Lệ)",
         "device 24e1, Cau Do bridge (Cẩm Lệ)"),
        (Scope("device", "24e1"), "thiết bị 24e1", "device 24e1"),
        (Scope("gateway", "ac1f"), "gateway ac1f", "gateway ac1f"),
        (Scope("ward", "Hải Châu", ward="Hải Châu"), "phường/xã Hải Châu", "ward Hải Châu"),
        (Scope("source", "city"), "nguồn dữ liệu city", "data source city"),
        (Scope("citylora", ""), "hệ thống citylora", "citylora itself"),
    ],
)  # fmt: skip
def test_each_kind_of_scope_has_a_name(scope: Scope, vietnamese: str, english: str) -> None:
    city = City(VIETNAMESE, department("en", language="en"))
    city.fires("flood/bd2", scope=scope)
    titles = [one.body["data"]["title"] for one in city.mail]
    assert titles == [
        f"Nguy hiểm: Mực nước trên báo động 2 tại {vietnamese}",
        f"Danger: Water above alarm level 2 at {english}",
    ]
    if not scope.site:
        assert city.mail[0].alerts[0]["site"] is city.mail[0].alerts[0]["links"]["board"] is None


def watching(signal: Signal, unit: str, above: float, **more: Any) -> Rule:
    """A rule on citylora, a gateway or a device."""
    title = Label("Mất tín hiệu", "Silent")
    return Rule("own", title, Severity.DANGER, signal, Trigger(above=above, clear=above), unit=unit, **more)


TIMES = [
    (watching(GatewaySilence(), "s", 300.0), Scope("gateway", "ac1f"), 15_600.0,
     "gateway ac1f: 4 giờ 20 phút (ngưỡng 5 phút)", "gateway ac1f: 4 h 20 min (threshold 5 min)"),
    (watching(Silence(10 * MINUTE), "", 3.0), Scope("device", "24e1"), 3.0,
     "thiết bị 24e1: 30 phút (ngưỡng 30 phút)", "device 24e1: 30 min (threshold 30 min)"),
    (watching(Silence(), "", 1.0), Scope("device", "24e1"), 3.5,
     "thiết bị 24e1: 3,5 chu kỳ (ngưỡng 1 chu kỳ)", "device 24e1: 3.5 intervals (threshold 1 interval)"),
    (watching(Health("lag"), "s", 300.0), Scope("citylora", "influxdb"), 301.25,
     "đích lưu influxdb: 5 phút 1 giây (ngưỡng 5 phút)", "sink influxdb: 5 min 1 s (threshold 5 min)"),
    (watching(Health("stalled"), "s", 86_400.0), Scope("source", "main"), 183_600.0,
     "nguồn dữ liệu main: 2 ngày 3 giờ (ngưỡng 1 ngày)", "data source main: 2 days 3 h (threshold 1 day)"),
    (watching(Health("disk"), "%", 75.0), Scope("citylora", ""), 80.5,
     "hệ thống citylora: 80,5 % (ngưỡng 75 %)", "citylora itself: 80.5 % (threshold 75 %)"),
]  # fmt: skip


@pytest.mark.parametrize(("own", "scope", "value", "vietnamese", "english"), TIMES)
def test_times_are_said_as_people_say_them(
    own: Rule, scope: Scope, value: float, vietnamese: str, english: str
) -> None:
    city = City(VIETNAMESE, department("en", language="en"), rules=[own])
    city.fires("own", scope=scope, value=value, extreme=value, devices=())
    assert [one.body["data"]["text"] for one in city.mail] == [
        f"Mất tín hiệu tại {vietnamese}, lúc 12:00 ngày 22/11/2026.",
        f"Silent at {english}, 12:00 on 22/11/2026.",
    ]
    assert {(one.alerts[0]["value"], one.alerts[0]["unit"]) for one in city.mail} == {(value, own.unit)}  # for programs


@pytest.mark.parametrize(
    ("seconds", "vietnamese", "english"),
    [
        (0.0, "0 giây", "0 s"), (0.25, "0,25 giây", "0.25 s"), (1.4, "1 giây", "1 s"), (59.7, "1 phút", "1 min"),
        (3_600, "1 giờ", "1 h"), (3_605, "1 giờ", "1 h"), (86_400, "1 ngày", "1 day"),
        (90_000, "1 ngày 1 giờ", "1 day 1 h"),
        (86_460, "1 ngày", "1 day"), (30 * 86_400, "30 ngày", "30 days"),
    ],
)  # fmt: skip
def test_times_of_any_length(seconds: float, vietnamese: str, english: str) -> None:
    assert (texts.amount(seconds, "s", "vi"), texts.amount(seconds, "s", "en")) == (vietnamese, english)
    assert texts.amount(nan, "s", "en") == "? s"


def test_an_end_of_silence_says_how_long_it_was() -> None:
    city = City(VIETNAMESE, department("en", language="en"), rules=[watching(GatewaySilence(), "s", 300.0)])
    (alert,) = city.fires("own", scope=Scope("gateway", "ac1f"), value=300.0, extreme=300.0, devices=("24e1",))
    assert city.mail[0].body["data"]["text"].endswith("Liên quan đến 1 thiết bị.")
    assert city.mail[1].body["data"]["text"].endswith("It concerns 1 device.")
    city.later(255 * MINUTE)
    vietnamese, english = city.ends(alert, value=0.0, extreme=300.0, devices=())
    assert vietnamese.body["data"]["text"] == (
        "Đã hết: Mất tín hiệu tại gateway ac1f, từ 12:00 ngày 22/11/2026 đến 16:15 ngày 22/11/2026, mất tín hiệu"
        " 4 giờ 20 phút."
    )
    assert english.body["data"]["text"] == (
        "Over: Silent at gateway ac1f, from 12:00 on 22/11/2026 to 16:15 on 22/11/2026, silent for 4 h 20 min."
    )


WHERE = "at Cau Do bridge (Cẩm Lệ)"


@pytest.mark.parametrize(
    ("cause", "more", "title", "text"),
    [
        ("no_data", {}, "No data",
         (f"No data: Water above alarm level 2 {WHERE}, from 12:00 on 22/11/2026, at most 2.5 m. Nothing has been heard"
         " since 13:00 on 22/11/2026, so whether it is over is not known.")),
        ("closed", {"closed_by": "Trần Thị Lan", "closed_why": "pump\nreplaced. "}, "Closed",
         (f"Closed: Water above alarm level 2 {WHERE}, from 12:00 on 22/11/2026 to 13:00 on 22/11/2026, at most 2.5 m."
         " Closed by Trần Thị Lan: pump replaced.")),
        ("moved", {}, "Over",
         (f"Over: Water above alarm level 2 {WHERE}, from 12:00 on 22/11/2026 to 13:00 on 22/11/2026, at most 2.5 m."
         " It ended because the device is at another site now.")),
        ("decommissioned", {}, "Over",
         (f"Over: Water above alarm level 2 {WHERE}, from 12:00 on 22/11/2026 to 13:00 on 22/11/2026, at most 2.5 m."
         " It ended because the device is used no more.")),
    ],
)  # fmt: skip
def test_an_end_says_why_where_it_is_not_by_the_values(cause: str, more: dict[str, str], title: str, text: str) -> None:
    city = City(ENGLISH, VIETNAMESE)
    city.use(ENGLISH, department("vi"))
    (alert,) = city.fires("flood/bd2")
    city.later(HOUR)
    english, vietnamese = city.ends(alert, cause=cause, **more)
    data = english.body["data"]
    assert (data["title"], data["text"]) == (f"{title}: Water above alarm level 2 {WHERE}", text)
    part = vietnamese.alerts[0]
    assert part["cause"] == cause
    assert part["closed"] == ({"by": "Trần Thị Lan", "reason": "pump replaced."} if more else None)
    said = {"no_data": "chưa rõ", "closed": "Trần Thị Lan đã đóng: pump replaced.", "moved": "điểm đo khác",
            "decommissioned": "ngừng sử dụng"}  # fmt: skip
    assert said[cause] in part["text"]


@pytest.mark.parametrize(
    ("causes", "vi", "en"),
    [
        (("", "moved"), "2 cảnh báo đã hết: ", "2 alerts over: "),
        (("no_data", "no_data"), "2 cảnh báo không còn số liệu nên chưa rõ đã hết hay chưa: ",
         "2 alerts of which nothing is heard, so whether they are over is not known: "),
        (("closed", "closed"), "2 cảnh báo đã đóng: ", "2 alerts closed: "),
        (("no_data", ""), "2 cảnh báo (1 đã hết, 1 không còn số liệu): ", "2 alerts (1 over, 1 without data): "),
    ],
)  # fmt: skip
def test_of_several_that_are_not_heard_of_nobody_says_that_they_are_over(
    causes: tuple[str, str], vi: str, en: str
) -> None:
    city = City(ENGLISH, VIETNAMESE)
    city.use(ENGLISH, department("vi"))
    alerts = city.fires("flood/bd1", "flood/bd2")
    city.later(HOUR)
    told = city.take([city.over(alert, cause=cause) for alert, cause in zip(alerts, causes, strict=True)])
    english, vietnamese = (one.body["data"]["text"] for one in told)
    assert (english[: len(en)], vietnamese[: len(vi)]) == (en, vi)


def test_texts_are_composed() -> None:
    for label in texts._TEXTS.values():
        assert all(normalize("NFC", text) == text for text in label)


@pytest.mark.parametrize(("signal", "kind", "quantity"), SIGNALS, ids=[kind for _, kind, _ in SIGNALS])
def test_each_kind_of_signal_has_a_body(signal: Signal, kind: str, quantity: str) -> None:
    own = LEVELS[0]
    watched = type(own)("own", own.title, own.severity, signal, own.trigger)
    city = City(VIETNAMESE, rules=[watched])
    city.fires("own")
    assert (city.mail[0].alerts[0]["signal"], city.mail[0].alerts[0]["quantity"]) == (kind, quantity)


def test_a_rule_that_is_gone_is_called_by_its_id() -> None:
    city = City(VIETNAMESE)
    (alert,) = city.fires("flood/bd2")
    city.rules = []
    city.use(VIETNAMESE)
    city.ends(alert, cause="rule_removed")
    part = city.mail[1].alerts[0]
    assert part["rule"]["titles"] == {"vi": "flood/bd2", "en": "flood/bd2"}
    assert (part["threshold"], part["unit"], part["signal"]) == (None, "", "")
    assert "giá trị xấu nhất 2,5. Kết thúc vì quy tắc không còn." in part["text"]


def test_a_gateway_names_its_devices_as_far_as_a_message_goes() -> None:
    city = City(ENGLISH)
    city.fires("health/battery", scope=Scope("gateway", "ac1f"), devices=tuple(f"{one:016x}" for one in range(200)))
    (reading,) = city.mail[0].alerts[0]["readings"]
    assert (len(reading["devices"]), reading["more_devices"]) == (20, 180)
    assert city.mail[0].body["data"]["text"].endswith("It concerns 200 devices.")


def test_several_are_summed_up_in_a_sentence() -> None:
    city = City(ENGLISH, VIETNAMESE)
    city.use(department("vi"), ENGLISH)
    city.fires("flood/bd1", "flood/bd2", "rain/heavy", "health/battery")
    vietnamese, english = city.mail
    what = "Water above alarm level 2 at Cau Do bridge (Cẩm Lệ)"
    assert english.body["data"]["text"] == f"4 alerts: {what}; {what}; {what} and 1 more."
    assert english.body["data"]["title"] == f"Danger: {what} and 3 more"
    assert vietnamese.body["data"]["title"].endswith(" và 3 cảnh báo khác")


def test_a_digest_says_what_fires_and_what_is_over() -> None:
    city = City(department("d", language="en", quiet=None))
    city.live = False
    gone = city.fires("flood/bd1", "flood/bd2")
    city.later(HOUR)
    city.ends(*gone)
    city.live = True
    city.idle()
    data = city.mail[0].body["data"]
    assert data["title"] == "Digest: 2 alerts"
    assert data["text"].startswith("2 alerts over: Water above alarm level 2 at Cau Do bridge")


@pytest.mark.parametrize("number", [1, 12, 19, 60, 400])
def test_a_body_is_under_its_limit_and_counts_what_it_leaves_out(number: int) -> None:
    city = City(VIETNAMESE)
    city.take([city.change("firing", "flood/bd2", f"đường-{one}-{'ngập' * 20}", devices=tuple(f"{device:016x}" for device in range(90))) for one in range(number)])  # fmt: skip  # noqa: E501
    data = city.mail[0].body["data"]
    assert len(city.mail[0].message.body) <= LIMIT
    assert data["count"] == number == len(data["alerts"]) + data["more"]
    assert data["alerts"]


def test_an_end_is_not_left_out_for_further_beginnings() -> None:
    city = City(VIETNAMESE)
    end = city.change("resolved", "flood/bd1", opened=NOON - HOUR)
    news = [News(city.change("firing", "flood/bd2", f"site-{one}"), "firing") for one in range(100)]
    body = body_of("alert.digest", [*news, News(end, "resolved")], VIETNAMESE, city.world)
    alerts = json.loads(body)["data"]["alerts"]
    assert len(alerts) < 60
    assert [one["phase"] for one in alerts] == ["firing"] * (len(alerts) - 1) + ["resolved"]
    assert alerts[-1]["id"] == end.alert
    assert alerts[0]["id"] == news[0].change.alert


@pytest.mark.parametrize("text", ["\x01" * 200, "\N{GRINNING FACE}" * 200, '"' * 200])
@pytest.mark.parametrize("number", [1, 100])
def test_an_alert_is_in_it_however_long_its_names_are(text: str, number: int) -> None:
    PLACES[text] = Place(Label(text, text), text)
    try:
        whom = structs.replace(VIETNAMESE, name=Label(text, text))
        city = City(whom)
        scope = Scope("device", text, text, text, text)
        change = city.change("firing", text, scope=scope, devices=(text,) * 30)
        body = body_of("alert.digest", [News(change, "firing")] * number, whom, city.world)
    finally:
        del PLACES[text]
    assert len(body) <= LIMIT
    data = json.loads(body)["data"]
    assert data["alerts"][0]["id"] == change.alert
    assert data["alerts"][0]["links"]["acknowledge"] == asking(change.alert, "d")
    assert data["more"] == number - len(data["alerts"])


def test_names_of_any_length_and_kind_are_one_line() -> None:
    PLACES["bad"] = Place(Label('x\r\nBcc: a@b {0} "' * 40, ""), "w\n" * 300)
    try:
        city = City(department("d", language="en"))
        city.fires("flood/bd2", site="bad")
    finally:
        del PLACES["bad"]
    data = city.mail[0].body["data"]
    assert "\n" not in data["title"] + data["text"]
    assert len(data["alerts"][0]["site"]["name"]) == texts.LONGEST


def test_what_is_no_number_is_null() -> None:
    city = City(VIETNAMESE)
    city.fires("flood/bd2", value=nan, extreme=inf)
    assert (city.mail[0].alerts[0]["value"], city.mail[0].alerts[0]["extreme"]) == (None, None)
    assert ": ? m (ngưỡng" in city.mail[0].alerts[0]["text"]


def test_a_board_without_a_place_for_the_site_is_the_same_for_all() -> None:
    city = City(VIETNAMESE)
    city.board = "https://board.example/city"
    city.use(VIETNAMESE)
    city.fires("health/battery", scope=Scope("citylora", ""))
    assert city.mail[0].alerts[0]["links"]["board"] == "https://board.example/city"


def test_a_sites_id_cannot_leave_its_place_in_the_boards_address() -> None:
    city = City(VIETNAMESE)
    city.fires("flood/bd2", site="../a?b=c d")
    assert city.mail[0].alerts[0]["links"]["board"] == "https://board.example/d/..%2Fa%3Fb%3Dc%20d"


def test_a_notice_goes_to_those_who_run_citylora_under_the_same_id_each_time() -> None:
    city = City(VIETNAMESE, department("ops", operators=True))
    notice = Notice("d/hook", Label("Điểm nhận đã bị tắt", "An endpoint is disabled"), Label("d/hook: 410", "d/hook: 410"), NOON)  # fmt: skip  # noqa: E501
    first, second = city.telling.notice(notice, city.now), city.telling.notice(notice, city.now + SECOND)
    city._sent(first)
    assert [one.message.department for one in city.mail] == ["ops"]
    assert city.mail[0].body["data"]["title"] == "Điểm nhận đã bị tắt"
    assert [(one.id, one.body) for one in first] == [(one.id, one.body) for one in second]


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [
        (2.0, "2", "2"), (2.345, "2,35", "2.35"), (-0.5, "-0,5", "-0.5"), (0.0123456, "0,0123", "0.0123"),
        (0.0, "0", "0"), (1234567.0, "1234567", "1234567"), (1e300, "1e+300", "1e+300"), (nan, "?", "?"),
        (100.0, "100", "100"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_a_reader_writes_them(value: float, vietnamese: str, english: str) -> None:
    assert (texts.number(value, "vi"), texts.number(value, "en")) == (vietnamese, english)


def test_every_text_is_there_in_both_languages_with_the_same_gaps() -> None:
    for key, label in texts._TEXTS.items():
        gaps = [sorted(re.findall(r"\{\w+\}", text)) for text in label]
        assert all(label), key
        assert gaps[0] == gaps[1], key


def test_the_schema_describes_every_field_and_nothing_else() -> None:
    city = City(VIETNAMESE)
    city.fires("flood/bd2")
    city.acknowledge(city.mail[0].message.alerts[0])
    city.ends(city.mail[0].message.alerts[0])
    body = city.mail[1].body
    for path in paths(body):
        broken = deepcopy(body)
        *way, last = path
        inner: Any = broken
        for name in way:
            inner = inner[name]
        del inner[last]
        assert faults(broken, JSON_SCHEMA), f"the schema does not ask for {path}"
    assert faults({**body, "more": 1}, JSON_SCHEMA) == ["$.more: is not described"]


def paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where fields of objects are."""
    for name, one in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if isinstance(value, dict):
            yield (*before, name)
        yield from paths(one, (*before, name))


@pytest.mark.parametrize(
    ("at", "wrong"),
    [
        (("type",), "alert.other"), (("timestamp",), "2026-11-22T12:00:00Z"), (("data", "version"), 2),
        (("data", "drill"), 1), (("data", "count"), -1), (("data", "title"), "a\nb"),
        (("data", "alerts", 0, "id"), "al.1"), (("data", "alerts", 0, "value"), "2"),
        (("data", "alerts", 0, "position"), {"latitude": "16"}),
        (("data", "alerts", 0, "readings", 0, "devices"), ["x"] * 21),
        (("data", "department", "language"), "fr"), (("data", "alerts", 0, "opened"), 5),
    ],
)  # fmt: skip
def test_the_schema_refuses_what_no_body_may_be(at: tuple[Any, ...], wrong: object) -> None:
    city = City(VIETNAMESE)
    city.fires("flood/bd2")
    body = city.mail[0].body
    assert faults(body, JSON_SCHEMA) == []
    inner = body
    for name in at[:-1]:
        inner = inner[name]
    inner[at[-1]] = wrong
    assert faults(body, JSON_SCHEMA)


def test_the_schema_is_json_of_the_version_that_is_sent() -> None:
    assert JSON_SCHEMA["$id"] == "urn:citylora:alert:1"
    assert JSON_SCHEMA["$schema"].endswith("2020-12/schema")
    assert json.dumps(JSON_SCHEMA)
