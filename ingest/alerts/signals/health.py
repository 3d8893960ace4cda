"""How citylora itself is: numbers that the clock's tick brings along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.alerts.rule import Health, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ingest.alerts.watch import Watch
    from ingest.alerts.watched import Watched

SOURCE = ""
"""Whose samples these are: no broker's; their time is the wall clock's."""


class HealthRules:
    """Those that look at citylora itself.

    Args:
        rules: all there are.
        watches: those that go on from before: what they are about may be gone by now.
    """

    def __init__(self, rules: Iterable[Watched], watches: Iterable[Watch]) -> None:
        self._rules: dict[str, list[Watched]] = {}
        kinds: dict[str, str] = {}
        for watched in rules:
            if isinstance(watched.rule.signal, Health):
                kinds[watched.id] = watched.rule.signal.of
                self._rules.setdefault(watched.rule.signal.of, []).append(watched)
        self._known = {(kinds[watch.rule], watch.scope.id) for watch in watches if watch.rule in kinds}

    def numbers(self, health: Mapping[tuple[str, str], float]) -> Iterator[tuple[Watched, Scope, float | None]]:
        """What each rule looks at in each number; None for what was there before and is no more.

        Args:
            health: as `Tick` has it; an empty one says nothing.
        """
        if not health:
            return
        for of, name in sorted(self._known - health.keys()):
            yield from self._each(of, name, None)
        for (of, name), value in health.items():
            yield from self._each(of, name, value)
        self._known = set(health)

    def _each(self, of: str, name: str, value: float | None) -> Iterator[tuple[Watched, Scope, float | None]]:
        for watched in self._rules.get(of, ()):
            yield watched, Scope("source" if of == "stalled" else "citylora", name), value
