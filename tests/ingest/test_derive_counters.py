"""Amounts and rates of counters: never negative, never more than can be, and nothing invented."""

from __future__ import annotations

from itertools import accumulate, pairwise, repeat
from math import fsum
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decoders.base import NEVER
from decoders.quantities import QUANTITIES
from ingest.derive.about import PLAIN, About
from ingest.derive.catalogue import DERIVATIONS
from ingest.derive.cause import Cause
from ingest.derive.past import LOOK_BACK, NOTHING, Past, seen
from ingest.derive.rules import HOUR
from ingest.registry.site import Calibration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.derive.derivation import Derivation

MINUTE = HOUR // 60
NOW = 1_790_000_000_000_000_000


class Row(NamedTuple):
    """What a derivation is given."""

    value: float
    time: int
    past: Past
    about: About


class Derived(NamedTuple):
    """What it gives."""

    value: float
    cause: int = 0


OF_COUNTERS = [one for one in DERIVATIONS if one.looks_back and QUANTITIES[one.needs[0]].kind == "counter"]


def row(
    value: float, *before: tuple[float, float], causes: Sequence[int] = (), about: About = PLAIN, time: int = NOW
) -> Row:
    """A row of one value; `before` are (minutes ago, value), oldest first."""
    times = tuple(time - round(ago * MINUTE) for ago, _value in before)
    past = Past(times, tuple(one for _ago, one in before), bytes(causes) or bytes(len(before)), 0)
    return Row(value, time, past if before else NOTHING, about)


def derived(gives: str, needs: str, given: Row) -> Derived | None:
    (one,) = (one for one in DERIVATIONS if gives in one.gives and one.needs[0] == needs)
    return computed(one, given)[gives]


def computed(one: Derivation, given: Row) -> dict[str, Derived | None]:
    found = one.compute((given.value,), given.time, seen(given.past, one.looks_back), given.about)
    return {gives: Derived(*value) if value else None for gives, value in zip(one.gives, found or repeat(None))}  # noqa: B905


def ends(total: str, end: float) -> About:
    return About(wraps={total: end})


@pytest.mark.parametrize("total", [name for name, one in QUANTITIES.items() if one.kind == "counter"])
def test_each_counter_but_that_of_restarts_has_an_amount(total: str) -> None:
    amounts = [
        gives
        for one in OF_COUNTERS
        for gives in one.gives
        if one.needs == (total,) and QUANTITIES[gives].kind == "event_count"
    ]
    assert len(amounts) == (total != "restart_count")
    assert all(QUANTITIES[name].unit == QUANTITIES[total].unit for name in amounts)
    assert all(QUANTITIES[name].domain == QUANTITIES[total].domain for name in amounts)


@pytest.mark.parametrize(
    ("value", "before", "end", "expected"),
    [
        (1012, [(10, 1000)], 2**16, Derived(12)),
        (1000, [(10, 1000)], 2**16, Derived(0)),
        (1000, [], 2**16, None),
        (7, [(10, 65530)], 2**16, Derived(13)),  # wrapped
        (7, [(10, 65530)], 2**32, None),  # this one ends elsewhere: begun anew
        (7, [(10, 65530)], NEVER, None),
        (0, [(10, 60000)], 2**16, Derived(5536)),  # as much as ten a second in ten minutes
        (0, [(10, 40000)], 2**16, None),  # nobody sees so many pass in ten minutes
        (900, [(10, 1000)], 2**16, None),  # backwards by a little
        (0, [(20 * 60, 20000)], 2**16, None),  # not half of the range lies between: begun anew after a long silence
        (60000, [(10, 1000)], 2**16, None),  # no street is so busy
        (1010, [(20, 1000), (10, 1005)], 2**16, Derived(5)),
    ],
)
def test_vehicles_since_the_last_report(
    value: float, before: list[tuple[float, float]], end: float, expected: Derived | None
) -> None:
    assert derived("vehicle_count", "vehicles", row(value, *before, about=ends("vehicles", end))) == expected


def test_a_doubtful_value_is_passed_over() -> None:
    given = row(1020, (30, 1000), (20, 9_000_000), (10, 0), causes=[0, Cause.SPIKE, Cause.IMPLAUSIBLE])
    assert derived("people_count", "people", given) == Derived(20)
    assert derived("people_flow", "people", given) == Derived(40)


def test_nothing_follows_from_doubtful_values_alone() -> None:
    assert derived("people_count", "people", row(1020, (10, 1000), causes=[Cause.CLOCK])) is None


@pytest.mark.parametrize(
    ("since", "expected"), [(NOW - HOUR, Derived(0.5)), (NOW - 5 * MINUTE, None)], ids=["before", "in between"]
)
def test_values_of_two_calibrations_are_not_compared(since: int, expected: Derived | None) -> None:
    about = About(calibrations={"water_volume": Calibration("water_volume", offset=100.0, since=since)})
    assert derived("water_used", "water_volume", row(1000.5, (10, 1000), about=about)) == expected


def test_a_calibrated_counter_wraps_where_its_values_do() -> None:
    about = About(wraps={"pulses": 2**16}, calibrations={"pulses": Calibration("pulses", scale=0.5)})
    assert derived("pulse_count", "pulses", row(4, (10, 32766), about=about)) == Derived(6)


@pytest.mark.parametrize(
    ("minutes", "fell", "cause"),
    [(10, 4.2, Cause.NONE), (60, 4.2, Cause.NONE), (64, 4.2, Cause.NONE), (66, 4.2, Cause.GAP), (600, 0, Cause.NONE)],
)
def test_rain_over_a_gap_is_told_and_doubtful(minutes: float, fell: float, cause: Cause) -> None:
    given = row(1000.2 + fell, (minutes, 1000.2))
    assert derived("rain", "rain_total", given) == Derived(fell, cause)
    assert derived("rain_rate", "rain_total", given) == Derived(round(fell * 60 / minutes, 3), cause)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (15, Derived(9.6)),
        (0.9, Derived(160)),
        (0.2, None),  # one tip of the bucket, and a cloudburst already
        (600, Derived(0.24, Cause.GAP)),
    ],
)
def test_rain_rate_of_a_device_that_gives_amounts(minutes: float, expected: Derived | None) -> None:
    assert derived("rain_rate", "rain", row(2.4, (minutes, 0.0))) == expected


def test_amounts_count_from_the_last_report_doubtful_or_not() -> None:
    assert derived("rain_rate", "rain", row(2.4, (30, 0), (15, 999), causes=[0, Cause.IMPLAUSIBLE])) == Derived(9.6)
    assert derived("rain_rate", "rain", row(2.4, (30, 0), (15, 1), causes=[0, Cause.CLOCK])) is None
    assert derived("rain_rate", "rain", row(2.4)) is None


def test_flow_per_hour() -> None:
    assert derived("vehicle_flow", "vehicles", row(1350, (15, 1000))) == Derived(1400)
    assert derived("vehicle_flow", "vehicle_count", row(350, (15, 10))) == Derived(1400)
    assert derived("vehicle_flow", "vehicle_count", row(60000, (15, 10))) is None  # 67 a second


# Hours since the report before, and how far the counter went; negative: it began anew, and went so far from 0.
REPORTS = st.lists(st.tuples(st.floats(0.02, 30), st.integers(-3000, 3000)), min_size=1, max_size=40)


@settings(max_examples=200, deadline=None)
@given(
    derivation=st.sampled_from(OF_COUNTERS),
    bits=st.integers(4, 32),
    reports=REPORTS,
    start=st.integers(0, 2**32),
    doubts=st.lists(st.booleans(), min_size=41, max_size=41),
)
def test_no_amount_and_no_rate_is_negative_or_impossible(
    derivation: Derivation, bits: int, reports: list[tuple[float, int]], start: int, doubts: list[bool]
) -> None:
    """Whatever the width, the resets, the gaps and the doubts."""
    end, time = 2**bits, NOW
    value, past = start % end, [(NOW, start % end, 0)]
    for (hours, step), doubtful in zip(reports, doubts, strict=False):
        time += round(hours * HOUR)
        value = (value + step) % end if step >= 0 else -step % end
        times, values, causes = zip(*past[-LOOK_BACK:], strict=True)
        before = Past(times, values, bytes(causes), 0)
        found = computed(derivation, Row(value, time, before, ends(derivation.needs[0], end)))
        assert all(one is None or one.value in QUANTITIES[gives].possible for gives, one in found.items())
        past.append((time, value, Cause.SPIKE if doubtful else 0))


@settings(max_examples=200, deadline=None)
@given(bits=st.integers(12, 32), start=st.integers(0, 2**32), steps=st.lists(st.integers(0, 600), max_size=60))
def test_amounts_add_up_to_what_the_counter_went(bits: int, start: int, steps: list[int]) -> None:
    """Through every wrap, at a report each ten minutes."""
    end = 2**bits
    values = [one % end for one in accumulate(steps, initial=start % end)]
    about = ends("people_in", end)
    amounts = [
        derived("people_in_count", "people_in", row(now, (10, then), about=about)) for then, now in pairwise(values)
    ]
    assert None not in amounts
    assert fsum(one.value for one in amounts if one) == sum(steps)


@settings(max_examples=100, deadline=None)
@given(
    steps=st.lists(st.integers(0, 400), max_size=60), start=st.integers(0, 10**6), doubts=st.sets(st.integers(1, 60))
)
def test_what_a_doubtful_value_hides_is_in_the_next_amount(steps: list[int], start: int, doubts: set[int]) -> None:
    """Of three in a row one is believed."""
    values = [one / 10 for one in accumulate(steps, initial=start)]
    kept = [at for at in range(len(values)) if at not in doubts or at % 3 == 0 or at == len(values) - 1]
    total = 0.0
    for at in kept[1:]:
        before = range(max(0, at - LOOK_BACK), at)
        given = row(
            values[at],
            *((10 * (at - one), values[one] if one in kept else -999.0) for one in before),
            causes=[0 if one in kept else Cause.IMPLAUSIBLE for one in before],
        )
        passed = derived("rain", "rain_total", given)
        assert passed is not None
        total += passed.value
    assert total == pytest.approx(values[-1] - values[0], abs=1e-6)
