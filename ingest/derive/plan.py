"""What is to be done with rows of one shape at one place: worked out once, and kept. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ingest.decoding.point import SUSPECT
from ingest.derive import past
from ingest.derive.catalogue import DERIVATIONS
from ingest.derive.ordinary import NEVER, ordinary
from ingest.derive.quality import looks_back
from ingest.derive.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ingest.derive.about import About
    from ingest.derive.derivation import Computation, Derivation
    from ingest.derive.ordinary import Ordinary

SHAPES = 1000
"""Plans that are kept of a model, some 5 kB each: most have a handful, and a device may send fields in any order."""

_ANYTHING = Rule(float("-inf"), float("inf"))


class Field(NamedTuple):
    """A measured field of a row.

    Attributes:
        key: of its record in the device's memory; b"" where nothing of it is remembered.
        low: and `high`, `spike`, `stuck` (in s), of its rule, in numbers to compare with.
        looks_back: what a step sees of the values before it (`past.seen`); 0: nothing.
        number: its place among the fields.
        rule: what is asked of it.
        quantity: its name.
    """

    key: bytes
    low: float
    high: float
    spike: float | None
    stuck: int
    looks_back: int
    number: int
    rule: Rule
    quantity: str


class Output(NamedTuple):
    """A derived field of a row.

    Attributes:
        which: its place in what the computation gives.
        name: of the field.
        suspect: its name where it is doubtful.
        low: and `high`: where its value is plausible.
    """

    which: int
    name: str
    suspect: str
    low: float
    high: float


class Step(NamedTuple):
    """Derived fields of a row, of one computation.

    Attributes:
        compute: gives their values.
        inputs: where what it needs, then what it uses, stands behind a None for what is not there: 1 for the first
            field, and so on through the fields and what the steps before give.
        take: picks them.
        sees: the number of the field whose past it sees; -1 where it does not look back.
        gives: the fields.
    """

    compute: Computation
    inputs: tuple[int, ...]
    take: Callable[[list[float | None]], Sequence[float | None]]
    sees: int
    gives: tuple[Output, ...]


@dataclass(frozen=True)
class Plan:
    """What is to be done with a row.

    Attributes:
        fields: as the row has them.
        steps: what follows from them, each after those that it rests on.
        remembers: whether something of it is remembered.
        start: one number: where the first of its records stood last. Other devices of the model mostly have it there.
        late: no field is doubted for coming late that came no later than this, ns.
        calibrated: (scale, offset) of each field; empty where none is calibrated.
    """

    fields: tuple[Field, ...]
    steps: tuple[Step, ...]
    remembers: bool
    start: list[int]
    late: int
    calibrated: tuple[tuple[float, float], ...]

    @cached_property
    def ordinary(self) -> Ordinary:
        """What settles the ordinary ones among its rows."""
        return ordinary(self)


_Chosen: TypeAlias = "tuple[Derivation, list[str]]"
"""A derivation, and what it is to give."""


class Plans(dict[tuple[str, tuple[str, ...]], Plan]):
    """The plans of rows at places where the same is asked and derived (`alike`), by channel and names of the fields.

    Args:
        about: what is known of one of these places.
    """

    def __init__(self, about: About) -> None:
        super().__init__()
        self._about = about

    def __missing__(self, row: tuple[str, tuple[str, ...]]) -> Plan:
        if len(self) >= SHAPES:
            self.clear()
        channel, names = row
        found = self[row] = plan(names, channel, self._about)
        return found


class Place:
    """A site and a model, as they are for a while, and the plans of the rows that were met there.

    Args:
        about: what is known of them.
        elsewhen: the same site and model as of a time, ns UTC, where they have not always been the same.
        plans: those of a place where the same is asked and derived, to share.
    """

    def __init__(
        self, about: About, elsewhen: Callable[[int], Place] | None = None, plans: Plans | None = None
    ) -> None:
        self.about = about
        self.plans = Plans(about) if plans is None else plans
        self._elsewhen = elsewhen

    def at(self, time: int) -> Place:
        """The same site and model as of another time, ns UTC."""
        return self if self._elsewhen is None else self._elsewhen(time)


def plan(names: Sequence[str], channel: str, about: About) -> Plan:
    """The plan of rows with these fields."""
    derived = _derived(names, about)
    looks_back = {one.needs[0]: one.looks_back for one, _gives in derived if one.looks_back}
    remembered = _remembered(names, derived, about)
    fields = tuple(
        [
            _field(
                name,
                number,
                about,
                past.key(name, int(channel)) if name in remembered else b"",
                looks_back.get(name, 0),
            )
            for number, name in enumerate(names)
        ]
    )
    scales = [about.calibrations.get(name) for name in names]
    return Plan(
        fields,
        _steps(fields, derived, about),
        bool(remembered),
        [past.PLACE],
        min([one.rule.late for one in fields], default=0),
        tuple([(one.scale, one.offset) if one else (1.0, 0.0) for one in scales]) if any(scales) else (),
    )


def alike(about: About) -> tuple[bool, ...]:
    """Which derivations a place has what it takes for: with the same rules and calibrations its plans are the same."""
    return tuple([one.applies(about) for one in DERIVATIONS])


def _field(name: str, number: int, about: About, key: bytes, looks_back: int) -> Field:
    rule = about.rules.get(name, _ANYTHING)
    stuck = NEVER if rule.stuck is None else rule.stuck // past.SECOND
    return Field(key, rule.low, rule.high, rule.spike, stuck, looks_back, number, rule, name)


def _derived(names: Sequence[str], about: About) -> list[_Chosen]:
    """Those that apply, in their order, and what each is to give; what a device measures itself is not derived."""
    measured, there = set(names), set(names)
    found = []
    for one in DERIVATIONS:
        if one.looks_back and one.needs[0] not in measured:
            continue  # of what is derived nothing is remembered
        gives = [name for name in _wanted(one, there, about) if name not in there]
        if gives:
            found.append((one, gives))
            there.update(gives)
    return found


def _wanted(one: Derivation, there: set[str], about: About) -> list[str]:
    """What one gives where these quantities are; nothing where it does not apply."""
    if not there.issuperset(one.needs) or not one.applies(about):
        return []
    return [name for name in one.gives if name not in about.off and name not in about.measures]


def _steps(fields: Sequence[Field], derived: Sequence[_Chosen], about: About) -> tuple[Step, ...]:
    there = {field.quantity: at for at, field in enumerate(fields, 1)}
    found = []
    for one, gives in derived:
        inputs = tuple([there.get(name, 0) for name in (*one.needs, *one.uses)])
        outputs = tuple([_output(one, name, about) for name in gives])
        sees = inputs[0] - 1 if one.looks_back else -1
        found.append(Step(one.compute, inputs, _taking(inputs), sees, outputs))
        for name in gives:
            there[name] = len(there) + 1
    return tuple(found)


def _output(one: Derivation, name: str, about: About) -> Output:
    rule = about.rules.get(name, _ANYTHING)
    return Output(one.gives.index(name), name, name + SUSPECT, rule.low, rule.high)


def _taking(inputs: tuple[int, ...]) -> Callable[[list[float | None]], Sequence[float | None]]:
    return itemgetter(*inputs) if len(inputs) > 1 else itemgetter(slice(inputs[0], inputs[0] + 1))


def _remembered(names: Sequence[str], derived: Sequence[_Chosen], about: About) -> set[str]:
    """Of which fields the values are remembered: those that a rule or a step looks back at, and what goes with them.

    A row that has to be worked out again is known by its remembered values alone (`late.py`). So where one input of a
    derived quantity is remembered, all of them are; and so is a measured value that would otherwise be derived.
    """
    measured = set(names)
    there = measured.union(*[gives for _one, gives in derived])
    rests_on: dict[str, set[str]] = {}
    for one in DERIVATIONS:  # every way to one quantity counts, for without the first the second would be taken
        for gives in _wanted(one, there, about):
            sources = rests_on.setdefault(gives, {gives} & measured)
            for name in (*one.needs, *one.uses):
                sources |= rests_on.get(name, set()) | ({name} & measured)
    found = {name for name in names if name in about.rules and looks_back(about.rules[name])}
    for one, _gives in derived:
        if one.looks_back:
            found |= measured.intersection((*one.needs, *one.uses))
    grown = True
    while grown:
        grown = False
        for sources in rests_on.values():
            if sources & found and not sources <= found:
                found |= sources
                grown = True
    return found
