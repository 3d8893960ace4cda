"""From what is heard to the outbox: one alert for one cause, calm where the signal is not, honest after a backlog."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

from ingest.alerts import notices
from ingest.alerts.trigger import Machine, State
from ingest.decoding.point import Point
from ingest.sqlite import transaction
from tests.fakes.alarms import HIGH, HOUR, MINUTE, SECOND, START, Alarms, department, uplink, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from ingest.alerts.body import Notice
    from ingest.alerts.heard import Heard

SILENT = 'packs = ["sensors", "citylora"]\n'
TEN = 10 * MINUTE


def eui(number: int) -> str:
    return f"24e12400{number:08x}"


def fleet(count: int, since: int, until: int, gateways: int = 50) -> Iterator[Heard]:
    """Devices that report every ten minutes, each at its own second, at a gateway of its own."""
    for round_ in range(since, until, TEN):
        for number in range(count):
            at = round_ + number * TEN // count
            yield uplink(at, device=eui(number), site=f"site-{number}", gateway=f"roof-{number % gateways}")


def batches(events: Iterator[Heard], size: int = 2_000) -> Iterator[list[Heard]]:
    batch: list[Heard] = []
    for one in events:
        batch.append(one)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def test_a_broker_that_is_down_for_two_hours_is_one_alert(tmp_path: Path) -> None:
    with Alarms(tmp_path, SILENT + department()) as city:
        away = 0
        city.health = lambda: {("stalled", "main"): (city.now - away) / 1e9 if away else 0.0}
        for batch in batches(fleet(10_000, START, START + 6 * TEN)):
            city.now = batch[-1].received_at + SECOND
            city.hear(*batch)
            city.idle()
        assert city.mail == []
        away, city.connected = city.now, set()
        city.pass_(2 * HOUR, MINUTE)
        assert city.lines == ["ioc firing citylora/stalled main"]
        down, since, city.connected = away, city.now, {"main"}
        away = 0
        city.idle()
        dead = eui(7), eui(4_711)  # two devices have died meanwhile
        backlog = (one for one in fleet(10_000, down + SECOND, since) if one.dev_eui not in dead)
        for batch in batches(backlog):
            city.now += SECOND // 2
            city.hear(*batch)
            city.idle(caught_up=False)
        after = (one for one in fleet(10_000, city.now, city.now + TEN) if one.dev_eui not in dead)
        for batch in batches(after):
            city.now = batch[-1].received_at + SECOND
            city.hear(*batch)
            city.idle()
        told = [(one.type, alert["rule"]["id"], alert["scope"]["id"]) for one in city.mail for alert in one.alerts]
        assert sorted(told) == [
            ("firing", "citylora/stalled", "main"),
            ("firing", "sensors/silent", dead[0]),
            ("firing", "sensors/silent", dead[1]),
            ("resolved", "citylora/stalled", "main"),
        ]


def test_two_hundred_devices_behind_a_dead_gateway_are_one_alert(tmp_path: Path) -> None:
    with Alarms(tmp_path, SILENT + department()) as city:

        def both(since: int, until: int, *, dead: bool) -> Iterator[Heard]:
            for one in fleet(400, since, until, 2):
                if not (dead and one.gateways == ("roof-1",)):
                    yield one

        for dead, since, until in ((False, 0, 6), (True, 6, 20)):
            for batch in batches(both(START + since * TEN, START + until * TEN, dead=dead), 20):
                city.now = batch[-1].received_at + SECOND
                city.hear(*batch)
                city.idle()
        assert city.lines == ["ioc firing sensors/gateway roof-1"]
        assert "200 thiết bị" in city.mail[0].alerts[0]["text"]
        listed = city.sink.tables.alerts(firing=True)
        assert [(one.last.scope.id, len(one.last.devices)) for one in listed] == [("roof-1", 200)]


def test_of_two_books_there_is_only_one_engine_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large city it is tens of MiB, which a second one beside it would leave in pieces."""
    with Alarms(tmp_path) as city:
        city.hear(uplink(START, 2.05))
        before, states, there = weakref.ref(city.sink.engine), city.sink.tables.states, []

        def restored() -> dict[str, bytes]:
            there.append(before())
            return states()

        monkeypatch.setattr(city.sink.tables, "states", restored)
        city.sink.use(city.book())
        city.idle()
        assert there == [None]


def swinging(values: tuple[float, ...], every: int, lasts: int) -> Iterator[Heard]:
    for number in range(lasts // every):
        yield uplink(START + number * every, values[number % len(values)])


def test_flapping_around_a_threshold_for_an_hour_is_one_alert(tmp_path: Path) -> None:
    with Alarms(tmp_path) as city:
        city.play(swinging((2.05, 1.95), MINUTE, HOUR))
        city.play([uplink(city.now + MINUTE, 1.2)])
        city.pass_(2 * HOUR)
        assert city.lines == ["ioc firing high cau-do", "ioc resolved high cau-do"]
        assert city.mail[1].alerts[0]["flapping"] is False


def test_swings_wider_than_the_hysteresis_are_one_alert_that_says_so(tmp_path: Path) -> None:
    with Alarms(tmp_path) as city:
        city.play(swinging((2.6, 1.1), 5 * MINUTE, HOUR))
        city.pass_(2 * HOUR)
        assert city.lines == ["ioc firing high cau-do", "ioc resolved high cau-do"]
        (over,) = city.mail[1].alerts
        assert (over["flapping"], over["swings"], over["extreme"]) == (True, 5, 2.6)


def test_a_day_that_was_missed_is_one_digest_and_what_fires_still_is_late(tmp_path: Path) -> None:
    both = department() + department("water", '["high"]', language='"en"')
    with Alarms(tmp_path, both) as city:
        city.play([uplink(START, 1.0), uplink(START + MINUTE, 1.1)])
        city.now += 24 * HOUR
        missed = [
            *(uplink(START + number * HOUR, 2.5 if number % 6 == 1 else 1.0, site="cau-do") for number in range(1, 24)),
            *(uplink(START + number * HOUR, 3.0 if number > 20 else 1.0, site="me-suot", device=eui(2))
              for number in range(1, 24)),
        ]  # fmt: skip
        missed.sort(key=lambda one: one.received_at)
        for first in range(0, len(missed), 7):
            city.hear(*missed[first : first + 7])
            city.idle(caught_up=False)
        city.idle()
        assert city.mail == []  # a broker that has just given what it held may have more
        city.now += 20 * SECOND
        city.idle()
        assert sorted(city.lines) == [
            "ioc digest high cau-do, high cau-do, high cau-do, high cau-do",
            "ioc firing high me-suot",
            "water digest high cau-do, high cau-do, high cau-do, high cau-do",
            "water firing high me-suot",
        ]
        assert all(one["late"] for mail in city.mail for one in mail.alerts if one["phase"] == "firing")
        assert len(city.history) == 5
        city.play([uplink(city.now + MINUTE, 1.0, site="me-suot", device=eui(2))])
        city.pass_(HOUR)
        assert [one.type for one in city.mail[4:]] == ["resolved", "resolved"]


def test_a_first_start_tells_nothing_of_what_was_over_before(tmp_path: Path) -> None:
    with Alarms(tmp_path, now=START + 24 * HOUR) as city:
        old = [uplink(START + number * HOUR, 2.5 if number in {3, 9} else 1.0) for number in range(23)]
        city.hear(*old)
        city.idle(caught_up=False)
        city.hear(uplink(START + 23 * HOUR, 2.2, site="me-suot", device=eui(2)))
        city.now += 20 * SECOND
        city.idle()
        assert city.lines == ["ioc firing high me-suot"]
        assert city.mail[0].alerts[0]["late"] is True
        assert [one.scope for one in city.history] == ["site:cau-do", "site:cau-do", "site:me-suot"]
        city.pass_(2 * HOUR)
        assert len(city.mail) == 1


def test_one_broker_that_gives_what_it_held_tells_no_old_news_as_new(tmp_path: Path) -> None:
    with Alarms(tmp_path) as city:
        city.sink.use(city.book()._replace(brokers=frozenset({"main", "second"})))
        city.connected = {"main", "second"}
        city.play([uplink(START + number * MINUTE, 1.0) for number in range(180)])
        held = [
            uplink(START + number * MINUTE, 2.5 if number < 30 else 1.0, site="me-suot", source="second", device=eui(2))
            for number in range(20, 170)
        ]
        for one in held:
            city.hear(one, uplink(city.now, 1.0))
            city.idle(caught_up=False)
            city.now += SECOND // 10
        city.pass_(HOUR)
        assert city.lines == ["ioc digest high me-suot"]


def test_a_quiet_broker_beside_a_busy_one_goes_on_by_the_clock(tmp_path: Path) -> None:
    with Alarms(tmp_path) as city:
        city.sink.use(city.book()._replace(brokers=frozenset({"main", "quiet"})))
        city.connected = {"main", "quiet"}
        city.hear(uplink(START, 2.5, site="me-suot", source="quiet", device=eui(2)))
        city.hear(uplink(START + SECOND, 1.0, site="me-suot", source="quiet", device=eui(2)))
        for _ in range(40):  # there is always something more to read
            city.now += MINUTE
            city.hear(uplink(city.now, 1.0))
            city.idle(caught_up=False)
        assert city.lines == ["ioc firing high me-suot", "ioc resolved high me-suot"]


def test_a_device_that_is_worked_on_hides_no_other_one_of_its_site(tmp_path: Path) -> None:
    with Alarms(tmp_path) as city:
        window = {"sites": [], "devices": [eui(1)], "rules": [], "since": None, "until": city.now + 48 * HOUR}
        with transaction(city.db):
            city.sink.change({"what": "mute", "reason": "thay pin", "who": "Lan", **window})
        city.play([uplink(START + number * MINUTE, 2.5, device=eui(1)) for number in range(1, 5)])
        assert city.lines == []
        city.play([uplink(START + number * MINUTE, 2.6, device=eui(2)) for number in range(5, 12)])
        assert city.lines == ["ioc firing high cau-do"]


def test_recordings_and_rows_alone_fire_nothing(tmp_path: Path) -> None:
    with Alarms(tmp_path) as city:
        city.hear(uplink(START, 5.0, source="events.jsonl"))
        city.sink.write(uplink(START, 5.0).points)  # as a replay of the quarantine does
        city.pass_(HOUR)
        assert city.mail == []
        assert city.history == []


def test_a_rule_that_fails_is_reported_and_the_others_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    both = department(operators="true") + department("water", '["high"]')
    with Alarms(tmp_path, both, HIGH + HIGH.replace('"high"', '"ill"').replace("2.0", "2.1")) as city:
        step = Machine.step

        def fails(self: Machine, state: State, time: int, value: float) -> State:
            if self.bounds[1] == 2.1:
                raise ZeroDivisionError("no such level")
            return step(self, state, time, value)

        monkeypatch.setattr(Machine, "step", fails)
        city.play([uplink(START + number * MINUTE, 2.5) for number in range(5)])
        city.pass_(MINUTE)
        assert city.lines == ["ioc citylora.notice ", "ioc firing high cau-do", "water firing high cau-do"]
        notice = city.mail[0].body["data"]
        assert notice["title"] == "Quy tắc ill bị lỗi"
        assert "ZeroDivisionError" in notice["text"]
        assert city.failed["ill"] > 1
        tallies = dict(city.db.execute("SELECT name, count FROM tally WHERE name LIKE 'alerts.failed.%'").fetchall())
        assert tallies == {"alerts.failed.ill": city.failed["ill"]}


def test_what_is_over_for_more_than_a_year_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.alerts.sink.PAUSE", 0.0)
    with Alarms(tmp_path, rules=HIGH + 'forget = "never"\n') as city:
        city.play([uplink(START, 2.5), uplink(START + MINUTE, 1.0)])
        city.play([uplink(START + 2 * MINUTE, 2.5, site="me-suot", device=eui(2))])
        city.pass_(HOUR)
        city.now += 399 * 24 * HOUR
        city.idle()
        assert len(city.sink.tables.alerts()) == 2
        city.now += 24 * HOUR
        city.idle()
        assert [one.last.scope.id for one in city.sink.tables.alerts()] == ["me-suot"]
        assert [one.scope for one in city.history] == ["site:me-suot"]
        assert city.db.execute("SELECT count(*) FROM told").fetchone() == (1,)


def test_a_place_of_which_nothing_is_heard_is_told_to_be_unknown(tmp_path: Path) -> None:
    with Alarms(tmp_path) as city:
        city.play([uplink(START, 2.5)])
        city.pass_(25 * HOUR, HOUR)
        assert city.lines == ["ioc firing high cau-do", "ioc resolved high cau-do"]
        (over,) = city.mail[1].alerts
        assert over["cause"] == "no_data"
        assert "Không nhận được gì kể từ" in over["text"]


def test_time_stands_still_for_what_is_worked_out_while_a_broker_is_away(tmp_path: Path) -> None:
    rules = HIGH.replace("water_level", "flood_level") + 'forget = "1h"\nrows = "station"\n'
    with Alarms(tmp_path, rules=rules) as city:
        city.derive(Point("station", ("cau-do", "cam-le"), (("flood_level", 3.0),), START))
        city.pass_(10 * MINUTE, MINUTE)
        assert city.lines == ["ioc firing high cau-do"]
        city.connected = set()
        city.pass_(60 * HOUR, HOUR)
        assert city.lines == ["ioc firing high cau-do"]
        city.connected = {"main"}
        city.pass_(60 * HOUR, HOUR)
        assert city.lines == ["ioc firing high cau-do", "ioc resolved high cau-do"]


def test_two_probes_of_a_site_are_judged_apart_and_told_together(tmp_path: Path) -> None:
    rules = HIGH.replace("clear = 1.8", 'clear = 1.8\nfor = "10m"')
    with Alarms(tmp_path, rules=rules) as city:
        city.play(
            uplink(START + minute * MINUTE + number * SECOND, value, device=eui(number))
            for minute in range(15)
            for number, value in ((1, 2.5), (2, 2.6), (3, 2.7), (4, 0.5))
        )
        city.pass_(2 * MINUTE)
        assert [(len(one.alerts), one.type) for one in city.mail] == [(1, "firing"), (2, "firing")]
        told = [alert for one in city.mail for alert in one.alerts]
        assert {(one["scope"]["id"], one["site"]["id"]) for one in told} == {(eui(n), "cau-do") for n in (1, 2, 3)}


def test_the_silence_of_a_device_that_is_used_no_more_is_over(tmp_path: Path) -> None:
    with Alarms(tmp_path, SILENT + department()) as city:
        for batch in batches(fleet(20, START, START + 8 * TEN, 1), 10):
            city.now = batch[-1].received_at + SECOND
            city.hear(*batch)
            city.idle()
        for batch in batches((one for one in fleet(20, city.now, city.now + 6 * TEN, 1) if one.dev_eui != eui(3)), 10):
            city.now = batch[-1].received_at + SECOND
            city.hear(*batch)
            city.idle()
        assert city.lines == [f"ioc firing sensors/silent {eui(3)}"]
        city.retired = frozenset({eui(3)})
        city.pass_(2 * MINUTE)
        assert city.lines[1:] == [f"ioc resolved sensors/silent {eui(3)}"]
        assert city.mail[1].alerts[0]["cause"] == "decommissioned"


def test_what_was_taken_out_while_no_worker_ran_is_not_told_to_be_silent(tmp_path: Path) -> None:
    with Alarms(tmp_path, SILENT + department()) as city:
        for batch in batches(fleet(20, START, START + 8 * TEN, 1), 10):
            city.now = batch[-1].received_at + SECOND
            city.hear(*batch)
            city.idle()
        city.retired = frozenset({eui(3)})
        city.crash()
        others = [one for one in fleet(20, city.now, city.now + 6 * TEN, 1) if one.dev_eui != eui(3)]
        city.now = others[-1].received_at + SECOND
        city.hear(*others)  # what the broker held comes before there is time to look at anything else
        city.idle()
        city.pass_(2 * MINUTE)
        assert city.lines == []
        assert city.sink.tables.alerts() == []


def test_rules_and_departments_change(tmp_path: Path) -> None:
    with Alarms(tmp_path) as city:
        city.play([uplink(START, 2.5), uplink(START + MINUTE, 2.6, site="me-suot", device=eui(2))])
        city.use(
            written(tmp_path, department() + department("water"), HIGH.replace("2.0", "2.55").replace("1.8", "2.3"))
        )
        city.pass_(HOUR)
        assert city.lines[2:4] == ["water firing high cau-do", "water firing high me-suot"]  # it was added meanwhile
        assert [one.body["data"]["late"] for one in city.mail] == [False, False, True, True, False, False]
        assert city.lines[4:] == ["ioc resolved high cau-do", "water resolved high cau-do"]
        city.use(written(tmp_path, department() + department("water"), HIGH.replace('"high"', '"other"')))
        city.pass_(MINUTE)
        assert city.lines[6:] == ["ioc resolved high me-suot", "water resolved high me-suot"]
        assert city.mail[6].alerts[0]["cause"] == "rule_removed"
        city.play([uplink(city.now + MINUTE, 2.5)])
        city.pass_(MINUTE)
        assert city.lines[8:] == ["ioc firing other cau-do", "water firing other cau-do"]


def test_operators_hear_of_what_they_have_to_do_something_about() -> None:
    def about(kind: str, now: int) -> Notice | None:
        return notices.of_endpoint("water/hook", kind, "it answered 410", now)

    assert about("failing", START) is about("refused", START) is about("recovered", START) is None
    gone, later = about("disabled", START), about("disabled", START + MINUTE)
    assert gone is not None
    assert gone != later
    assert "citylora outbox retry --endpoint water/hook" in gone.text.en
    assert about("expired", START) == about("expired", START + MINUTE), "once a day"
    assert about("expired", START) != about("expired", START + 24 * HOUR)
