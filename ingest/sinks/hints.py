"""What a refusal tells about which lines are meant. It only saves requests: nothing is refused on a guess.

| server | says | so |
|---|---|---|
| 1.x, 2.x | `unable to parse '<line>': why`, for each such line | these lines, word for word |
| 1.x, 2.x | `partial write: ... dropped=N` | at least N of the lines sent; all of them where N is their number |
| 1.x, 2.x | `partial write: ... retention policy ... dropped=N` | most likely the N oldest |
| 1.x, 2.x | `input field "f" on measurement "m" is type ...` | the lines of m with a field f of that type |
| 3 | `line_number` | that line, often only the first of several |

`dropped=N` is no proof that the other lines are stored, although mostly they are: a 1.x answers with the first shard
that complains while others are still being written or complain too, and counts that shard's lines alone; behind such a
complaint it conceals lines beyond the retention, and behind both, lines that it cannot read (`coordinator/
points_writer.go` and `services/httpd/handler.go` of 1.6 to 1.8; the tests ask 1.6.7). A 2.x stores nothing where it
cannot read a line, a 3 nothing where anything is wrong. So what is stored is what was in a request answered by a yes.
"""

from __future__ import annotations

import enum
import re
from heapq import nsmallest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.sinks.transports import Response

_DROPPED = re.compile(r"\bdropped=(\d+)")
_CONFLICT = re.compile(r'input field "(.+?)" on measurement "(.+?)" is type (\w+)')
_UNPARSED = "unable to parse '"
_RETENTION = "retention policy"
_NEVER = -(1 << 63)


def suspects(response: Response, lines: Sequence[bytes]) -> set[int]:
    """Give the places, from 0, of the lines that the server seems to mean; empty where it does not say."""
    if response.lines:
        return {number - 1 for number in response.lines if 0 < number <= len(lines)}
    if _UNPARSED in response.message:
        quoted = [part.rpartition("': ")[0] for part in response.message.split(_UNPARSED)[1:]]
        unparsed = {line.encode() for line in quoted}
        return {place for place, line in enumerate(lines) if line in unparsed}
    if _RETENTION in response.message:
        return set(nsmallest(dropped(response), range(len(lines)), key=lambda place: _time(lines[place])))
    return conflicting(response.message, lines)


def dropped(response: Response) -> int:
    """Give the number of lines that the server says it dropped, the least that are bad; 0 where it does not say."""
    counts = _DROPPED.findall(response.message)
    return int(counts[-1]) if counts else 0  # the words before may quote a line


def all_refused(response: Response, lines: Sequence[bytes]) -> bool:
    """Whether the server says of each of these lines that it dropped it, and its words fit each of them.

    A point is counted once in `dropped`, however many of its fields conflict (InfluxDB 1.6.7, asked by the tests).
    """
    if dropped(response) != len(lines):
        return False
    return _CONFLICT.search(response.message) is None or len(conflicting(response.message, lines)) == len(lines)


def conflicting(message: str, lines: Sequence[bytes]) -> set[int]:
    """Give the places of the lines that a message about a field's type fits; empty where it is about something else."""
    conflict = _CONFLICT.search(message)
    if conflict is None:
        return set()
    name, measurement, kind = conflict.groups()
    head = f"{measurement},".encode()
    # We write floats and strings only, and only a string begins with a quote.
    quote = '"' if kind == "string" else '(?!")'
    field = re.compile(rf"[ ,]{re.escape(name)}={quote}".encode())
    return {place for place, line in enumerate(lines) if line.startswith(head) and field.search(line)}


class Kind(enum.Enum):
    """What is expected of a line before it is sent."""

    GOOD = enum.auto()
    CONFLICTING = enum.auto()
    LATE = enum.auto()


class Memory:
    """What the refusals so far say of the next batch: its bad lines are likely bad for the same reasons.

    A field of another type stays so, often for years, and a device whose clock is decades behind does not notice.
    """

    def __init__(self) -> None:
        self._conflict = ""
        self._limit = _NEVER

    def parts(self, lines: Sequence[bytes]) -> dict[Kind, Sequence[int]]:
        """Part a batch by what is expected; no part is empty, and the good lines come first."""
        if not self._conflict and self._limit == _NEVER:
            return {Kind.GOOD: range(len(lines))}
        late = set[int]()
        if self._limit != _NEVER:
            late = {place for place, line in enumerate(lines) if _time(line) < self._limit}
        conflicts = conflicting(self._conflict, lines) - late
        good = [place for place in range(len(lines)) if place not in late and place not in conflicts]
        parts = {Kind.GOOD: good, Kind.CONFLICTING: sorted(conflicts), Kind.LATE: sorted(late)}
        return {kind: part for kind, part in parts.items() if part}

    def learn(self, lines: Sequence[bytes], refused: Sequence[tuple[int, str]]) -> None:
        """Remember why lines of a batch were refused: the place and the reason of each.

        The retention ends somewhere between the youngest line that was beyond it and the oldest that was stored; half
        way is far enough from a wrong clock, which goes on, and from the city's own times.
        """
        conflicts = [reason for _, reason in refused if _CONFLICT.search(reason)]
        if conflicts:
            self._conflict = conflicts[-1]
        youngest = max((_time(lines[place]) for place, reason in refused if _RETENTION in reason), default=_NEVER)
        if youngest == _NEVER:
            return
        bad = {place for place, _ in refused}
        oldest = min((_time(line) for place, line in enumerate(lines) if place not in bad), default=_NEVER)
        if youngest < oldest and not youngest < self._limit <= oldest:
            self._limit = (youngest + oldest + 1) // 2

    def forget(self, kind: Kind) -> None:
        """What was expected did not come true."""
        if kind is Kind.CONFLICTING:
            self._conflict = ""
        elif kind is Kind.LATE:
            self._limit = _NEVER


def _time(line: bytes) -> int:
    return int(line[line.rindex(b" ") + 1 :])
