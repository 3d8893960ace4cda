"""The level above its datum, and how fast water rises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.derive.about import PLAIN, About
from ingest.derive.catalogue import DERIVATIONS
from ingest.derive.cause import Cause
from ingest.derive.past import EVERY, Past, seen
from ingest.derive.rules import HOUR
from ingest.registry.site import Calibration, Reference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.derive.derivation import Derived

MINUTE = HOUR // 60
NOW = 1_790_000_000_000_000_000


def only(found: tuple[Derived | None, ...] | None) -> float | None:
    if found is None:
        return None
    ((value, cause),) = (one for one in found if one)
    assert not cause
    return value


def rise(
    quantity: str, value: float, *before: tuple[float, float], causes: Sequence[int] = (), about: About = PLAIN
) -> float | None:
    """`before` are (minutes ago, value), oldest first."""
    (one,) = (one for one in DERIVATIONS if (one.gives, one.needs) == (("water_rise",), (quantity,)))
    times = tuple(NOW - round(ago * MINUTE) for ago, _value in before)
    past = Past(times, tuple(each for _ago, each in before), bytes(causes) or bytes(len(before)), 0)
    return only(one.compute((value,), NOW, seen(past, EVERY), about))


@pytest.mark.parametrize(
    ("quantity", "value", "before", "expected"),
    [
        ("distance", 3000, [(30, 3200)], 0.4),
        ("distance", 3200, [(60, 3000)], -0.2),
        ("water_depth", 0.35, [(15, 0.10)], 1.0),
        ("water_level", 4.5, [(60, 4.0), (45, 4.125), (30, 4.25), (15, 4.375)], 0.5),
        ("water_level", 4.5, [(4, 4.1), (3, 4.2), (2, 4.3), (1, 4.4)], 6.0),  # each minute
        ("distance", 3000, [(30, 3000)], 0.0),
    ],
)
def test_rise(quantity: str, value: float, before: list[tuple[float, float]], expected: float) -> None:
    found = rise(quantity, value, *before)
    assert found is not None
    assert found == pytest.approx(expected, abs=1e-4)
    assert str(found) != "-0.0"


def test_one_wave_does_not_make_a_flood() -> None:
    calm = [(60, 4.0), (45, 4.0), (30, 4.0), (15, 4.0)]
    found = rise("water_level", 4.05, *calm)
    assert found is not None
    assert 0 < found < 0.05 * 4


@pytest.mark.parametrize(
    ("before", "causes"),
    [
        ([], []),
        ([(2, 4.0)], [0]),
        ([(61, 4.0)], [0]),
        ([(30, 4.0)], [Cause.SPIKE]),
        ([(60, 4), (1, 4)], [Cause.STUCK, 0]),
    ],
)
def test_no_rise_from_what_is_too_near_too_old_or_doubtful(
    before: list[tuple[float, float]], causes: list[int]
) -> None:
    assert rise("water_level", 4.5, *before, causes=causes) is None


def test_a_spike_is_passed_over() -> None:
    assert rise("water_level", 4.5, (30, 4.0), (15, 29.0), causes=[0, Cause.SPIKE]) == 1.0


@pytest.mark.parametrize(
    "about",
    [
        About(reference=Reference(7.42, "national", since=NOW - 20 * MINUTE)),
        About(calibrations={"distance": Calibration("distance", offset=5.0, since=NOW - 20 * MINUTE)}),
    ],
    ids=["hung anew", "calibrated"],
)
def test_values_of_before_a_change_at_the_site_are_not_compared(about: About) -> None:
    assert rise("distance", 3000, (30, 3500), about=about) is None
    assert rise("distance", 3000, (30, 3500), (15, 3100), about=about) == 0.4


@given(
    slope=st.floats(-20, 20),
    minutes=st.lists(st.integers(1, 60), min_size=1, max_size=4, unique=True).filter(lambda found: max(found) >= 3),
)
def test_a_steady_rise_is_found_whenever_it_is_measured(slope: float, minutes: list[int]) -> None:
    found = rise("water_depth", 5.0, *((ago, 5.0 - slope * ago / 60) for ago in sorted(minutes, reverse=True)))
    assert found is not None
    assert found == pytest.approx(slope, abs=2e-4)


def test_level_needs_a_reference() -> None:
    (one,) = (one for one in DERIVATIONS if one.gives == ("water_level",))
    about = About(reference=Reference(7.42, "national"))
    assert one.applies(about)
    assert not one.applies(PLAIN)
    found = only(one.compute((3420.0,), NOW, (), about))
    assert found is not None
    assert found == pytest.approx(4.0)
