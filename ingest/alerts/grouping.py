"""One message for what belongs together, and few messages for what has one cause. Pure.

- What a department is told at one moment of one site in one phase is one message.
- The first of a site is told at once. Further ones of the same rule pack wait until `GROUP` has passed since, and go
  together; one that is worse than what was told does not wait.
- Of more than `MANY` messages of a department in `MINUTE` there is a storm: instead of them goes one digest, at once.
  From then on there is one digest a `MINUTE`, until one would have been of few enough messages; what is worse than all
  that was told in that time does not wait for it.
- What waited for the end of quiet hours is one message. So is what came and went before it could be told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ingest.alerts.news import Wait
from ingest.alerts.routing import pack_of
from ingest.alerts.waiting import MINUTE, Sent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ingest.alerts.alert import Change
    from ingest.alerts.message import Type
    from ingest.alerts.news import News

GROUP = 30_000_000_000
"""ns that further alerts of a site wait to go together."""

MANY = 10
"""Messages of a department in a minute that a person can still read one by one."""

_HELD = frozenset({"quiet", "storm", "group"})
"""What waited for these has waited for others already."""


class Bundle(NamedTuple):
    """What is told in one message.

    Attributes:
        news: the worst first, what fires before what is over.
        storm: it is in place of too many messages.
    """

    news: tuple[News, ...]
    storm: bool = False

    @property
    def type(self) -> Type:
        """`alert.firing` or `alert.resolved` where all of it is that, and of one place; else a digest."""
        kinds = {one.kind for one in self.news}
        if len(kinds) > 1 or "passed" in kinds or len({place_of(one.change) for one in self.news}) > 1:
            return "alert.digest"
        return "alert.firing" if kinds == {"firing"} else "alert.resolved"

    def about(self, message: str, now: int) -> list[Sent]:
        """What is remembered of it for a minute."""
        worst: dict[tuple[str, str, str], int] = {}
        for one in self.news:
            key = _key(one)
            worst[key] = max(worst.get(key, 0), one.change.severity)
        return [Sent(now, message, *key, severity, self.storm) for key, severity in worst.items()]


class Plan(NamedTuple):
    """What goes now, and what waits for what."""

    bundles: Sequence[Bundle]
    waits: Sequence[tuple[News, Wait]]


def place_of(change: Change) -> str:
    """The site; what is at none lies with all of its kind."""
    return change.scope.site or change.scope.kind


def plan(news: Iterable[News], sent: Sequence[Sent], now: int) -> Plan:
    """What of a department's news goes now, and how it is put together.

    Args:
        news: that may be told now.
        sent: what its messages of the last minute were about.
        now: wall clock, ns UTC.
    """
    last, worst = _told_of(sent, now)
    go: list[News] = []
    waits: list[tuple[News, Wait]] = []
    for one in sorted(news, key=_order):
        key = _key(one)
        if key in last and one.why not in _HELD and not one.origin and one.change.severity <= worst[key]:
            waits.append((one, Wait("group", last[key] + GROUP)))
        else:
            go.append(one)
    bundles, held = _calmed(go, sent)
    return Plan(bundles, [*waits, *held])


def _told_of(sent: Sequence[Sent], now: int) -> tuple[dict[tuple[str, str, str], int], dict[tuple[str, str, str], int]]:
    """Of each site, pack and phase that was told of just now: when it was last, and the worst severity."""
    last: dict[tuple[str, str, str], int] = {}
    worst: dict[tuple[str, str, str], int] = {}
    for one in sent:
        if one.at > now - GROUP:
            key = one.place, one.pack, one.phase
            last[key] = max(last.get(key, 0), one.at)
            worst[key] = max(worst.get(key, 0), one.severity)
    return last, worst


def _calmed(go: Sequence[News], sent: Sequence[Sent]) -> tuple[list[Bundle], list[tuple[News, Wait]]]:
    """The messages, of which there are not too many."""
    storms = [one.at for one in sent if one.storm]
    if storms:
        most = max(one.severity for one in sent)
        worse = [one for one in go if one.kind == "firing" and one.change.severity > most]
        due = max(storms) + MINUTE
        held = [(one, Wait("storm", due)) for one in go if one.kind != "firing" or one.change.severity <= most]
        return [_bundle(worse)] if worse else [], held
    bundles = _bundled(go)
    if len(bundles) > MANY - len({one.message for one in sent}):
        return [_bundle(go, storm=True)], []
    if any(one.why == "storm" for one in go):
        return [_bundle(go)], []
    return bundles, []


def _bundled(go: Iterable[News]) -> list[Bundle]:
    """Put together what belongs together, in the order in which it came."""
    found: dict[tuple[str, str], list[News]] = {}
    for one in go:
        if one.why == "quiet":
            key = ("", "quiet")
        elif one.kind == "passed":
            key = ("", "passed")
        else:
            key = (place_of(one.change), one.kind)
        found.setdefault(key, []).append(one)
    return [_bundle(own) for own in found.values()]


def _bundle(news: Iterable[News], *, storm: bool = False) -> Bundle:
    return Bundle(tuple(sorted(news, key=_rank)), storm)


def _order(one: News) -> tuple[object, ...]:
    change = one.change
    return change.opened, change.scope.key, change.rule


def _rank(one: News) -> tuple[object, ...]:
    return one.kind != "firing", -one.change.severity, *_order(one)


def _key(one: News) -> tuple[str, str, str]:
    return place_of(one.change), pack_of(one.change.rule), one.kind
