"""A strict InfluxDB of the tests' own, in three versions that no package archive has to run here, with faults to order.

It reads every line for real and keeps the points. What it answers, as InfluxData's sources of each version do:

| | v1 (1.x) | v2 (2.x) | v3 (3 Core) |
|---|---|---|---|
| ways to write | /write | /write, /api/v2/write | /write, /api/v2/write |
| a line that it cannot read | 400, the others stored | 400, nothing stored | 400 with its number, nothing stored |
| a field of another type | 400 `dropped=N`, the others stored | 422 the same | 400 with its number, nothing stored |
| a time before `oldest` | the same, but concealed by the former | the same | as the former, by our own choice |
| no such database | 404; CREATE DATABASE | 404 | made by the first write |
| acknowledges | at once | at once | after `delay` |

1.x speaks of one kind of badness only: of dropped lines before those that it cannot read, and of the retention last
among the dropped (InfluxDB 1.6.7 did so when it was asked).
"""

import json
import threading
import zlib
from collections import deque
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple
from urllib.parse import parse_qs, urlsplit

from tests.fakes.http import Answer, Fault, HttpServer, Request
from tests.fakes.line_protocol import Line, Value, parse, split

_GZIP = 31
_LATE = "points beyond retention policy"
_TYPES = {float: "float", int: "integer", bool: "boolean", str: "string"}


class _Refusal(NamedTuple):
    number: int
    line: str
    reason: str
    dropped: bool


class FakeInfluxDB(HttpServer):
    """One server on 127.0.0.1; `with` starts and stops it.

    Attributes:
        points: what is stored: (measurement, tags, time) -> fields.
        oldest: what the retention begins with, ns UTC; older lines are dropped.
        refuses: a reason to drop a line, or "" to take it; for what the server has of its own reasons.
        authorization: the header that it wants; "" wants none.
        largest_body: bytes, before gunzip in v1 and v2, after it in v3; more is a 413.
        delay: seconds before an acknowledgement.
        faults: what happens to the next writes instead of, or after, the work.
    """

    def __init__(self, mode: Literal["v1", "v2", "v3"] = "v1", *, databases: tuple[str, ...] = ("citylora",)) -> None:
        super().__init__()
        self.mode = mode
        self.databases = set(databases)
        self.points: dict[tuple[str, tuple[tuple[str, str], ...], int], dict[str, Value]] = {}
        self.oldest = -(1 << 63)
        self.refuses: Callable[[Line], str] = lambda _: ""
        self.authorization = ""
        self.largest_body = 10 * 1024 * 1024
        self.delay = 0.0
        self.faults: deque[Fault] = deque()
        self._types: dict[tuple[str, str], type] = {}
        self._lock = threading.Lock()

    @property
    def writes(self) -> list[Request]:
        """The requests to write, in order."""
        return [request for request in self.requests if request.path.endswith("write")]

    @property
    def measurements(self) -> list[str]:
        """Of each point that is stored."""
        return [measurement for measurement, _, _ in self.points]

    def answer(self, request: Request) -> Answer | Fault:
        """Answer as the version does, faults first."""
        if request.path == "/query":
            return self._query(request)
        fault = self.faults.popleft() if self.faults else None
        if fault is not None and not fault.after_the_work:
            return fault
        answer = self._write(request)
        self.wait(self.delay)
        return answer if fault is None else fault

    def _query(self, request: Request) -> Answer:
        statement = parse_qs(request.body.decode())["q"][0]
        if self.mode != "v1" or not statement.startswith('CREATE DATABASE "'):
            return self._error(400, "not supported")
        name = statement.removeprefix('CREATE DATABASE "').removesuffix('"')
        self.databases.add(name.replace('\\"', '"'))
        return Answer(200, b'{"results":[{"statement_id":0}]}')

    def _write(self, request: Request) -> Answer:
        if request.path not in (("/write",) if self.mode == "v1" else ("/write", "/api/v2/write")):
            return Answer(404, b"404 page not found\n")
        if self.authorization and request.headers.get("Authorization") != self.authorization:
            return self._error(401, "unauthorized access")
        place = request.query.get("db") or request.query.get("bucket", "")
        if self.mode == "v3":
            self.databases.add(place)
        if place not in self.databases:
            return self._error(404, f'database not found: "{place}"' if self.mode == "v1" else "bucket not found")
        body = request.body
        unpacked = zlib.decompress(body, _GZIP) if request.headers.get("Content-Encoding") == "gzip" else body
        if len(unpacked if self.mode == "v3" else body) > self.largest_body:
            return self._error(413, "request entity too large")
        with self._lock:
            return self._take(split(unpacked.decode()), request.path)

    def _take(self, lines: list[str], path: str) -> Answer:
        taken, refusals, types = [], [], dict(self._types)
        for number, text in enumerate(lines, 1):
            try:
                line = parse(text)
            except ValueError as error:
                refusals.append(_Refusal(number, text, str(error), dropped=False))
                continue
            if reason := self.refuses(line) or _conflict(line, types) or self._late(line):
                refusals.append(_Refusal(number, text, reason, dropped=True))
                continue
            taken.append(line)
            types.update({(line.measurement, name): type(value) for name, value in line.fields})
        unread = [refusal for refusal in refusals if not refusal.dropped]
        if refusals and (self.mode == "v3" or (self.mode == "v2" and unread)):
            return self._all_or_nothing(refusals, path)
        self._types = types
        for line in taken:
            self.points.setdefault((line.measurement, line.tags, line.time), {}).update(line.fields)
        return self._partial(refusals, unread) if refusals else Answer(204, b"")

    def _partial(self, refusals: list[_Refusal], unread: list[_Refusal]) -> Answer:
        dropped = [refusal for refusal in refusals if refusal.dropped]
        shown = [refusal for refusal in dropped if refusal.reason != _LATE] or dropped
        unreadable = "\n".join(f"unable to parse '{refusal.line}': {refusal.reason}" for refusal in unread)
        message = f"partial write: {shown[0].reason if shown else unreadable} dropped={len(shown)}"
        if self.mode == "v1":
            return self._error(400, message)
        return self._error(422, f"failure writing points to database: {message}")

    def _late(self, line: Line) -> str:
        return _LATE if line.time < self.oldest else ""

    def _all_or_nothing(self, refusals: list[_Refusal], path: str) -> Answer:
        first = refusals[0]
        if self.mode == "v3" and path == "/write":
            data = {"original_line": first.line, "line_number": first.number, "error_message": first.reason}
            return _json(400, {"error": "line protocol write failed", "data": data})
        words = [f"unable to parse '{refusal.line}': {refusal.reason}" for refusal in refusals if not refusal.dropped]
        return self._error(400, first.reason if self.mode == "v3" else "\n".join(words))

    def _error(self, status: int, message: str) -> Answer:
        if self.mode == "v1":
            return _json(status, {"error": message})
        return _json(status, {"code": "invalid", "message": message})


def _conflict(line: Line, types: Mapping[tuple[str, str], type]) -> str:
    for name, value in line.fields:
        known = types.get((line.measurement, name), type(value))
        if known is not type(value):
            kind = f"is type {_TYPES[type(value)]}, already exists as type {_TYPES[known]}"
            return f'field type conflict: input field "{name}" on measurement "{line.measurement}" {kind}'
    return ""


def _json(status: int, value: object) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


class PathShim(HttpServer):
    """Maps /api/v2/write?bucket= onto the /write?db= of a real InfluxDB that is too old to know the first."""

    def __init__(self, upstream: str) -> None:
        super().__init__()
        self._host = urlsplit(upstream).netloc

    def answer(self, request: Request) -> Answer | Fault:
        """Pass a write on; the precision has to be nanoseconds, which is what /write takes without one."""
        if request.path != "/api/v2/write" or request.query.get("precision") != "ns":
            return Answer(404, b"404 page not found\n")
        return self.forward(self._host, f"/write?db={request.query['bucket']}", request)
