"""A city of few sites for rules to look at: rules, events and an engine with few words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from decoders.vocabulary.quantity import Label
from ingest.alerts.engine import Engine
from ingest.alerts.heard import Heard, Tick
from ingest.alerts.rule import Field, Rule, Severity, Trigger
from ingest.decoding.point import Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.alerts.alert import Change, Waiting
    from ingest.alerts.rule import Signal

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
START = 1_790_000_000 * SECOND
"""2026-09-21 21:13:20 in Đà Nẵng, a Monday."""

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LEVEL = Field("water", "water_level")
TITLE = Label("Mực nước cao", "High water")


def rule(signal: Signal = LEVEL, name: str = "flood", **rest: Any) -> Rule:
    """A rule; what begins with a field of a trigger goes into its trigger, the rest into the rule itself."""
    given = {key: rest.pop(key) for key in tuple(rest) if key in Trigger.__struct_fields__}
    threshold = given.get("above", given.get("below", 0.0))
    given.setdefault("clear", threshold)
    return Rule(name, TITLE, rest.pop("severity", Severity.WARNING), signal, Trigger(**given), **rest)


def row(at: int, device: str = "d1", site: str = "s1", ward: str = "w1", **fields: float) -> Point:
    """A row of water at a site, `at` ns after the start; of another channel with `channel`."""
    channel = str(int(fields.pop("channel", 0)))
    time = START + at
    return Point("water", (device, site, ward, "model", channel), tuple(fields.items()), time, time)


def heard(*points: Point, at: int | None = None, source: str = "mosquitto", **rest: Any) -> Heard:
    """An event with these rows, that the network had `at` ns after the start, or at the first one's time."""
    received_at = points[0].time if at is None else START + at
    device = points[0].tags[0] if points else ""
    return Heard(source, received_at, rest.pop("dev_eui", device), points, **rest)


@dataclass
class City:
    """An engine and what it has said so far."""

    rules: Sequence[Rule]
    changes: list[Change] = field(default_factory=list)
    history: dict[tuple[str, str, int], int] = field(default_factory=dict)
    states: dict[str, bytes] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine = Engine(self.rules, ZONE)

    def restart(self, rules: Sequence[Rule] | None = None) -> None:
        """A new engine, with nothing but what was stored."""
        self.rules = self.rules if rules is None else rules
        self.engine = Engine(self.rules, ZONE, dict(self.states))
        self.collect()

    def hear(self, *events: Heard) -> None:
        """Give a batch, and note what comes of it."""
        self.engine.take(events)
        self.collect()

    def level(self, at: int, value: float, **rest: Any) -> None:
        """A water level is reported, and arrives at once."""
        self.hear(heard(row(at, water_level=value, **rest)))

    def quiet(self, at: int, source: str = "mosquitto") -> None:
        """The source is live and has said nothing more by `at` ns after the start."""
        self.engine.tick(Tick(START + at, frozenset({source})))
        self.collect()

    def collect(self) -> None:
        """Take the effects."""
        found = self.engine.effects()
        self.changes += found.changes
        self.waiting += found.waiting
        for one in found.intervals:
            self.history[one.rule, one.scope, one.since] = one.until
        for key, state in found.states.items():
            if state:
                self.states[key] = state
            else:
                self.states.pop(key, None)
        for name, count in found.counts.items():
            self.counts[name] = self.counts.get(name, 0) + count
        self.failed.update(found.failed)

    @property
    def said(self) -> list[tuple[str, int, float]]:
        """Each change: what, when after the start in minutes, and its value."""
        return [(one.phase, (one.time - START) // MINUTE, one.value) for one in self.changes]

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The history in minutes after the start; an end of 0 where it lasts."""
        return sorted(
            ((since - START) // MINUTE, (until - START) // MINUTE if until else 0)
            for (_rule, _scope, since), until in self.history.items()
        )
