"""What fell, passed or was used since the last believed value of a counter, never negative and never invented. Pure.

A counter that is smaller than it was has wrapped or begun anew. It has wrapped where the model says at which value it
does, where more than half of its range lies between the two, and where so much can have passed in that time. Else it
has begun anew: how much had passed by then nobody knows, and there is no amount.
"""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, NamedTuple

from decoders.base import NEVER
from decoders.quantities import QUANTITIES
from ingest.derive.cause import Cause
from ingest.derive.derivation import Derivation
from ingest.derive.past import LAST, REPORTED
from ingest.derive.rules import HOUR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.derive.about import About
    from ingest.derive.derivation import Computation, Derived
    from ingest.derive.past import Seen

LONGEST = 65 / 60
"""Hours over which a rate still says what it was like; an hourly report may come 5 min late."""

_SHORTEST = 0.75 / 60
"""Hours: below, one tip of a bucket would be a cloudburst. A report each minute may come 15 s early."""

_JITTER = 1 / 60
"""Hours by which two times may be nearer to each other than the moments at which the device read its counter."""

_GAP = int(Cause.GAP)

_NOTHING = ((0.0, 0), (0.0, 0))
"""That nothing passed is certain over any time."""
_NOTHING_YET = (None, (0.0, 0))
"""Nothing passed, in a time too short for a rate."""

_FINE = 1e6
"""Steps of an amount: a millilitre, a milliwatt-hour. What stands behind is the noise of subtracting large numbers."""
_STEPS = 1e3
"""Of a rate."""


class Counter(NamedTuple):
    """A counter and what it counts.

    Attributes:
        total: the quantity of the counter.
        amount: what passes between two of its values.
        fastest: the most that can pass in an hour, in its unit.
        most: that can pass between two values.
    """

    total: str
    amount: str
    fastest: float
    most: float


def counter(total: str, amount: str, fastest: float) -> Counter:
    """A counter of the vocabulary."""
    return Counter(total, amount, fastest, QUANTITIES[amount].possible.high)


def _passed(one: Counter, *, gap: int) -> Computation:
    """The rate and the amount since the last believed value: of a pair, each is None where it cannot be said.

    Args:
        one: the counter.
        gap: what is to be said against an amount that was long in coming.
    """
    total, fastest, most = one.total, float(one.fastest), float(one.most)

    def compute(
        values: Sequence[float | None], time: int, seen: Seen, about: About
    ) -> tuple[Derived | None, Derived | None] | None:
        (value,) = values
        if value is None or not seen:
            return None
        last, before = seen[0]
        hours, amount = (time - last) / HOUR, value - before
        if not amount:  # most counters stand still most of the time
            return _NOTHING if hours >= _SHORTEST else _NOTHING_YET
        if amount < 0.0 or about.calibrations:
            amount = _mended(total, amount, last, about)
        if not 0.0 <= amount <= most or amount > fastest * (hours + _JITTER):
            return None
        if amount % 1:
            amount = floor(amount * _FINE + 0.5) / _FINE
        long = hours > LONGEST and amount
        if hours < _SHORTEST or (rate := amount / hours) > fastest:
            return None, (amount, gap if long else 0)
        return (floor(rate * _STEPS + 0.5) / _STEPS, _GAP if long else 0), (amount, gap if long else 0)

    return compute


def _rate(amount: float, hours: float, fastest: float) -> Derived | None:
    """An amount as a rate; None where the time is too short for one, or so much cannot be."""
    if hours < _SHORTEST:
        return None
    rate = amount / hours
    if rate > fastest:
        return None
    return floor(rate * _STEPS + 0.5) / _STEPS, _GAP if hours > LONGEST and amount else 0


def _mended(total: str, amount: float, since: int, about: About) -> float:
    """The amount through a wrap; less than nothing where the counter began anew, or was corrected otherwise."""
    end = about.wraps.get(total, NEVER)
    calibration = about.calibrations.get(total)
    if calibration is not None:
        if since < calibration.since:
            return -1
        end *= calibration.scale
    return amount if amount > -end / 2 else amount + end


def amount_of(one: Counter) -> Derivation:
    """What passed since the last believed value, over however long a time: at most 25 hours are looked back."""
    both = _passed(one, gap=0)

    def compute(values: Sequence[float | None], time: int, seen: Seen, about: About) -> tuple[Derived | None] | None:
        found = both(values, time, seen, about)
        return None if found is None else (found[1],)

    return Derivation((one.amount,), (one.total,), compute, looks_back=LAST)


def rate_and_amount_of(one: Counter, rate: str, *, gap: int = 0) -> Derivation:
    """What passed, and how fast.

    Args:
        one: the counter.
        rate: its rate.
        gap: what is to be said against an amount over more than `LONGEST`.
    """
    return Derivation((rate, one.amount), (one.total,), _passed(one, gap=gap), looks_back=LAST)


def rate_of_amounts(one: Counter, rate: str) -> Derivation:
    """The rate where a device gives amounts and no total, over the time since it gave one before."""
    fastest = one.fastest

    def compute(values: Sequence[float | None], time: int, seen: Seen, _about: About) -> tuple[Derived | None] | None:
        (amount,) = values
        if amount is None or not seen:
            return None
        return (_rate(amount, (time - seen[0][0]) / HOUR, fastest),)

    return Derivation((rate,), (one.amount,), compute, looks_back=REPORTED)


def _high(quantity: str) -> float:
    return QUANTITIES[quantity].possible.high


DERIVATIONS = tuple(
    amount_of(counter(*one))
    for one in (
        ("water_volume", "water_used", _high("flow") * 60 / 1000),
        ("reverse_volume", "water_reversed", _high("flow") * 60 / 1000),
        ("energy", "energy_used", _high("power") / 1000),
        ("charge", "charge_used", _high("current")),
        ("pulses", "pulse_count", 3_600_000),  # a contact that bounces at 1 kHz
        ("door_count", "door_openings", 7200),
        ("meter_reading", "meter_used", _high("meter_used")),
    )
)
