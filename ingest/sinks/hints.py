"""What a refusal tells about which lines are meant. It only saves requests: nothing is refused on a guess.

| server | says | so |
|---|---|---|
| 1.x, 2.x | `unable to parse '<line>': why`, for each such line | these lines, word for word |
| 1.x, 2.x | `partial write: ... dropped=N` | N of the lines that were sent; all of them where N is their number |
| 1.x, 2.x | `input field "f" on measurement "m" is type ...` | the lines of m with a field f of that type |
| 3 | `line_number` | that line, often only the first of several |
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.sinks.transports import Response

_DROPPED = re.compile(r"\bdropped=(\d+)")
_CONFLICT = re.compile(r'input field "(.+?)" on measurement "(.+?)" is type (\w+)')
_UNPARSED = "unable to parse '"


def suspects(response: Response, lines: Sequence[str]) -> set[int]:
    """Give the places, from 0, of the lines that the server seems to mean; empty where it does not say."""
    if response.lines:
        return {number - 1 for number in response.lines if 0 < number <= len(lines)}
    if _UNPARSED in response.message:
        quoted = [part.rpartition("': ")[0] for part in response.message.split(_UNPARSED)[1:]]
        unparsed = set(quoted)
        return {place for place, line in enumerate(lines) if line in unparsed}
    return conflicting(response.message, lines)


def all_refused(response: Response, lines: Sequence[str]) -> bool:
    """Whether the server says of each of these lines that it dropped it, and its words fit each of them.

    A point is counted once in `dropped`, however many of its fields conflict (InfluxDB 1.6.7, asked by the tests).
    """
    dropped = _DROPPED.search(response.message)
    if dropped is None or int(dropped[1]) != len(lines):
        return False
    return _CONFLICT.search(response.message) is None or len(conflicting(response.message, lines)) == len(lines)


def conflicting(message: str, lines: Sequence[str]) -> set[int]:
    """Give the places of the lines that a message about a field's type fits; empty where it is about something else."""
    conflict = _CONFLICT.search(message)
    if conflict is None:
        return set()
    name, measurement, kind = conflict.groups()
    head = f"{measurement},"
    # We write floats and strings only, and only a string begins with a quote.
    quote = '"' if kind == "string" else '(?!")'
    field = re.compile(rf"[ ,]{re.escape(name)}={quote}")
    return {place for place, line in enumerate(lines) if line.startswith(head) and field.search(line)}
