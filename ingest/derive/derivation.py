"""What a derived quantity is computed from: the seam between `settle` and the files that compute."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ingest.derive.about import About
    from ingest.derive.past import Seen

Derived: TypeAlias = "tuple[float, int]"
"""A derived value, in its quantity's unit, and the number of the `Cause` why it is doubtful; 0: it is not."""

Computation: TypeAlias = "Callable[[Sequence[float | None], int, Seen, About], tuple[Derived | None, ...] | None]"
"""(values, time, seen, about) -> a value of each quantity that is given.

Of one row of a device: the values of the quantities that were asked for, in their order, None where one is missing; its
time, ns UTC; what is seen of the values before the first of them, () where it does not look back; the site and the
model as of the row. None where there is nothing to say, such as the amount of a counter's first value.
"""


class Derivation(NamedTuple):
    """Quantities that follow from others of the same row, and from what was before the first of them.

    What several rest on together is computed once: a counter's amount and its rate.

    Attributes:
        gives: the derived quantities. Where one of them is measured, or not wanted, the others are given all the same.
        needs: the quantities that a row must have, the one that is looked back at first.
        compute: their values.
        uses: those that are used where the row has them; after `needs` in the values.
        looks_back: what is seen of the values before: `past.LAST`, `past.EVERY` or `past.REPORTED`; 0: nothing.
        applies: whether a place has what it takes, such as a reference height.
    """

    gives: tuple[str, ...]
    needs: tuple[str, ...]
    compute: Computation
    uses: tuple[str, ...] = ()
    looks_back: int = 0
    applies: Callable[[About], bool] = lambda _about: True
