"""Every watch that is in memory: those that are not idle, and those that need every value. Says which to store."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from ingest.alerts.kept import PREFIX, decode, key_of
from ingest.alerts.life import removed
from ingest.alerts.openings import Openings, is_past
from ingest.alerts.rule import Scope
from ingest.alerts.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ingest.alerts.log import Log
    from ingest.alerts.watched import Watched


LATER = 300_000_000_000
"""ns, by the watermarks: what idle watches have counted is stored so much later, once for all that came meanwhile. So
much of it a restart may lose."""

AT_ONCE = 200
"""So many of them are stored at once: a turn is not to be held up by thousands."""


class Scopes:
    """Those that are read again: the rules that watch a device share one, and a ward's devices its name."""

    def __init__(self) -> None:
        self._known: dict[Scope, Scope] = {}
        self._texts: dict[str, str] = {}

    def shared(self, scope: Scope) -> Scope:
        """The same scope, as it was met first."""
        known = self._known.get(scope)
        if known is None:
            known = Scope(scope.kind, *[self._texts.setdefault(text, text) for text in scope[1:]])
            self._known[known] = known
        return known


class Watches:
    """By the key that each is stored under.

    A plain watch that has become idle is forgotten: a new one would go on just so. Where it stands in the index
    (`join`) it is taken away, too.
    """

    def __init__(self) -> None:
        self._all: dict[str, Watch] = {}
        self._spots: dict[str, dict[str, Watch]] = {}
        self._changed: dict[Watch, None] = {}
        self._stored: set[str] = set()
        self._later: dict[Watch, int] = {}
        self._gone: list[str] = []
        self._openings = Openings()

    def __iter__(self) -> Iterator[Watch]:
        return iter(self._all.values())

    def __len__(self) -> int:
        return len(self._all)

    @property
    def any_stored(self) -> bool:
        """Whether one is stored that is not idle."""
        return bool(self._stored)

    def find(self, rule: str, scope: Scope) -> Watch | None:
        """A rule's watch at a scope, where there is one."""
        return self._all.get(key_of(rule, scope))

    def make(self, watched: Watched, scope: Scope) -> Watch:
        """Likewise; it is made where there is none."""
        watch = self._all.get(key_of(watched.rule.id, scope))
        if watch is None:
            watch = Watch(watched, scope)
            self._all[watch.key] = watch
            watch.remember(self._openings.of(watch.key))
        return watch

    def restore(self, states: Mapping[str, bytes], rules: Mapping[str, Watched], log: Log) -> None:
        """Go on from what `take_states` gave, among others.

        Args:
            states: of watches, by key; others are left alone.
            rules: those that there are now, by id.
            log: told of what has ended since a rule has changed, or is no more.
        """
        self._openings.restore(states)
        scopes = Scopes()
        for key, state in states.items():
            if not key.startswith(PREFIX):
                continue
            kept = decode(state)
            watched = rules.get(kept.rule)
            if watched is None:
                removed(kept, log)
                self._gone.append(key)
                self._openings.forget(key)
                continue
            watch = self.make(watched, scopes.shared(kept.scope))
            watch.resume(kept, log)
            self._stored.add(watch.key)
            self.changed(watch)

    def join(self, watch: Watch, spot: dict[str, Watch]) -> None:
        """It stands at this spot of the index while it is not idle."""
        spot[watch.rule] = watch
        self._spots[watch.key] = spot

    def forget(self, watch: Watch) -> None:
        """What it was about is no more: nothing of it is to be known by."""
        watch.openings = ()
        self._openings.forget(watch.key)
        self.changed(watch)

    def changed(self, watch: Watch) -> None:
        """It may have to be stored, or to be forgotten."""
        self._changed[watch] = None

    def take_states(self, now: int) -> dict[str, bytes]:
        """What is to be stored of those that have changed; b"" for what is to go.

        Args:
            now: a watermark, ns UTC; see `LATER`.
        """
        found = dict.fromkeys(self._gone, b"")
        self._gone.clear()
        changed, self._changed = self._changed, {}
        for watch in changed:
            if not watch.idle:
                found[watch.key] = watch.pack()
                self._stored.add(watch.key)
                continue
            has_fired = bool(watch.openings) and self._remember(watch, now)
            if not watch.counts:
                self._drop(watch)
            if has_fired or watch.key in self._stored:  # what is stored would fire, or fires: that is over
                self._stored.discard(watch.key)
                found[watch.key] = watch.pack() if watch.filled else b""
            elif watch.counts:
                self._later.setdefault(watch, now + LATER)
        for watch in [watch for watch, due in islice(self._later.items(), AT_ONCE) if due <= now]:
            del self._later[watch]
            if watch.idle:
                found[watch.key] = watch.pack() if watch.filled else b""
        found.update(self._openings.take_states(now))
        return found

    def _remember(self, watch: Watch, now: int) -> bool:
        """Keep when its alerts opened, as long as that matters; whether this was not known yet."""
        if is_past(watch.openings, now):
            watch.openings = ()
        if watch.openings == self._openings.of(watch.key):
            return False
        self._openings.remember(watch.key, watch.openings)
        return True

    def _drop(self, watch: Watch) -> None:
        del self._all[watch.key]
        watch.planned = 0  # it is not to come up any more: another one may have its key by then
        spot = self._spots.pop(watch.key, None)
        if spot is not None:
            del spot[watch.rule]
