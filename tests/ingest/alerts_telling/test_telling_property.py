"""Whatever happens in whatever order: nobody is told of an end without a beginning, or of anything twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.alerts import muting
from ingest.alerts.department import Escalation, Quiet
from ingest.alerts.grouping import MANY
from ingest.alerts.muting import Mute, MuteError
from ingest.alerts.rule import Severity
from ingest.sqlite import transaction
from tests.fakes.telling import HOUR, LEVELS, MINUTE, SECOND, ZONE, City, department

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.alerts.alert import Change
    from ingest.alerts.message import Message

SITES = ("cau-do", "me-suot", "han", *(f"street-{number}" for number in range(12)))
RULES = tuple(one.id for one in LEVELS)
AFTER = 30 * MINUTE

ALL = department("all", quiet=Quiet(22 * 60, 6 * 60), escalation=Escalation(AFTER, "chief"))
FLOOD = department("flood", rules=("flood/*",))
CHIEF = department("chief", rules=())
MORE = department("flood", rules=("*",))

Action: TypeAlias = "tuple[str, int, int]"

ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(("wait", "fire", "fire", "end", "end", "swing", "acknowledge", "mute", "unmute", "live")),
        st.integers(0, 2),  # what happens at all of them is number 63 of what can be
        st.integers(0, 63),
    ),
    max_size=40,
)  # fmt: skip

RELOADS = st.lists(st.tuples(st.just("reload"), st.just(0), st.integers(0, 15)), min_size=1, max_size=2)

WAITS = (SECOND, 5 * SECOND, 20 * SECOND, 40 * SECOND, 2 * MINUTE, 10 * MINUTE, 35 * MINUTE, 5 * HOUR, 11 * HOUR)


@dataclass
class Played:
    """What has happened.

    Attributes:
        firing: by site and rule, the alert that fires.
        lives: of each alert its site, its rule, when it began, and when it ended; 0 while it fires.
        acknowledged: when an alert was.
        windows: of maintenance.
    """

    city: City
    firing: dict[tuple[str, str], str] = field(default_factory=dict)
    lives: dict[str, tuple[str, str, int, int]] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    windows: list[Mute] = field(default_factory=list)

    def play(self, action: Action) -> None:
        name, site, number = action
        before = len(self.city.mail)
        getattr(self, name)(SITES[site], number)
        assert self.city.live or len(self.city.mail) == before, "told while events lag"

    def wait(self, _site: str, number: int) -> None:
        self.city.now += WAITS[number % len(WAITS)]
        self._turn([])

    def fire(self, site: str, number: int) -> None:
        """Some rules of some sites begin to be met."""
        sites = SITES if number == 63 else (site,)
        rules = [rule for bit, rule in enumerate(RULES) if number >> bit & 1]
        new = [(one, rule) for one in sites for rule in rules if (one, rule) not in self.firing]
        changes = [self.city.change("firing", rule, one) for one, rule in new]
        for key, change in zip(new, changes, strict=True):
            self.firing[key] = change.alert
            self.lives[change.alert] = (*key, self.city.now, 0)
        self._turn(changes)
        self.city.now += SECOND  # the next opens at another time

    def end(self, site: str, number: int) -> None:
        """Those of a site end, or all."""
        keys = [key for key in self.firing if key[0] == site or number == 63]
        alerts = [self.firing.pop(key) for key in keys]
        for alert in alerts:
            self.lives[alert] = (*self.lives[alert][:3], self.city.now)
        self._turn([self.city.over(alert) for alert in alerts])

    def swing(self, site: str, number: int) -> None:
        """What fires is said to fire again."""
        again = [self.city.change("firing", key[1], site, opened=self.lives[alert][2], swings=number)
                 for key, alert in self.firing.items() if key[0] == site]  # fmt: skip
        self._turn(again)

    def acknowledge(self, site: str, _number: int) -> None:
        for key, alert in self.firing.items():
            if key[0] == site and alert not in self.acknowledged:
                self.acknowledged[alert] = self.city.now
                self.city.acknowledge(alert)

    def mute(self, site: str, number: int) -> None:
        self.city.now += SECOND  # what was told just now was told before
        until = self.city.now + (number + 1) * 10 * MINUTE
        wanted = Mute(since=self.city.now, until=until, sites=frozenset({site}), reason="work", author="Lan")
        with transaction(self.city.db):
            self.windows.append(muting.add(self.city.db, wanted, self.city.now))

    def unmute(self, _site: str, number: int) -> None:
        """A window is ended early, where there is one that still holds."""
        if not self.windows:
            return
        place = number % len(self.windows)
        try:
            with transaction(self.city.db):
                self.windows[place] = muting.end(self.city.db, self.windows[place].id, self.city.now, "Lan")
        except MuteError:
            assert self.windows[place].end <= self.city.now
        self._turn([])

    def live(self, _site: str, _number: int) -> None:
        self.city.live = not self.city.live
        self._turn([])

    def reload(self, _site: str, number: int) -> None:
        """There are other departments than before, or they want other things."""
        wanted = [one for bit, one in enumerate((ALL, FLOOD, CHIEF, MORE)) if number >> bit & 1]
        self.city.joins(*{one.id: one for one in wanted}.values())

    def finish(self) -> None:
        """All is read, and two days go by."""
        self.city.live = True
        self._turn([])
        for step in [20 * SECOND] * 10 + [MINUTE] * 10 + [20 * MINUTE] * 150:
            self.city.now += step
            self._turn([])

    def muted_at(self, site: str, at: int) -> bool:
        return any(site in one.sites and one.holds(at) for one in self.windows)

    def ever_muted(self, alert: str) -> bool:
        site, _, since, until = self.lives[alert]
        return any(site in one.sites and one.since <= (until or one.since) and since < one.end for one in self.windows)

    def _turn(self, changes: Sequence[Change]) -> None:
        """One transaction, which is rolled back at first, and has to say the same again."""
        city = self.city
        city.db.execute("BEGIN")
        city.tables.record(changes)
        rehearsed = city.telling.changed(changes, city.now, live=city.live)
        city.db.execute("ROLLBACK")
        assert said(rehearsed) == said([one.message for one in city.take(changes)])


def said(messages: Sequence[Message]) -> list[tuple[str, str, bytes]]:
    return [(one.id, one.endpoint, one.body) for one in messages]


def quiet(at: int) -> bool:
    hour = datetime.fromtimestamp(at // SECOND, ZONE).hour
    return hour >= 22 or hour < 6


def told(played: Played) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """Of each department and alert the phases that were told, and when; `unlisted` where a digest only counts it."""
    found = defaultdict(list)
    for mail in played.city.mail:
        phases = {one["id"]: one["phase"] for one in mail.alerts}
        for alert in mail.message.alerts:
            found[mail.message.department, alert].append((phases.get(alert, "unlisted"), mail.at))
    return found


def wanting(rule: str) -> Iterator[str]:
    yield "all"
    if rule.startswith("flood/"):
        yield "flood"


@pytest.fixture(scope="module")
def severities() -> dict[str, Severity]:
    return {one.id: one.severity for one in LEVELS}


@settings(deadline=None, max_examples=100)
@given(actions=ACTIONS, begins=st.sampled_from((0, 9 * HOUR + 50 * MINUTE, 13 * HOUR)))
def test_each_is_told_a_beginning_then_an_end_and_nothing_is_lost(
    severities: dict[str, Severity], actions: list[Action], begins: int
) -> None:
    with closing(City(ALL, FLOOD, CHIEF)) as city:
        city.now += begins
        played = Played(city)
        for action in actions:
            played.play(action)
        played.finish()
        phases = told(played)
        check_order(phases)
        check_nothing_is_lost(played, phases)
        check_what_waits(played, severities)
        check_escalation(played, phases, severities)
        check_calm(played)
        assert city.waits() == [] or all(why == "muted" for _, why in city.waits())


@settings(deadline=None, max_examples=100)
@given(actions=st.lists(ACTIONS | RELOADS, max_size=5))
def test_whoever_comes_and_goes_knows_in_the_end_what_fires_and_nothing_twice(actions: list[list[Action]]) -> None:
    with closing(City(ALL, FLOOD, CHIEF)) as city:
        played = Played(city)
        for action in (one for some in actions for one in some):
            played.play(action)
        city.live = True
        city.joins(ALL, FLOOD, CHIEF)
        played.finish()
        phases = told(played)
        check_order(phases)
        for alert, (site, rule, _, until) in played.lives.items():
            for name in wanting(rule):
                own = [phase for phase, _ in phases.get((name, alert), [])]
                if until:
                    assert not own or own[-1] != "firing", "its end was not told"
                else:
                    assert own or played.muted_at(site, city.now), "it still fires, and nobody knows"
        assert city.joins(ALL, FLOOD, CHIEF) == []


def check_order(phases: dict[tuple[str, str], list[tuple[str, int]]]) -> None:
    for key, own in phases.items():
        said = [phase for phase, _ in own]
        if "unlisted" not in said:
            assert said in (["firing"], ["firing", "resolved"], ["resolved"]), (key, said)
        assert len(said) <= 2, (key, said)


def check_nothing_is_lost(played: Played, phases: dict[tuple[str, str], list[tuple[str, int]]]) -> None:
    for alert, (site, rule, _, until) in played.lives.items():
        for name in wanting(rule):
            own = [phase for phase, _ in phases.get((name, alert), [])]
            if not until:
                assert own or played.muted_at(site, played.city.now), "it still fires, and nobody knows"
            elif not played.ever_muted(alert):
                assert own, "it came and went, and nobody knows"
            if until and own:
                assert own[-1] in {"resolved", "unlisted"}, "its end was not told"


def check_what_waits(played: Played, severities: dict[str, Severity]) -> None:
    for mail in played.city.mail:
        for one in mail.alerts:
            if mail.message.department == "all" and quiet(mail.at):
                assert severities[one["rule"]["id"]] is Severity.DANGER, "told in quiet hours"
            if one["phase"] == "firing":
                assert not played.muted_at(one["site"]["id"], mail.at), "told in a maintenance window"


def check_escalation(
    played: Played, phases: dict[tuple[str, str], list[tuple[str, int]]], severities: dict[str, Severity]
) -> None:
    for alert, (_, rule, _, until) in played.lives.items():
        first, second = phases.get(("all", alert), []), phases.get(("chief", alert), [])
        if second:
            assert severities[rule] >= Severity.WARNING
            assert second[0][0] in {"firing", "unlisted"}
            assert second[0][1] >= first[0][1] + AFTER
            assert played.acknowledged.get(alert, second[0][1]) >= second[0][1]
        elif first and not until and alert not in played.acknowledged and severities[rule] >= Severity.WARNING:
            assert played.muted_at(played.lives[alert][0], played.city.now), "nobody has acknowledged it"


def check_calm(played: Played) -> None:
    """Ids are unique, and no department has many messages in a minute."""
    mail = played.city.mail
    assert all(number == 1 for number in Counter(one.message.id for one in mail).values())
    for last in mail:
        own = [one for one in mail if one.message.department == last.message.department]
        assert sum(last.at - MINUTE < one.at <= last.at for one in own) <= MANY + 3
