"""The InfluxDB sink, and the one place that says what an answer of the server means.

    status                      | what to do next
    ----------------------------|--------------------------------------------------------------------------------------
    204, 200 without a body     | stored
    none, 408, 425, 429, 5xx    | keep, write again after a pause: `SinkUnavailable`, with the Retry-After that came
    404                         | make the database where that is wanted and possible, once; else as the next
    401, 403, every other       | keep, and call someone: `SinkUnavailable(alarm=True)`
    413                         | write it in halves
    400, 422                    | some lines are bad: find them, store the others, return them as refusals

A write either ends with every point stored or refused, or raises and means nothing: the same batch written again
changes nothing, since a point's identity is measurement, tags and time. A point is stored where a request that held it
was answered by a yes; what a partial refusal says beside is a hint, and `hints` says why it is no more.
"""

from __future__ import annotations

import enum
import operator
import time
from itertools import pairwise
from typing import TYPE_CHECKING

from ingest.errors import SinkUnavailable
from ingest.ports import Refusal
from ingest.sinks import hints, remedies, shrunk
from ingest.sinks.influxql import InfluxQL
from ingest.sinks.line_protocol import LineEncoder
from ingest.sinks.remedies import LONGEST_REASON
from ingest.sinks.revisions import Revisions
from ingest.sinks.transports import Response, connect

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from ingest.decoding.point import Point
    from ingest.sinks.settings import InfluxSettings
    from ingest.sinks.transports import Transport

SAMPLE = 16
"""Lines of a batch that are tried singly where a line known to be good is refused; so a small batch is tried whole."""

HINTS = 3
"""Hints followed in a row before a part is cut blindly: three kinds of badness can hide behind each other."""

PROBE = "citylora_probe,of=citylora ok=1.0 {time}"
"""A line that no InfluxDB has a reason to refuse, at the present minute, so that it piles up nothing."""

_MINUTE = 60_000_000_000


class Action(enum.Enum):
    """What to do next."""

    STORED = enum.auto()
    RETRY = enum.auto()
    CREATE = enum.auto()
    ALARM = enum.auto()
    SPLIT = enum.auto()
    SEARCH = enum.auto()


_ACTIONS = {
    0: Action.RETRY,
    204: Action.STORED,
    400: Action.SEARCH,
    404: Action.CREATE,
    408: Action.RETRY,
    413: Action.SPLIT,
    422: Action.SEARCH,
    425: Action.RETRY,
    429: Action.RETRY,
}


def action(response: Response) -> Action:
    """Look an answer up in the table above.

    A 200 with a body is no InfluxDB's yes to a write (a login page, a dashboard): nothing is taken for stored then.
    """
    if response.status == 200 and not response.message:  # noqa: PLR2004  (named in the table)
        return Action.STORED
    if 500 <= response.status <= 599:  # noqa: PLR2004  (named in the table)
        return Action.RETRY
    return _ACTIONS.get(response.status, Action.ALARM)


class InfluxSink:
    """Points to InfluxDB 1.x, 2.x or 3, by either way of writing. See `ingest.ports.Sink`."""

    name = "influxdb"
    own = False

    def __init__(self, settings: InfluxSettings, *, now: Callable[[], int] = time.time_ns) -> None:
        self.accepted = 0
        self._encoder = LineEncoder()
        self._server = _Server(settings, connect(settings), now)
        self._ask = InfluxQL(settings)
        self._revisions = Revisions(self._ask)

    def write(self, points: Sequence[Point]) -> Sequence[Refusal]:
        """Store a batch; 5,000 points are a good one. See `ingest.ports.Sink.write`.

        Bad lines like the last batch's cost one request together, others two where the server says which they are; each
        bad line that nothing is known of costs about 2·log2(n) requests of n lines.

        Raises:
            SinkUnavailable: nothing can be said of the batch; write it again.
        """
        revised = self._revisions.applied(points)
        if revised.first:
            self._store(revised.first)  # rows that it had taken before: no new ones, and nobody's to answer for
        refusals, accepted = self._store(revised.points)
        self._revisions.written()
        self.accepted += accepted + len(points) - len(revised.points)
        return [Refusal(revised.places[one.index], one.reason) for one in refusals]

    def replaces(self, points: Sequence[Point]) -> Sequence[Point]:
        """See `ingest.ports.Replacing`."""
        self._revisions.hold(points)
        return self._revisions.held

    def restore(self, rows: Sequence[Point]) -> None:
        """See `ingest.ports.Replacing`."""
        self._revisions.restore(rows)

    def write_derived(self, points: Sequence[Point]) -> Sequence[Refusal]:
        """See `ingest.ports.Deriving`; where rows cannot be deleted (InfluxDB 3) a field that one has lost stays."""
        whole = shrunk.part(points)
        try:
            if whole.rows:
                self._ask.remove_rows(whole.rows)
        except SinkUnavailable as error:
            if not error.alarm:
                raise  # else: who may only write goes on writing
        refusals = self.write(whole.points)
        self.accepted += len(points) - len(whole.points)
        return [Refusal(whole.kept[one.index], one.reason) for one in refusals]

    def rows(self, since: int, until: int, device: str) -> Iterator[Point]:
        """See `ingest.ports.Rewritable`."""
        return self._ask.rows(since, until, device)

    def remove(self, since: int, until: int, measurement: str, devices: Collection[str]) -> bool:
        """See `ingest.ports.Rewritable`; InfluxDB 3 cannot."""
        return self._ask.remove(since, until, measurement, devices)

    def close(self) -> None:
        """Close the connections."""
        self._server.transport.close()
        self._ask.close()

    def _store(self, points: Sequence[Point]) -> tuple[list[Refusal], int]:
        """Write points: what is refused, and how many are not."""
        lines, refusals = self._encode(points)
        if not lines:
            return refusals, 0
        batch = _Batch(self._server, [line for _, line in lines])
        refusals += [Refusal(lines[place][0], reason) for place, reason in batch.store()]
        return sorted(refusals, key=operator.attrgetter("index")), batch.accepted

    def _encode(self, points: Sequence[Point]) -> tuple[list[tuple[int, bytes]], list[Refusal]]:
        encode = self._encoder.encode
        try:
            return list(enumerate([encode(point) for point in points])), []
        except ValueError:
            pass  # rare: go through them one by one
        lines, refusals = [], []
        for index, point in enumerate(points):
            try:
                lines.append((index, encode(point)))
            except ValueError as error:
                refusals.append(Refusal(index, str(error)))
        return lines, refusals


class _Server:
    """The server behind a transport: it takes lines, refuses them, or is unavailable; there is no fourth."""

    def __init__(self, settings: InfluxSettings, transport: Transport, now: Callable[[], int]) -> None:
        self.transport = transport
        self._settings = settings
        self._now = now
        self._last_accepted = b""
        self.memory = hints.Memory()

    def post(self, lines: Sequence[bytes]) -> tuple[Action, Response]:
        """Write lines; the action is STORED, SPLIT or SEARCH.

        Raises:
            SinkUnavailable: any other answer.
        """
        body = b"\n".join(lines)
        response = self.transport.send(body)
        next_step = action(response)
        if next_step is Action.CREATE and self.transport.create() is not None:
            response = self.transport.send(body)
            next_step = action(response)
        if next_step in (Action.RETRY, Action.CREATE, Action.ALARM):
            raise remedies.unavailable(self._settings, response, passing=action(response) is Action.RETRY)
        if next_step is Action.STORED:
            self._last_accepted = lines[-1]
        return next_step, response

    def takes_a_good_line(self) -> bool:
        """Write the line that it took last, else one that nobody can refuse.

        The last one can have become older than the server's retention: that alone proves nothing.
        """
        probe = PROBE.format(time=self._now() // _MINUTE * _MINUTE).encode()
        return self.takes_any([self._last_accepted, probe] if self._last_accepted else [probe])

    def takes_any(self, lines: Sequence[bytes]) -> bool:
        """Write lines one by one until one is accepted."""
        return any(self.post([line])[0] is Action.STORED for line in lines)

    def blamed(self, reason: str) -> SinkUnavailable:
        """Give the error for a server that refuses everything."""
        return remedies.blamed(self._settings, reason)


class _Batch:
    """One batch on its way to the server: what was stored, what was refused.

    Attributes:
        accepted: lines that the server has taken; samples that are tried beside do not count.
    """

    def __init__(self, server: _Server, lines: list[bytes]) -> None:
        self.accepted = 0
        self._server = server
        self._lines = lines
        self._refused: list[tuple[int, str]] = []
        self._server_is_sane = False

    def store(self) -> list[tuple[int, str]]:
        """Store what can be stored; give the place of each other line, and why.

        Raises:
            SinkUnavailable: the server cannot say, or refuses lines that cannot be at fault.
        """
        memory = self._server.memory
        for kind, part in memory.parts(self._lines).items():
            before = len(self._refused)
            self._store(part)
            if len(self._refused) == before:
                memory.forget(kind)
        memory.learn(self._lines, self._refused)
        return self._refused

    def _store(self, part: Sequence[int], trust: int = HINTS) -> None:
        """Store a part of the batch; where it is refused, its parts.

        A server that misleads costs requests and nothing else: after `trust` hints the part is cut without.
        """
        lines = [self._lines[place] for place in part]
        next_step, response = self._server.post(lines)
        if next_step is Action.STORED:
            self._server_is_sane = True
            self.accepted += len(lines)
        elif len(part) == 1 or (next_step is Action.SEARCH and hints.all_refused(response, lines)):
            self._refuse(part, response)
        else:
            meant = hints.suspects(response, lines) if next_step is Action.SEARCH and trust else set()
            followed = 0 < len(meant) < len(part)
            bad = hints.dropped(response) if next_step is Action.SEARCH else 1
            for smaller in _apart(part, meant) if followed else _cut(part, 2 * bad):
                self._store(smaller, trust - 1 if followed else HINTS)

    def _refuse(self, part: Sequence[int], response: Response) -> None:
        reason = response.message[:LONGEST_REASON] or f"HTTP status {response.status}"
        self._refused += [(place, reason) for place in part]
        if self._server_is_sane:
            return
        # Nothing was accepted so far: before the lines are held to blame, the server is.
        sample = self._lines[:: -(-len(self._lines) // SAMPLE)]
        if not self._server.takes_a_good_line() and not self._server.takes_any(sample):
            raise self._server.blamed(reason)
        self._server_is_sane = True


def _apart(part: Sequence[int], meant: set[int]) -> list[Sequence[int]]:
    """Part the lines that are meant from the others."""
    others = [place for position, place in enumerate(part) if position not in meant]
    return [others, [part[position] for position in sorted(meant)]]


def _cut(part: Sequence[int], pieces: int) -> list[Sequence[int]]:
    """Cut into pieces of about the same size, two at least: with two for each bad line, more than half are clean."""
    pieces = min(max(pieces, 2), len(part))
    ends = [len(part) * piece // pieces for piece in range(pieces + 1)]
    return [part[start:end] for start, end in pairwise(ends)]
