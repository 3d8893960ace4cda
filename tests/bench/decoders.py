"""What a decode costs, by family: every good vector of every decoder, many times over."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, NamedTuple

from decoders.catalog import all_decoders, decode
from tests.decoders.vectorfiles import read_vectors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from decoders.base import Decoder
    from tests.bench.options import Options, Result
    from tests.decoders.vectorfiles import Vector

BASE, EACH = 5.0, 2.0
"""The bound of a decode: µs, and µs more a reading."""

ROUNDS = 7
TIMES = 60


class Cost(NamedTuple):
    """Of one vector: µs a decode, and the readings that it gives; what is absent is not counted."""

    vector: Vector
    microseconds: float
    readings: int

    @property
    def over(self) -> float:
        """How often the bound."""
        return self.microseconds / (BASE + EACH * self.readings)


def decoders(_options: Options) -> Result:
    """Microseconds a decode by family, and the models whose median is over the bound."""
    costs = {decoder: [_cost(vector) for vector in _good(decoder)] for decoder in all_decoders()}
    everything = [cost for of_one in costs.values() for cost in of_one]
    families: dict[str, list[Cost]] = {}
    for decoder, of_one in costs.items():
        families.setdefault(decoder.vendor, []).extend(of_one)
    above = [
        (name, cost)
        for decoder, of_one in costs.items()
        for name, cost in ((decoder.name, _median(of_one)),)
        if cost is not None and cost.over > 1
    ]
    return {
        "models": len(costs),
        "verified": sum(decoder.verified for decoder in costs),
        "payloads": len(everything),
        "bound": f"{BASE:g} us + {EACH:g} us a reading",
        "median_us": _round(statistics.median(cost.microseconds for cost in everything)),
        "median_of_bound": _round(statistics.median(cost.over for cost in everything)),
        "payloads_over_bound": sum(cost.over > 1 for cost in everything),
        "by_family": [_family(name, of_it) for name, of_it in sorted(families.items()) if of_it],
        "models_over_bound": [
            {"model": name, "us": _round(cost.microseconds), "readings": cost.readings, "of_bound": _round(cost.over)}
            for name, cost in above
        ],
    }


def _good(decoder: Decoder) -> list[Vector]:
    return [vector for vector in read_vectors(decoder) if not vector.kind]


def _cost(vector: Vector) -> Cost:
    """The best of some rounds: what others do on the machine only ever adds."""
    best = min(_round_of(vector) for _ in range(ROUNDS))
    return Cost(vector, best / TIMES * 1e6, len(vector.decoded.readings))


def _round_of(vector: Vector) -> float:
    decoder, payload, f_port = vector.decoder, vector.payload, vector.f_port
    before = time.perf_counter()
    for _ in range(TIMES):
        decode(decoder, payload, f_port)
    return time.perf_counter() - before


def _median(costs: list[Cost]) -> Cost | None:
    """The vector in the middle of a model's, by its share of the bound."""
    ordered = sorted(costs, key=lambda cost: cost.over)
    return ordered[len(ordered) // 2] if ordered else None


def _family(name: str, costs: Iterable[Cost]) -> Result:
    costs = list(costs)
    return {
        "family": name,
        "models": len({cost.vector.decoder.key for cost in costs}),
        "payloads": len(costs),
        "us": _round(statistics.median(cost.microseconds for cost in costs)),
        "readings": _round(statistics.fmean(cost.readings for cost in costs)),
        "of_bound": _round(statistics.median(cost.over for cost in costs)),
        "worst_of_bound": _round(max(cost.over for cost in costs)),
    }


def _round(number: float) -> float:
    return round(number, 2)
