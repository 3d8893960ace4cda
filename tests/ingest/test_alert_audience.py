"""Who may be told of a rule, and what cannot be meant: rules for nobody, departments with nothing."""

from __future__ import annotations

from decoders.quantities import Label
from ingest.alerts.audience import Finding, audience, look
from ingest.alerts.department import Department, Endpoint, Escalation
from ingest.alerts.rule import Difference, Field, Health, Rule, Severity, Signal, Trigger, Where
from ingest.alerts.rulebook import Rulebook

LEVEL = Field("water", "water_level")
HOOK = (Endpoint("a/hook"),)


def rule(
    name: str, where: Where | None = None, signal: Signal = LEVEL, severity: Severity = Severity.WARNING, to: str = ""
) -> Rule:
    return Rule(
        id=name,
        title=Label("Tên", "Name"),
        severity=severity,
        signal=signal,
        trigger=Trigger(above=1.0, clear=1.0),
        where=where or Where(),
        departments=frozenset({to} - {""}),
    )


def department(name: str, *rules: str, wards: str = "", sites: str = "", least: Severity = Severity.INFO) -> Department:
    where = Where(wards=frozenset(wards.split()), sites=frozenset(sites.split()))
    return Department(id=name, name=Label(name, name), endpoints=HOOK, rules=rules, where=where, least=least)


def told(one: Rule, *departments: Department) -> list[str]:
    return [found.id for found in audience(one, departments)]


def test_by_name_by_pack_or_all() -> None:
    departments = department("a", "flood/bd1"), department("b", "flood/*"), department("c", "*"), department("d")
    assert told(rule("flood/bd1"), *departments) == ["a", "b", "c"]
    assert told(rule("flood/bd2"), *departments) == ["b", "c"]
    assert told(rule("mine"), *departments) == ["c"]
    assert told(rule("mine", to="d"), *departments) == ["c", "d"]


def test_only_what_is_as_bad() -> None:
    assert told(rule("a"), department("x", "*", least=Severity.DANGER)) == []
    assert told(rule("a", severity=Severity.DANGER), department("x", "*", least=Severity.DANGER)) == ["x"]
    assert told(rule("a", to="x"), department("x", least=Severity.DANGER)) == ["x"]


def test_only_where_a_place_of_the_rule_can_be_one_of_theirs() -> None:
    north = department("north", "*", wards="A B")
    bridge = department("bridge", "*", sites="s1")
    assert told(rule("all"), north, bridge) == ["north", "bridge"]
    assert told(rule("ward", Where(wards=frozenset({"B"}))), north, bridge) == ["north", "bridge"]
    assert told(rule("ward", Where(wards=frozenset({"C"}))), north) == []
    assert told(rule("site", Where(sites=frozenset({"s2"}))), bridge) == []
    assert told(rule("fall", signal=Difference(LEVEL, "s1", "s2")), bridge) == ["bridge"]
    assert told(rule("own", signal=Health("lag")), north, bridge, department("c", "*")) == ["c"]


def test_without_an_endpoint_nobody_is_told() -> None:
    mute = Department(id="a", name=Label("a", "a"), rules=("*",))
    book = Rulebook((rule("x"),), (mute,))
    assert told(rule("x"), mute) == []
    assert list(look(book)) == [
        Finding("rule x", "nobody is told of it", "give a an endpoint"),
        Finding("department a", "it has no endpoint", "add [[alerts.department.webhook]] or another under a"),
    ]


def test_a_whole_pack_for_nobody_is_said_once() -> None:
    book = Rulebook((rule("p/a"), rule("p/b"), rule("q/a"), rule("q/b"), rule("own")), (department("a", "q/a"),))
    assert [(one.subject, one.remedy) for one in look(book)] == [
        ("rules p/*", 'add "p/*" to the rules of a department, or switch it off'),
        ("rule q/b", 'add "q/b" to the rules of a department, or switch it off'),
        ("rule own", 'add "own" to the rules of a department, or switch it off'),
    ]


def test_a_rule_that_only_its_place_keeps_from_somebody() -> None:
    book = Rulebook((rule("x", Where(wards=frozenset({"B"}))), rule("y")), (department("a", "*", wards="A"),))
    assert [one.remedy for one in look(book)] == ["a would be, but for its places or its least severity"]


def test_a_department_that_gets_nothing() -> None:
    book = Rulebook((rule("x"),), (department("a", "*"), department("b")))
    assert [one.subject for one in look(book)] == ["department b"]
    first = Department(
        id="a", name=Label("a", "a"), endpoints=HOOK, rules=("*",), escalation=Escalation(60_000_000_000, "b")
    )
    assert list(look(Rulebook((rule("x"),), (first, department("b"))))) == []


def test_sites_that_there_are_not() -> None:
    book = Rulebook((rule("x", Where(sites=frozenset({"s1", "s2"}))),), (department("a", "*", sites="s1 s3"),))
    assert [(one.subject, one.problem) for one in look(book, {"s1"})] == [
        ("rule x", "there is no site s2"),
        ("department a", "there is no site s3"),
    ]
    assert list(look(book)) == []
