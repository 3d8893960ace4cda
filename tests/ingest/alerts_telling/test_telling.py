"""Who is told what and when, as scripts: what fires, what time it is, who was sent what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest.alerts import muting
from ingest.alerts.department import Endpoint, Escalation, Quiet
from ingest.alerts.muting import Mute
from ingest.alerts.rule import Scope, Severity, Where
from ingest.alerts.telling import UnknownDepartment
from ingest.sqlite import transaction
from tests.fakes.telling import HOUR, MINUTE, NOON, SECOND, City, department, rule

if TYPE_CHECKING:
    from ingest.alerts.department import Department

DRAINS = department("thoat-nuoc")
WATER = department("cap-nuoc", rules=("rain/*",))
NIGHT = Quiet(since=22 * 60, until=6 * 60)


def muted(city: City, until: int, *, site: str = "", rules: str = "") -> Mute:
    sites, names = (frozenset({one} - {""}) for one in (site, rules))
    window = Mute(since=city.now, until=until, sites=sites, rules=names, reason="pump replaced", author="Lan")
    with transaction(city.db):
        return muting.add(city.db, window, city.now)


def test_what_fires_is_told_at_once_and_so_is_its_end() -> None:
    city = City(DRAINS, WATER)
    (alert,) = city.fires("flood/bd2")
    city.later(20 * MINUTE)
    city.ends(alert)
    assert city.lines() == ["thoat-nuoc firing cau-do flood/bd2", "thoat-nuoc resolved cau-do flood/bd2"]
    assert [one.at - NOON for one in city.mail] == [0, 20 * MINUTE]
    assert [one.message.alerts for one in city.mail] == [(alert,), (alert,)]
    assert city.waits() == []


def test_every_endpoint_gets_the_same_body_under_its_own_id() -> None:
    both = department("thoat-nuoc", endpoints=(Endpoint("thoat-nuoc/hook"), Endpoint("thoat-nuoc/mail", "email")))
    city = City(both)
    city.fires("flood/bd2")
    first, second = city.mail
    assert first.message.body == second.message.body
    assert first.message.id != second.message.id
    assert "." not in first.message.id


def test_a_firing_that_is_known_is_not_told_again_however_often_it_swings() -> None:
    city = City(DRAINS)
    (alert,) = city.fires("flood/bd2")
    for swings in range(1, 13):
        city.later(5 * MINUTE)
        city.take([city.change("firing", "flood/bd2", opened=NOON, swings=swings)])
    city.later(30 * MINUTE)
    city.ends(alert, swings=12)
    assert city.lines() == ["thoat-nuoc firing cau-do flood/bd2", "thoat-nuoc resolved cau-do flood/bd2"]
    assert city.mail[1].body["data"]["flapping"] is True


def test_an_end_is_told_to_whom_its_beginning_was_told_and_to_nobody_else() -> None:
    city = City(DRAINS)
    (alert,) = city.fires("rain/heavy")
    city.use(DRAINS, WATER)
    city.later(HOUR)
    city.ends(alert)
    assert city.lines() == ["thoat-nuoc firing cau-do rain/heavy", "thoat-nuoc resolved cau-do rain/heavy"]


def test_an_end_reaches_a_department_that_would_not_be_told_of_it_any_more() -> None:
    city = City(DRAINS)
    (alert,) = city.fires("rain/heavy")
    city.use(department("thoat-nuoc", rules=("flood/*",)))
    city.later(HOUR)
    city.ends(alert, cause="rule_removed")
    assert city.lines()[1] == "thoat-nuoc resolved cau-do rain/heavy"
    assert city.mail[1].alerts[0]["cause"] == "rule_removed"


@pytest.mark.parametrize(
    ("own", "told"),
    [
        (department("d", rules=("flood/bd2",)), True),
        (department("d", rules=("flood/*",)), True),
        (department("d", rules=("flood",)), False),
        (department("d", rules=("rain/*",)), False),
        (department("d", rules=()), False),
        (department("d", least=Severity.DANGER), True),
        (department("d", where=Where(wards=frozenset({"Cẩm Lệ"}))), True),
        (department("d", where=Where(wards=frozenset({"Hải Châu"}))), False),
        (department("d", where=Where(sites=frozenset({"cau-do"}))), True),
        (department("d", where=Where(sites=frozenset({"me-suot"}))), False),
        (department("d", where=Where(wards=frozenset({"Cẩm Lệ"}), sites=frozenset({"me-suot"}))), False),
        (department("d", endpoints=()), False),
    ],
)
def test_a_department_gets_what_it_has_chosen(own: Department, *, told: bool) -> None:
    city = City(own)
    city.fires("flood/bd2")
    assert bool(city.mail) is told


def test_what_is_less_bad_than_a_department_wants_is_not_told() -> None:
    city = City(department("d", least=Severity.WARNING))
    city.fires("health/battery")
    city.fires("flood/bd1")
    assert city.lines() == ["d firing cau-do flood/bd1"]


def test_a_rule_names_departments_of_its_own_whatever_they_have_chosen() -> None:
    own = rule("own", Severity.INFO, departments=frozenset({"cap-nuoc"}))
    city = City(DRAINS, department("cap-nuoc", rules=(), least=Severity.DANGER), rules=[own])
    city.fires("own")
    assert city.lines() == ["thoat-nuoc firing cau-do own", "cap-nuoc firing cau-do own"]


def test_what_is_at_no_place_goes_to_those_who_want_all_places() -> None:
    here = department("here", where=Where(wards=frozenset({"Cẩm Lệ"})))
    city = City(DRAINS, here)
    city.fires("health/battery", scope=Scope("gateway", "ac1f09fffe000001"))
    assert city.lines() == ["thoat-nuoc firing ac1f09fffe000001 health/battery"]


def test_a_wards_own_alert_goes_to_those_of_the_ward() -> None:
    here, there = (department(name, where=Where(wards=frozenset({name}))) for name in ("Cẩm Lệ", "Hải Châu"))
    city = City(here, there)
    city.fires("health/battery", scope=Scope("ward", "Cẩm Lệ"))
    assert [one.message.department for one in city.mail] == ["Cẩm Lệ"]


def test_what_fires_together_at_a_site_is_one_message_the_worst_first() -> None:
    city = City(DRAINS)
    city.fires("flood/bd1", "rain/heavy", "flood/bd2")
    assert city.lines() == ["thoat-nuoc firing cau-do flood/bd2, cau-do flood/bd1, cau-do rain/heavy"]


def test_further_ones_of_a_site_and_pack_wait_half_a_minute_and_go_together() -> None:
    city = City(DRAINS)
    city.fires("flood/bd2")
    city.later(10 * SECOND)
    city.fires("flood/bd1", scope=Scope("site", "cau-do", "1", "cau-do"))
    city.fires("flood/bd1", scope=Scope("site", "cau-do", "2", "cau-do"))
    city.fires("rain/heavy")
    city.fires("flood/bd1", site="me-suot")
    assert len(city.mail) == 3  # another pack, and another site, do not wait
    assert [one.at - NOON for one in city.later(MINUTE)] == [30 * SECOND]
    assert city.mail[3].line == "thoat-nuoc firing cau-do flood/bd1, cau-do flood/bd1"


def test_what_is_worse_than_what_was_told_does_not_wait() -> None:
    city = City(DRAINS)
    city.fires("flood/bd1")
    city.now += SECOND
    city.fires("flood/bd2")
    assert city.lines() == ["thoat-nuoc firing cau-do flood/bd1", "thoat-nuoc firing cau-do flood/bd2"]


def test_an_end_does_not_hold_up_a_beginning() -> None:
    city = City(DRAINS)
    (alert,) = city.fires("flood/bd1")
    city.later(HOUR)
    city.ends(alert)
    city.fires("flood/bd1")
    assert len(city.mail) == 3


def test_what_ends_while_it_waits_for_its_group_is_told_as_past() -> None:
    city = City(DRAINS)
    city.fires("flood/bd2")
    (alert,) = city.fires("flood/bd1")
    city.ends(alert)
    city.later(MINUTE)
    assert city.lines()[1:] == ["thoat-nuoc digest cau-do flood/bd1"]
    assert city.mail[1].phases == ["resolved"]


def test_what_begins_and_ends_in_one_batch_is_one_message() -> None:
    city = City(DRAINS)
    begin = city.change("firing", "flood/bd2")
    city.now += SECOND
    city.take([begin, city.change("resolved", "flood/bd2", opened=NOON)])
    assert city.lines() == ["thoat-nuoc digest cau-do flood/bd2"]


def test_a_hundred_alerts_of_one_cause_are_one_message() -> None:
    city = City(DRAINS)
    city.take([city.change("firing", "rain/heavy", f"street-{number}") for number in range(100)])
    (digest,) = city.mail
    data = digest.body["data"]
    assert (digest.message.type, data["count"], data["storm"]) == ("alert.digest", 100, True)
    assert data["more"] == 100 - len(digest.alerts) > 0
    assert len(digest.message.alerts) == 100
    city.later(HOUR)
    assert len(city.mail) == 1


def test_a_storm_that_goes_on_is_one_digest_a_minute() -> None:
    city = City(DRAINS)
    for number in range(180):
        city.fires("rain/heavy", site=f"street-{number}")
        city.later(SECOND)
    city.later(5 * MINUTE)
    assert [one.message.type for one in city.mail[:10]] == ["alert.firing"] * 10
    assert len(city.mail) <= 10 + 5
    told = [alert for one in city.mail for alert in one.message.alerts]
    assert len(told) == len(set(told)) == 180


def test_after_a_storm_the_next_is_told_at_once() -> None:
    city = City(DRAINS)
    city.take([city.change("firing", "rain/heavy", f"street-{number}") for number in range(100)])
    city.later(2 * MINUTE)
    city.fires("rain/heavy")
    assert city.mail[-1].message.type == "alert.firing"


def test_what_is_worse_than_a_storm_does_not_wait_for_it() -> None:
    city = City(DRAINS)
    city.take([city.change("firing", "rain/heavy", f"street-{number}") for number in range(100)])
    city.now += SECOND
    city.fires("rain/heavy", site="me-suot")
    city.fires("flood/bd2")
    assert city.lines()[1:] == ["thoat-nuoc firing cau-do flood/bd2"]
    assert [one.line for one in city.later(MINUTE)] == ["thoat-nuoc firing me-suot rain/heavy"]


def test_in_quiet_hours_what_is_less_bad_waits_for_their_end_and_is_one_message() -> None:
    city = City(department("d", quiet=NIGHT))
    city.clock("23:00")
    for site in ("cau-do", "me-suot"):
        city.fires("flood/bd1", site=site)
    city.fires("flood/bd2", site="han")
    assert city.lines() == ["d firing han flood/bd2"]
    assert city.clock("05:59") == []
    (morning,) = city.clock("06:00")
    assert morning.line == "d digest cau-do flood/bd1, me-suot flood/bd1"
    assert morning.phases == ["firing", "firing"]


def test_what_is_over_by_the_morning_is_not_told_by_itself() -> None:
    city = City(department("d", quiet=NIGHT))
    (evening,) = city.fires("rain/heavy", site="han")
    city.clock("23:00")
    (gone,) = city.fires("flood/bd1")
    city.fires("flood/bd1", site="me-suot")
    city.clock("02:00")
    city.ends(gone, evening)
    (morning,) = city.clock("06:30")
    assert morning.line == "d digest me-suot flood/bd1, han rain/heavy, cau-do flood/bd1"
    assert morning.phases == ["firing", "resolved", "resolved"]


def test_one_alert_of_the_night_is_told_in_the_morning_as_any_other() -> None:
    city = City(department("d", quiet=NIGHT))
    city.clock("03:00")
    city.fires("flood/bd1")
    assert [one.line for one in city.clock("06:00")] == ["d firing cau-do flood/bd1"]


def test_nobody_acknowledges_so_others_are_told_once() -> None:
    first = department("thoat-nuoc", escalation=Escalation(30 * MINUTE, "chi-huy"))
    city = City(first, department("chi-huy", rules=()))
    (alert,) = city.fires("flood/bd2")
    city.fires("health/battery", site="han")
    later = city.later(3 * HOUR)
    assert [(one.line, one.at - NOON) for one in later] == [("chi-huy firing cau-do flood/bd2", 30 * MINUTE)]
    assert later[0].alerts[0]["escalated_from"] == "thoat-nuoc"
    city.ends(alert)
    assert city.lines()[3:] == ["thoat-nuoc resolved cau-do flood/bd2", "chi-huy resolved cau-do flood/bd2"]


def test_what_is_acknowledged_or_over_is_not_escalated() -> None:
    first = department("thoat-nuoc", escalation=Escalation(30 * MINUTE, "chi-huy"))
    city = City(first, department("chi-huy", rules=()))
    (alert,) = city.fires("flood/bd2")
    (other,) = city.fires("flood/bd2", site="han")
    city.later(29 * MINUTE)
    city.acknowledge(alert)
    city.ends(other)
    city.later(3 * HOUR)
    assert {one.message.department for one in city.mail} == {"thoat-nuoc"}
    assert city.waits() == []


def test_whoever_knows_already_is_not_told_again_by_escalation() -> None:
    first = department("a", escalation=Escalation(MINUTE, "b"))
    second = department("b", escalation=Escalation(MINUTE, "a"))
    city = City(first, second)
    city.fires("flood/bd2")
    city.later(HOUR)
    assert city.lines() == ["a firing cau-do flood/bd2", "b firing cau-do flood/bd2"]


def test_escalation_goes_on_from_one_to_the_next() -> None:
    chain = [
        department("a", escalation=Escalation(MINUTE, "b")),
        department("b", rules=(), escalation=Escalation(MINUTE, "c")),
        department("c", rules=(), escalation=Escalation(MINUTE, "a")),
    ]
    city = City(*chain)
    city.fires("flood/bd2")
    city.later(HOUR)
    assert [(one.message.department, (one.at - NOON) // MINUTE) for one in city.mail] == [("a", 0), ("b", 1), ("c", 2)]


def test_during_maintenance_nothing_is_escalated() -> None:
    first = department("thoat-nuoc", escalation=Escalation(30 * MINUTE, "chi-huy"))
    city = City(first, department("chi-huy", rules=()))
    city.fires("flood/bd2")
    city.later(MINUTE)
    muted(city, NOON + 2 * HOUR, site="cau-do")
    later = city.later(3 * HOUR)
    assert [(one.line, one.at - NOON) for one in later] == [("chi-huy firing cau-do flood/bd2", 2 * HOUR)]


def test_what_fires_in_a_maintenance_window_is_told_at_its_end_if_it_still_does() -> None:
    city = City(DRAINS)
    muted(city, NOON + HOUR, site="cau-do")
    (gone,) = city.fires("flood/bd1")
    city.fires("flood/bd2")
    city.fires("flood/bd2", site="me-suot")
    city.later(10 * MINUTE)
    city.ends(gone)
    assert city.lines() == ["thoat-nuoc firing me-suot flood/bd2"]
    later = city.later(2 * HOUR)
    assert [(one.line, one.at - NOON) for one in later] == [("thoat-nuoc firing cau-do flood/bd2", HOUR)]


def test_a_window_that_is_ended_early_tells_at_once_what_fires() -> None:
    city = City(DRAINS)
    window = muted(city, NOON + 8 * HOUR, rules="flood/*")
    city.fires("flood/bd2")
    city.later(HOUR)
    with transaction(city.db):
        muting.end(city.db, window.id, city.now, "Lan")
    assert [one.line for one in city.idle()] == ["thoat-nuoc firing cau-do flood/bd2"]


def test_an_end_in_a_maintenance_window_is_told_to_whom_the_beginning_was() -> None:
    city = City(DRAINS)
    (alert,) = city.fires("flood/bd2")
    city.later(MINUTE)
    muted(city, NOON + HOUR, site="cau-do")
    city.ends(alert)
    assert city.lines()[1] == "thoat-nuoc resolved cau-do flood/bd2"


def test_after_a_backlog_what_still_fires_is_late_and_what_passed_is_one_digest() -> None:
    city = City(DRAINS, WATER)
    (before,) = city.fires("flood/bd2", site="han")
    city.live = False
    passed = [city.fires("rain/heavy", site=f"street-{number}")[0] for number in range(3)]
    city.fires("flood/bd2")
    city.later(HOUR)
    city.ends(before, *passed)
    city.later(HOUR)
    assert len(city.mail) == 1
    city.live = True
    told = city.idle()
    assert [one.line for one in told] == [
        "thoat-nuoc firing cau-do flood/bd2",
        "thoat-nuoc resolved han flood/bd2",
        "thoat-nuoc digest street-0 rain/heavy, street-1 rain/heavy, street-2 rain/heavy",
        "cap-nuoc digest street-0 rain/heavy, street-1 rain/heavy, street-2 rain/heavy",
    ]
    assert all(one.body["data"]["late"] for one in told)
    city.later(HOUR)
    assert len(city.mail) == 5


def test_at_the_first_start_history_is_not_digested_and_what_still_fires_is_told() -> None:
    city = City(DRAINS, began=NOON)
    city.live = False
    city.now = NOON - 5 * HOUR
    (old,) = city.fires("flood/bd2")
    (still,) = city.fires("flood/bd2", site="me-suot")
    city.now += HOUR
    city.ends(old)
    city.now = NOON + MINUTE
    city.live = True
    city.idle()
    assert city.lines() == ["thoat-nuoc firing me-suot flood/bd2"]
    assert city.mail[0].message.alerts == (still,)


def test_what_passed_in_a_backlog_while_it_was_worked_on_is_not_digested() -> None:
    city = City(DRAINS)
    muted(city, NOON + HOUR, site="cau-do")
    city.live = False
    (alert,) = city.fires("flood/bd2")
    city.later(30 * MINUTE)
    city.ends(alert)
    city.later(2 * HOUR)
    city.live = True
    assert city.idle() == []
    assert city.waits() == []


def test_what_is_late_in_quiet_hours_waits_for_the_morning_and_is_still_late() -> None:
    city = City(department("d", quiet=NIGHT))
    city.clock("23:00")
    city.live = False
    city.fires("flood/bd1")
    city.live = True
    assert city.idle() == []
    (morning,) = city.clock("06:00")
    assert morning.body["data"]["late"] is True


def test_a_message_says_who_has_acknowledged() -> None:
    city = City(DRAINS)
    (alert,) = city.fires("flood/bd2")
    city.later(MINUTE)
    city.acknowledge(alert)
    city.ends(alert)
    assert city.mail[0].alerts[0]["acknowledged"] is None
    assert city.mail[1].alerts[0]["acknowledged"] == {"at": "2026-11-22T12:01:00.000+07:00", "by": "Trần Thị Lan"}


def test_a_transaction_that_is_rolled_back_leaves_nothing_and_is_made_again_the_same() -> None:
    city = City(DRAINS)
    change = city.change("firing", "flood/bd2")

    def sent() -> list[tuple[str, bytes]]:
        city.db.execute("BEGIN")
        city.tables.record([change])
        messages = city.telling.changed([change], city.now, live=True)
        city.db.execute("ROLLBACK")
        return [(one.id, one.body) for one in messages]

    first = sent()
    city.now += 7 * SECOND
    assert first == sent() != []
    assert city.db.execute("SELECT count(*) FROM told").fetchone() == (0,)


def test_a_drill_is_marked_in_type_title_and_body_and_touches_nothing() -> None:
    city = City(DRAINS, department("en", language="en"))
    city._sent(city.telling.drill("thoat-nuoc", city.now) + city.telling.drill("en", city.now + SECOND))
    vietnamese, english = city.mail
    assert vietnamese.message.type == english.message.type == "alert.drill"
    assert vietnamese.body["data"]["drill"] is True
    assert vietnamese.body["data"]["title"].startswith("[DIỄN TẬP] ")
    assert english.body["data"]["title"].startswith("[DRILL] ")
    assert "nothing has happened" in english.body["data"]["text"]
    assert english.alerts[0]["links"]["acknowledge"] is None
    assert city.waits() == []
    assert city.db.execute("SELECT count(*) FROM told").fetchone() == (0,)


def test_a_drill_of_nobody_says_who_there_is() -> None:
    city = City(DRAINS)
    with pytest.raises(UnknownDepartment) as refused:
        city.telling.drill("thoat-nuc", city.now)
    assert refused.value.hint == "departments are: thoat-nuoc"


def test_what_waits_for_a_department_that_is_no_more_is_forgotten() -> None:
    city = City(department("d", quiet=NIGHT))
    city.clock("23:00")
    city.fires("flood/bd1")
    city.use()
    assert city.clock("06:00") == []
    assert city.waits() == []


def test_a_clock_that_is_put_back_holds_nothing_up_for_long() -> None:
    city = City(DRAINS)
    city.fires("flood/bd2")
    waiting = city.change("firing", "flood/bd1")
    city.take([waiting])
    city.now -= HOUR
    city.idle()
    assert city.lines()[1:] == ["thoat-nuoc firing cau-do flood/bd1"]


def test_a_department_that_is_added_is_told_late_and_once_of_what_fires() -> None:
    city = City(DRAINS)
    (over,) = city.fires("rain/heavy", site="me-suot")
    city.ends(over)
    (alert,) = city.fires("rain/heavy")
    city.fires("flood/bd2")
    before = len(city.mail)
    city.later(HOUR)
    (told,) = city.joins(DRAINS, WATER)
    assert told.line == "cap-nuoc firing cau-do rain/heavy"
    assert told.body["data"]["late"] is told.alerts[0]["late"] is True
    assert told.body["data"]["text"].endswith("Tin gửi muộn: sự việc có từ trước khi đơn vị được nhận tin này.")
    assert city.joins(DRAINS, WATER) == city.later(HOUR) == []
    city.ends(alert)
    assert city.lines()[before + 1 :] == [
        "thoat-nuoc resolved cau-do rain/heavy",
        "cap-nuoc resolved cau-do rain/heavy",
    ]


def test_a_department_that_wants_more_now_is_told_of_what_it_did_not_know() -> None:
    city = City(department("d", rules=("flood/bd2",), where=Where(sites=frozenset({"cau-do"}))))
    city.fires("flood/bd1", "flood/bd2")
    city.fires("flood/bd2", site="me-suot")
    (told,) = city.joins(department("d", rules=("flood/bd2",)))
    assert told.line == "d firing me-suot flood/bd2"
    city.later(MINUTE)
    (told,) = city.joins(department("d"))
    assert told.line == "d firing cau-do flood/bd1"


def test_a_department_that_is_added_while_events_lag_is_told_once_they_are_read() -> None:
    city = City(DRAINS)
    city.fires("flood/bd2")
    city.live = False
    assert city.joins(DRAINS, department("d")) == []
    city.live = True
    assert [one.line for one in city.idle()] == ["d firing cau-do flood/bd2"]


def test_whoever_waits_to_be_told_goes_on_to_when_others_are_added() -> None:
    first = department("thoat-nuoc", escalation=Escalation(30 * MINUTE, "chi-huy"), quiet=NIGHT)
    city = City(first, department("chi-huy", rules=()))
    city.clock("23:00")
    city.fires("flood/bd2")
    city.fires("flood/bd1", site="me-suot")
    assert city.joins(first, department("chi-huy", rules=())) == []
    assert sorted(why for _, why in city.waits()) == ["escalate", "quiet"]
    (told,) = city.joins(first, department("chi-huy", rules=("flood/bd2",)))
    assert told.line == "chi-huy firing cau-do flood/bd2"
    assert told.alerts[0]["escalated_from"] is None
    assert city.later(HOUR) == []


def test_a_department_that_is_removed_gets_nothing_more_and_hears_of_the_end_when_it_is_back() -> None:
    first = department("thoat-nuoc", escalation=Escalation(30 * MINUTE, "cap-nuoc"))
    city = City(first, WATER)
    over, _ = city.fires("rain/heavy", "flood/bd2")
    assert city.joins(first) == []
    city.ends(over)
    city.later(2 * HOUR)
    assert city.lines()[2:] == ["thoat-nuoc resolved cau-do rain/heavy"]
    (told,) = city.joins(first, WATER)
    assert told.line == "cap-nuoc resolved cau-do rain/heavy"
    assert city.joins(first, WATER) == []


def test_a_rule_that_is_gone_is_told_to_nobody_new() -> None:
    city = City(DRAINS)
    city.fires("rain/heavy")
    city.rules = [one for one in city.rules if one.id != "rain/heavy"]
    assert city.joins(DRAINS, WATER) == []
