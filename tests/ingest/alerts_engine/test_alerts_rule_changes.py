"""A rule is changed while it fires: who looks elsewhere now, and who goes on."""

from __future__ import annotations

from ingest.alerts.heard import Heard
from ingest.alerts.rule import Field, Rule, Silence, Where
from ingest.decoding.point import Point
from tests.fakes.alert_rules import MINUTE, START, City, rule

BY_DEVICE = Field("water", "water_level", by="device")


def causes(city: City) -> list[tuple[str, str, str]]:
    return [(one.phase, one.scope.key, one.cause) for one in city.changes]


def at(*sites: str) -> Where:
    return Where(sites=frozenset(sites))


def fires(first: Rule) -> City:
    city = City([first])
    city.level(0, 3.0)
    city.quiet(5 * MINUTE)
    assert [one.phase for one in city.changes] == ["firing"]
    return city


def test_a_rule_that_looks_at_more_places_goes_on_where_it_fires() -> None:
    for before, after in ((at("s1"), at("s1", "s2")), (at("s1"), Where()), (Where(), at("s2", "s1"))):
        city = fires(rule(above=2.0, where=before))
        city.restart([rule(above=2.0, where=after)])
        city.quiet(60 * MINUTE)
        city.level(61 * MINUTE, 3.5)
        city.quiet(70 * MINUTE)
        assert causes(city) == [("firing", "site:s1", "")]
        assert city.spans == [(0, 0)]
        city.level(71 * MINUTE, 1.0)
        city.quiet(100 * MINUTE)
        assert (city.changes[-1].phase, city.changes[-1].swings) == ("resolved", 0)


def test_a_rule_that_looks_there_no_more_ends_what_fires_and_says_why() -> None:
    for first, second in (
        (rule(above=2.0), rule(above=2.0, where=at("s2"))),
        (rule(above=2.0), rule(above=2.0, where=Where(wards=frozenset({"w2"})))),
        (rule(BY_DEVICE, above=2.0), rule(BY_DEVICE, above=2.0, where=Where(devices=frozenset({"d2"})))),
        (rule(above=2.0), rule(BY_DEVICE, above=2.0)),
        (rule(BY_DEVICE, above=2.0), rule(above=2.0)),
    ):
        city = fires(first)
        scope = city.changes[0].scope.key
        city.restart([second])
        assert causes(city) == [("firing", scope, ""), ("resolved", scope, "rule_changed")]
        city.restart()
        city.quiet(60 * MINUTE)
        assert len(city.changes) == 2
        assert not any(key.startswith("rule|") for key in city.states)


def test_what_was_over_before_the_rule_changed_is_told_as_ever() -> None:
    city = fires(rule(above=2.0))
    city.level(5 * MINUTE, 1.0)
    city.quiet(8 * MINUTE)
    city.restart([rule(above=2.0, where=at("s2"))])
    city.quiet(60 * MINUTE)
    assert causes(city) == [("firing", "site:s1", ""), ("resolved", "site:s1", "")]
    assert (city.changes[-1].time - START) // MINUTE == 5


def test_a_silence_goes_on_and_is_told_where_a_rule_looks_now() -> None:
    def silent(where: Where) -> Rule:
        return rule(Silence(10 * MINUTE, 15 * MINUTE), above=3.0, where=where)

    def go_on(since: int, until: int) -> None:
        for minute in range(since, until):
            time = START + minute * MINUTE
            city.hear(Heard("mosquitto", time, "", (Point("gateway", ("gw",), (("rx_received", 1.0),), time),)))
            city.quiet(minute * MINUTE)

    city = City([silent(at("s1"))])
    for device, site in (("d1", "s1"), ("d2", "s2")):
        radio = Point("radio", (device, site, "w1", "model", "gw", "app"), (("f_cnt", 1.0),), START, START)
        city.hear(Heard("mosquitto", START, device, (radio,), gateways=("gw",)))
    go_on(1, 60)
    assert causes(city) == [("firing", "device:d1", "")]
    city.restart([silent(at("s1", "s2"))])
    go_on(60, 120)
    assert causes(city) == [("firing", "device:d1", ""), ("firing", "device:d2", "")]
    city.restart([silent(at("s2"))])
    go_on(120, 180)
    assert causes(city)[2:] == [("resolved", "device:d1", "rule_changed")]
