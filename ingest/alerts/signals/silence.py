"""Devices and gateways that are not heard any more: rules ask `Presence`, and get samples of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.alerts.presence import Mark, Presence
from ingest.alerts.rule import GatewaySilence, Silence
from ingest.alerts.signals.field import Place, takes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ingest.alerts.found import Found
    from ingest.alerts.heard import Heard
    from ingest.alerts.watched import Watched


class SilenceRules:
    """Those that look at silence; false where there is none.

    Args:
        rules: all there are.
        states: what `take_states` gave, among others.

    Attributes:
        of_devices: the ids of those that look at devices.
        all: and of those that look at gateways.
    """

    def __init__(self, rules: Iterable[Watched], states: Mapping[str, bytes]) -> None:
        self._devices: list[tuple[Watched, Silence]] = []
        self._gateways: list[Watched] = []
        for watched in rules:
            if isinstance(watched.rule.signal, Silence):
                self._devices.append((watched, watched.rule.signal))
            elif isinstance(watched.rule.signal, GatewaySilence):
                self._gateways.append(watched)
        self.of_devices = frozenset(watched.id for watched, _signal in self._devices)
        self.all = self.of_devices | {watched.id for watched in self._gateways}
        marks = [Mark(signal, _above(watched)) for watched, signal in self._devices]
        above = sorted({_above(watched) for watched in self._gateways})
        self._presence = None
        if marks:
            # Gateways are followed all the same: of a device behind a dead one nothing is to be told.
            self._presence = Presence(
                None, gateway=True, states=states, marks=marks, gateway_above=above or (300.0,),
                places=[watched.rule.where for watched, _signal in self._devices],
            )  # fmt: skip
        elif above:
            self._presence = Presence(None, gateway=True, states=states, gateway_above=above)

    def __bool__(self) -> bool:
        return self._presence is not None

    def hear(self, heard: Heard) -> Iterable[tuple[Watched, Found]]:
        """Take an event as a sign of life: who is heard again, for each rule that looks at it."""
        if self._presence is None:
            return ()
        found = self._presence.hear(heard)
        return self._for_rules(found) if found else ()

    def look(self, watermarks: Mapping[str, int]) -> Iterable[tuple[Watched, Found]]:
        """Who has been silent for long enough by now, likewise."""
        return () if self._presence is None else self._for_rules(self._presence.look(watermarks))

    def take_states(self) -> dict[str, bytes]:
        """What is to be stored; b"" for what is to go."""
        return {} if self._presence is None else self._presence.take_states()

    def _for_rules(self, found: Iterable[Found]) -> Iterator[tuple[Watched, Found]]:
        for one in found:
            if not one.muted:
                yield from self._each(one)

    def _each(self, found: Found) -> Iterator[tuple[Watched, Found]]:
        if found.scope.kind == "gateway":
            for watched in self._gateways:
                yield watched, found
            return
        place = Place(found.scope.id, found.scope.site, found.scope.ward, found.model)
        for watched, signal in self._devices:
            # One that is heard again may be at another site by now, where a rule that was told of it does not look.
            heard = not found.value and watched.rule.trigger.below is None
            if found.signal in {None, signal} and (heard or takes(watched.rule.where, place)):
                yield watched, found


def _above(watched: Watched) -> float:
    """The silence at which a rule wants to be told; one that is met by what is heard is met by every sign of life."""
    return watched.rule.trigger.above or 0.0
