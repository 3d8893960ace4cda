"""What an operator has declared invalid: a site's values of a time in which its sensor was at fault, tried or soiled.

Rows that are stored stay as they are. Whoever aggregates leaves such values out, and counts them. What was declared is
never taken away: it can be restored, wholly or from a time on, and both stay to be read.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ingest.data_dir import REGISTRY, read_registry
from ingest.devices import EVER, FOREVER
from ingest.errors import CityloraError, DataDirError
from ingest.registry.moves import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from ingest.registry.site import Registry


_OURS = '{"invalid":%'


class Restored(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who has taken a declaration back, and why.

    Attributes:
        since: ns UTC from which on values count again; EVER: all of them.
        at: ns UTC at which it was said.
    """

    by: str
    reason: str
    at: int
    since: int = EVER


class Invalid(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Values of a site that do not count.

    Attributes:
        id: counts up from 1.
        quantity: "" all of them.
        since: ns UTC, included.
        until: not included; FOREVER where no end is said.
        by: who declares it.
        at: ns UTC at which it was said.
    """

    # Named so in JSON, as the first: a change of the registry is known by it to be one of these.
    id: int = msgspec.field(name="invalid")
    site: str
    quantity: str = ""
    since: int
    until: int = FOREVER
    reason: str
    by: str
    at: int
    restored: Restored | None = None

    @property
    def end(self) -> int:
        """Until when values do not count; not after `since` where all of it was taken back."""
        return self.until if self.restored is None else min(self.until, self.restored.since)

    @property
    def counts(self) -> bool:
        """Whether any of it still holds."""
        return self.since < self.end

    def overlaps(self, other: Invalid) -> bool:
        """Whether both say of one value that it does not count."""
        of_one = "" in (self.quantity, other.quantity) or self.quantity == other.quantity
        return self.site == other.site and of_one and self.since < other.end and other.since < self.end


class Stretch(NamedTuple):
    """Of which of a site's values a change has said something.

    Attributes:
        change: its number; they count up.
        since: ns UTC.
        until: not included.
    """

    change: int
    site: str
    since: int
    until: int


class InvalidError(CityloraError):
    """It cannot be declared so, or not be restored."""


class Invalidations:
    """Says of single values whether they count; made for being asked of each.

    Args:
        declared: also what was restored.
        following: the quantities that are derived from one: what follows from an invalid value does not count either.
    """

    def __init__(
        self, declared: Iterable[Invalid] = (), following: Callable[[str], Iterable[str]] = lambda _quantity: ()
    ) -> None:
        found: dict[str, dict[str, list[tuple[int, int]]]] = {}
        for one in declared:
            if one.counts:
                for quantity in (one.quantity, *following(one.quantity)):
                    found.setdefault(one.site, {}).setdefault(quantity, []).append((one.since, one.end))
        self._bounds = {
            site: {quantity: _bounds(spans) for quantity, spans in own.items()} for site, own in found.items()
        }

    def covers(self, site: str, quantity: str, time: int) -> bool:
        """Whether a value of that time, ns UTC, has been declared invalid."""
        own = self._bounds.get(site)
        if own is None:
            return False
        return _within(own.get(quantity, ()), time) or _within(own.get("", ()), time)

    def concern(self, site: str) -> bool:
        """Whether anything at all has been declared of a site."""
        return site in self._bounds


def declared(registry: Registry, wanted: Invalid) -> Registry:
    """The registry with one more declaration, which is given its number.

    Raises:
        InvalidError: it has no time, or no reason.
    """
    if wanted.since >= wanted.until:
        raise InvalidError(
            f"{moment(wanted.until)} is not after {moment(wanted.since)}", "give an --until after --since, or none"
        )
    if not wanted.reason:
        raise InvalidError("a reason is missing", 'say what was wrong: --reason "covered by drift wood"')
    number = 1 + max((one.id for one in registry.invalid), default=0)
    return registry._replace(invalid=(*registry.invalid, msgspec.structs.replace(wanted, id=number)))


def restored(registry: Registry, number: int, said: Restored) -> Registry:
    """The registry in which values that were declared invalid count again.

    Raises:
        InvalidError: there is no such declaration, or they count already.
    """
    found = next((one for one in registry.invalid if one.id == number), None)
    if found is None:
        raise InvalidError(f"there is no declaration {number}", "`citylora quality list` has their numbers")
    if not said.reason:
        raise InvalidError("a reason is missing", 'say why the values count: --reason "the sensor was right"')
    if not found.counts and found.restored is not None:
        who = f"{found.restored.by} at {moment(found.restored.at)}"
        raise InvalidError(f"{number} was restored already, by {who}", "`citylora quality list --all` shows it")
    if said.since >= found.end:
        raise InvalidError(f"{number} ends at {moment(found.end)}: what is later counts already", "give --from before")
    after = msgspec.structs.replace(found, restored=said)
    return registry._replace(invalid=tuple(after if one is found else one for one in registry.invalid))


def changes_after(folder: Path, change: int) -> list[Stretch]:
    """What was declared or restored after a change, in that order; 0: all of it. Its hours have to be made anew.

    Nothing while the registry cannot be read: whoever makes roll-ups goes on, and asks again.
    """
    if not (folder / REGISTRY).is_file():
        return []
    try:
        with closing(read_registry(folder)) as db:
            rows = db.execute("SELECT id, after FROM change WHERE id > ? AND after LIKE ? ORDER BY id", (change, _OURS))
            return [Stretch(number, one.site, one.since, one.until) for number, body in rows for one in [read(body)]]
    except (DataDirError, sqlite3.DatabaseError):
        return []


read = msgspec.json.Decoder(Invalid).decode
"""A declaration from its JSON.

Raises:
    ValidationError: it is none.
"""


def _bounds(spans: list[tuple[int, int]]) -> tuple[int, ...]:
    """Beginnings and ends by turns, ascending; what overlaps or touches is one."""
    found: list[int] = []
    for since, until in sorted(spans):
        if found and since <= found[-1]:
            found[-1] = max(found[-1], until)
        else:
            found += (since, until)
    return tuple(found)


def _within(bounds: tuple[int, ...], time: int) -> bool:
    """Whether a beginning, and not an end, is the last bound that is not after the time."""
    return bisect_right(bounds, time) % 2 == 1
