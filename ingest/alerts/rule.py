"""What is watched: a rule is a signal (what is looked at), a trigger (when it is too much), and where. Pure values.

    signal ──▶ samples (time, value) of a scope ──▶ trigger ──▶ too much, or not

A signal turns rows, silence or citylora's own state into numbers, each of a scope: a site's channel, a device, a
gateway, a ward, a source, or citylora itself. A trigger looks at the numbers of one scope alone. So each kind of signal
and the one trigger are tried by themselves, and every rule is some of the one with the other.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from decoders.vocabulary.quantity import Label  # noqa: TC001  (msgspec reads the annotations)

FORGET = 86_400_000_000_000
"""ns: after so long a time without a value nobody knows any more whether it is still so (`Rule.forget`)."""


class Severity(IntEnum):
    """How bad it is; the numbers are stored."""

    INFO = 1
    WARNING = 2
    DANGER = 3


Kind: TypeAlias = Literal["site", "device", "gateway", "ward", "source", "citylora"]


class Scope(NamedTuple):
    """What a rule fires for: one thing that can be said to be in a state.

    Attributes:
        kind: what `id` names.
        id: a site, a DevEUI, a gateway's id, a ward's code, a broker's name; "" for citylora itself.
        channel: of a site or a device, as rows have it; "0" of all others.
        site: where it is; "" where that is no one site.
        ward: likewise.
    """

    kind: Kind
    id: str
    channel: str = "0"
    site: str = ""
    ward: str = ""

    @property
    def key(self) -> str:
        """What it is called where it is stored: `site:cau-do`, `site:cau-do#1`, `device:24e124...`. Unique."""
        channel = "" if self.channel == "0" else f"#{self.channel}"
        return f"{self.kind}:{self.id}{channel}"


class Where(msgspec.Struct, frozen=True):
    """Of whom the rows are looked at; what is empty leaves all."""

    wards: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    models: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()


class Trigger(msgspec.Struct, frozen=True):
    """When the numbers of a scope are too much. Exactly one of `above` and `below` is set.

    Attributes:
        above: too much from there on (`value >= above`).
        below: too much down from there (`value <= below`).
        clear: it is over once a value lies beyond this: under it of `above`, over it of `below`. Between the two
            nothing changes (hysteresis). Equal to the threshold where there is none.
        hold: for how long it has to be too much without a break before it fires, ns; 0: at once.
        n: so many of the last `of` values have to be too much; 1 of 1: one is enough.
        settle: for how long it has to be over before that is told, ns: one that comes again meanwhile is the same one.
        hours: it can begin between these two times of the local day (minutes since midnight, the second not included,
            and over midnight where it is smaller); None: at any time.
        days: likewise on these days of the week, 0 for Monday; empty: on any.
    """

    above: float | None = None
    below: float | None = None
    clear: float = 0.0
    hold: int = 0
    n: int = 1
    of: int = 1
    settle: int = 600_000_000_000
    hours: tuple[int, int] | None = None
    days: frozenset[int] = frozenset()


class Field(msgspec.Struct, frozen=True, tag="field"):
    """A field of rows, as it is stored: a quantity, derived or measured; of a roll-up or an index; of radio or device.

    Attributes:
        measurement: `water`, `environment_1h`, `radio` …
        name: of the field: `water_level`, `pm2_5_mean`, `vn_aqi`.
        by: whether a site's rows are of one scope, or each device's.
    """

    measurement: str
    name: str
    by: Literal["site", "device"] = "site"


class Rate(msgspec.Struct, frozen=True, tag="rate"):
    """How fast a field changes: the last value less the oldest one that is at most `span` before it.

    Attributes:
        span: ns.
        per: ns: the change is given for so long a time.
    """

    field: Field
    span: int
    per: int = 3_600_000_000_000


class Total(msgspec.Struct, frozen=True, tag="total"):
    """The sum of a field's values in the last `span` ns, times `scale`: amounts, gaps, airtime."""

    field: Field
    span: int
    scale: float = 1.0


class Difference(msgspec.Struct, frozen=True, tag="difference"):
    """A field at one site less the same at another; its scope is the first one.

    Attributes:
        within: how old the other one's value may be, ns.
    """

    field: Field
    site: str
    minus: str
    within: int = 3_600_000_000_000


class Aggregate(msgspec.Struct, frozen=True, tag="aggregate"):
    """One number of the newest values of the sites of a ward, at each minute.

    Attributes:
        function: `share`: the part of them, in %, that is at least `level`.
        span: how old a value may be, ns.
        least: of so many sites there has to be one.
        by: a ward's sites together, or all that the rule takes.
    """

    field: Field
    function: Literal["mean", "min", "max", "sum", "count", "share"]
    span: int
    least: int = 1
    by: Literal["ward", "all"] = "ward"
    level: float = 0.0


class Silence(msgspec.Struct, frozen=True, tag="silence"):
    """For how many of its intervals a device has not been heard: 1 when the next uplink is due.

    Attributes:
        interval: how often it reports, ns; 0: as it did before (learned).
        least: it counts as silent after this time at the earliest, ns.
    """

    interval: int = 0
    least: int = 900_000_000_000


class GatewaySilence(msgspec.Struct, frozen=True, tag="gateway_silence"):
    """For how long a gateway has neither said nor forwarded anything, in s."""


class Errors(msgspec.Struct, frozen=True, tag="errors"):
    """How many uplinks of a device could not be decoded in the last `span` ns, by citylora or by a codec."""

    span: int


class Health(msgspec.Struct, frozen=True, tag="health"):
    """How citylora itself is.

    Attributes:
        of: `lag`: s that a sink is behind, by sink; `disk`: % of the journal's cap that is not delivered; `failing`: s
            that a sink has not taken anything that it should have; `stalled`: s that a source has been away.
    """

    of: Literal["lag", "disk", "failing", "stalled"]


Signal: TypeAlias = "Field | Rate | Total | Difference | Aggregate | Silence | GatewaySilence | Errors | Health"


class Rule(msgspec.Struct, frozen=True):
    """What is watched.

    Attributes:
        id: `pack/name`, or a name of the city's own; stable: alerts are known by it.
        title: what a person is told: "Mực nước trên báo động 2".
        unit: of the signal's numbers, as printed.
        source: where its numbers come from, for a person; "" for the city's own.
        verified: whether these could be read in the original.
        level: what the threshold is called, where it has a name: "Kém", "báo động 2", "giới hạn 45 µg/m³"; None where
            it is only a number.
        departments: who is told, beside those whose own choice it meets.
        forget: of measured values: an alert of whose values none has been heard for so long, ns, is over for that
            reason; 0: never.
    """

    id: str
    title: Label
    severity: Severity
    signal: Signal
    trigger: Trigger
    where: Where = Where()
    unit: str = ""
    source: Label | None = None
    verified: bool = True
    level: Label | None = None
    departments: frozenset[str] = frozenset()
    forget: int = FORGET

    @property
    def measured(self) -> Field | None:
        """The field of rows whose values it looks at; None where it looks at something else."""
        signal = self.signal
        if isinstance(signal, Field):
            return signal
        return signal.field if isinstance(signal, Rate | Total | Difference | Aggregate) else None

    @property
    def prompt(self) -> bool:
        """Whether it fires when the row arrives; the others wait for the watermark."""
        return isinstance(self.signal, Field) and not self.trigger.hold and self.trigger.of == 1
