"""What is remembered of each device, packed: a column for each thing, a row for each device.

An object a device takes some 500 bytes, and there are tens of thousands of them. Columns take some 50, beside the
dictionary that finds the row; a DevEUI is there a number, half as large as its text.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

SLOTS = 4
"""Gateways remembered of a device; the one that it was not heard by for longest gives way."""

RECENT = 16
"""A gateway that has not heard one of the last so many uplinks of a device is none of its gateways any more."""

NOW_AND_THEN = 8
"""Each so many uplinks of a device it is seen where it is now, and gateways that are not recent are forgotten: well
before its count, which is kept modulo 256, comes round to what it was when they were."""

LEARNING, ASLEEP, TOLD, MUTED, EXCUSED = 1, 2, 4, 8, 16
"""Why an uplink of a device is no everyday one: its interval is not known; it is in no wheel; its silence was told, or
is its gateways', or began anew when they came back."""

DIGITS = 16
"""Of a DevEUI, lower case."""

About: TypeAlias = tuple[str, ...]
"""Site, ward, model, as the tags of rows have them."""


def key(dev_eui: str) -> int | str:
    """What a device is called in the dictionary; what is no DevEUI stays as it is."""
    return int(dev_eui, 16) if len(dev_eui) == DIGITS else dev_eui


class Roster:
    """The columns.

    Attributes:
        rows: the row of each DevEUI.
        last: when it last gave a sign of life, ns UTC.
        usual: time between two uplinks, s; 0 while it is not known.
        gaps: by row, what is gathered to know it.
        span: in which it is to be looked at; 0: in none.
        why: `LEARNING`, `ASLEEP`, ... together; 0 of nearly all.
        mask: the marks that were told, a bit each.
        source: index of the source that it was last heard of by.
        about: index of its `About`, by `abouts`.
        count: its uplinks, modulo 256.
    """

    def __init__(self) -> None:
        self.rows: dict[int | str, int] = {}
        self.names: list[int | str | None] = []
        self.gaps: dict[int, list[float]] = {}
        self.last = array("q")
        self.usual = array("f")
        self.span = array("I")
        self.mask = array("I")
        self.source = array("H")
        self.why = array("B")
        self.about = array("I")
        self.abouts: dict[About, int] = {}
        self._tags: list[About] = []
        self.count = array("B")
        self._slots = array("H")
        self._stamps = array("B")
        self._free: list[int] = []

    def begin(self, dev_eui: str) -> int:
        """A row of a device that has none."""
        if not self._free:
            self._free.append(self._grow())
        row = self._free.pop()
        name = key(dev_eui)
        self.rows[name], self.names[row] = row, name
        for column in (self.last, self.span, self.mask, self.source, self.count):
            column[row] = 0
        self.usual[row] = 0.0
        self.why[row] = LEARNING | ASLEEP
        self.gaps[row] = []
        self._slots[row * SLOTS : row * SLOTS + SLOTS] = array("H", bytes(2 * SLOTS))
        self.describe(row, ("", "", ""))
        return row

    def end(self, row: int) -> None:
        """Forget a device."""
        name = self.names[row]
        if name is not None:
            del self.rows[name]
        self.names[row], self.span[row] = None, 0
        self.gaps.pop(row, None)
        self._free.append(row)

    def name(self, row: int) -> str:
        """The DevEUI; "" of nobody."""
        name = self.names[row]
        return f"{name:016x}" if isinstance(name, int) else name or ""

    def tags(self, row: int) -> About:
        """Where and what it is."""
        return self._tags[self.about[row]]

    def describe(self, row: int, about: About) -> None:
        """It is there, and that."""
        index = self.abouts.get(about)
        if index is None:
            index = self.abouts[about] = len(self._tags)
            self._tags.append(about)
        self.about[row] = index

    def learned(self, row: int, usual: float) -> None:
        """Its interval is known, s."""
        self.usual[row] = usual
        self.why[row] &= ~LEARNING
        del self.gaps[row]
        if not self.gaps:
            self.gaps = {}  # an emptied dictionary stays as large as it was

    def age(self, row: int) -> None:
        """Forget gateways that are not recent."""
        for at in range(row * SLOTS, row * SLOTS + SLOTS):
            if self.count[row] - self._stamps[at] & 255 >= RECENT:
                self._slots[at] = 0

    def heard_by(self, row: int, gateway: int) -> None:
        """A gateway had its last uplink."""
        first = row * SLOTS
        if self._slots[first] == gateway:
            self._stamps[first] = self.count[row]
            return
        slots = self._slots
        four = slots[first : first + SLOTS]
        if gateway in four:
            at = first + four.index(gateway)
        elif 0 in four:
            at = first + four.index(0)
        else:
            count = self.count[row]
            at = max(range(first, first + SLOTS), key=lambda slot: count - self._stamps[slot] & 255)
        slots[at] = gateway
        self._stamps[at] = self.count[row]

    def slots(self, row: int) -> list[tuple[int, int]]:
        """Each gateway that is remembered, and at which count it had an uplink."""
        return [(self._slots[at], self._stamps[at]) for at in range(row * SLOTS, row * SLOTS + SLOTS)]

    def restore(self, row: int, count: int, slots: Sequence[tuple[int, int]]) -> None:
        """As `count` and `slots` were."""
        self.count[row] = count
        for at, (gateway, stamp) in enumerate(slots[:SLOTS], row * SLOTS):
            self._slots[at], self._stamps[at] = gateway, stamp

    def gateways(self, row: int) -> list[int]:
        """Those that heard it lately."""
        first, count = row * SLOTS, self.count[row]
        return [
            self._slots[at]
            for at in range(first, first + SLOTS)
            if self._slots[at] and count - self._stamps[at] & 255 < RECENT
        ]

    def _grow(self) -> int:
        for column in (self.last, self.span, self.mask, self.source, self.why, self.about, self.count):
            column.append(0)
        self.usual.append(0.0)
        self.names.append(None)
        self._slots.extend((0,) * SLOTS)
        self._stamps.extend((0,) * SLOTS)
        return len(self.names) - 1
