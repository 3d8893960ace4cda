"""Maintenance windows: what they hold, and what cannot be one."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from ingest.alerts import muting
from ingest.alerts.muting import Mute, MuteError
from ingest.alerts.rule import Scope
from ingest.sqlite import transaction
from tests.fakes.telling import HOUR, NOON, City, department

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def city() -> Iterator[City]:
    with closing(City(department("d"))) as made:
        yield made


def window(**more: Any) -> Mute:
    own = {"since": NOON, "until": NOON + HOUR, "reason": "pump replaced", "author": "Lan", **more}
    return Mute(**{"sites": frozenset({"cau-do"}), **own})


def add(city: City, wanted: Mute) -> Mute:
    with transaction(city.db):
        return muting.add(city.db, wanted, city.now)


def test_windows_are_kept_with_a_number_each(city: City) -> None:
    first, second = add(city, window()), add(city, window(until=NOON + 2 * HOUR))
    assert (first.id, second.id, first.at) == (1, 2, NOON)
    assert muting.windows(city.db) == [first, second]
    assert muting.windows(city.db, since=NOON + HOUR) == [second]


def test_a_window_that_is_ended_holds_no_more_and_says_who_has_ended_it(city: City) -> None:
    kept = add(city, window())
    city.now += HOUR // 2
    with transaction(city.db):
        ended = muting.end(city.db, kept.id, city.now, "Minh")
    assert muting.windows(city.db) == [ended]
    assert (ended.end, ended.ended_by, ended.until) == (NOON + HOUR // 2, "Minh", NOON + HOUR)
    assert ended.holds(NOON)
    assert not ended.holds(city.now)


def test_a_window_to_come_that_is_ended_never_holds(city: City) -> None:
    kept = add(city, window(since=NOON + HOUR, until=NOON + 2 * HOUR))
    ended = muting.end(city.db, kept.id, NOON, "Minh")
    assert not any(ended.holds(NOON + HOUR * step // 4) for step in range(12))


def test_what_is_over_or_unknown_cannot_be_ended(city: City) -> None:
    kept = add(city, window())
    with pytest.raises(MuteError, match="no maintenance window 7"):
        muting.end(city.db, 7, NOON, "Lan")
    with pytest.raises(MuteError, match="window 1 ended at 2026-11-22T06:00:00Z"):
        muting.end(city.db, kept.id, NOON + HOUR, "Lan")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"until": NOON}, "would be over at"),
        ({"since": NOON - 9 * HOUR, "until": NOON - HOUR}, "would be over at"),
        ({"sites": frozenset()}, "of everything"),
        ({"reason": " "}, "the reason is missing"),
        ({"author": ""}, "the author is missing"),
    ],
)
def test_what_cannot_be_a_window_is_refused_with_what_to_do(city: City, more: dict[str, Any], why: str) -> None:
    with pytest.raises(MuteError, match=why) as refused:
        add(city, window(**more))
    assert refused.value.hint
    assert muting.windows(city.db) == []


HERE = Scope("site", "cau-do", site="cau-do")


@pytest.mark.parametrize(
    ("chosen", "scope", "devices", "holds"),
    [
        ({"sites": {"cau-do"}}, HERE, ("a",), True),
        ({"sites": {"me-suot"}}, HERE, ("a",), False),
        ({"rules": {"flood/*"}}, HERE, ("a",), True),
        ({"rules": {"flood/bd2"}}, HERE, ("a",), True),
        ({"rules": {"rain/*"}}, HERE, ("a",), False),
        ({"sites": {"cau-do"}, "rules": {"rain/*"}}, HERE, ("a",), False),
        ({"devices": {"a"}}, HERE, ("a",), True),
        ({"devices": {"a"}}, HERE, ("a", "b"), False),
        ({"devices": {"a", "b"}}, HERE, ("a", "b"), True),
        ({"devices": {"a"}}, HERE, (), False),
        ({"devices": {"a"}}, Scope("device", "a", site="cau-do"), (), True),
        ({"devices": {"a"}}, Scope("gateway", "g"), ("a",), False),
        ({"devices": {"g"}}, Scope("gateway", "g"), ("a", "b"), True),
    ],
)
def test_a_window_holds_what_is_worked_on(
    city: City, chosen: dict[str, set[str]], scope: Scope, devices: tuple[str, ...], *, holds: bool
) -> None:
    own = {"sites": frozenset[str](), **{name: frozenset(found) for name, found in chosen.items()}}
    change = city.change("firing", "flood/bd2", scope=scope, devices=devices)
    assert window(**own).concerns(change) is holds


def test_of_several_windows_the_last_end_counts(city: City) -> None:
    change = city.change("firing", "flood/bd2")
    both = [window(), window(until=NOON + 3 * HOUR), window(since=NOON + HOUR, until=NOON + 9 * HOUR)]
    assert muting.muted_until(both, change, NOON) == NOON + 3 * HOUR
    assert muting.muted_until(both, change, NOON + 8 * HOUR) == NOON + 9 * HOUR
    assert muting.muted_until(both, change, NOON + 9 * HOUR) is None
    assert muting.muted_until(both, change, NOON - 1) is None
