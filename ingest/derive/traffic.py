"""Who and what passed since the last report, and how many in an hour, by class. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.quantities import QUANTITIES
from decoders.vocabulary.traffic import COUNTED
from ingest.derive.counters import counter, rate_and_amount_of, rate_of_amounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.derive.derivation import Derivation


def _derivations() -> Iterator[Derivation]:
    for total, amount, flow in COUNTED:
        one = counter(total, amount, QUANTITIES[flow].possible.high)
        yield rate_and_amount_of(one, flow)
        yield rate_of_amounts(one, flow)


DERIVATIONS = tuple(_derivations())
