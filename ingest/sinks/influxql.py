"""Reading and deleting rows by InfluxQL, the one query language that InfluxDB 1.x, 2.x and 3 have in common.

`DELETE` is there on 1.x and 2.x; InfluxDB 3 has none. On 2.x and 3 the bucket is asked for as a database of its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec
import urllib3

from ingest.decoding.point import OF_EVENTS, TAGS, Point
from ingest.errors import SinkUnavailable
from ingest.sinks.transports import CONNECT_TIMEOUT, headers, response

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from ingest.sinks.settings import InfluxSettings

TIMEOUT = 120.0
"""Seconds for an answer: deleting touches every file of the range."""

OK = 200
FORBIDDEN = (401, 403)


class _Series(msgspec.Struct):
    name: str
    columns: list[str]
    values: list[list[Any]]


class _Result(msgspec.Struct):
    series: list[_Series] = []
    error: str = ""


class _Answer(msgspec.Struct):
    results: list[_Result] = []
    error: str = ""


_decode = msgspec.json.Decoder(_Answer).decode


class InfluxQL:
    """Asks one database."""

    def __init__(self, settings: InfluxSettings) -> None:
        self._url = f"{settings.url.rstrip('/')}/query"
        self._database = settings.database if settings.api == "v1" else settings.bucket
        self._headers = {**headers(settings), "Content-Type": "application/x-www-form-urlencoded"}
        self._pool = urllib3.PoolManager(
            maxsize=1,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT, read=TIMEOUT),
            ca_certs=settings.ca_file or None,
        )

    def rows(self, since: int, until: int, device: str) -> Iterator[Point]:
        """Every row that an event can have made, of one device or of all, from `since` on and before `until`.

        Raises:
            SinkUnavailable: the server does not answer, or refuses.
        """
        of_device = f" AND \"dev_eui\" = '{device}'" if device else ""
        named = [name for name in OF_EVENTS if not device or "dev_eui" in TAGS[name]]
        query = ";".join(
            f'SELECT * FROM "{name}" WHERE time >= {since} AND time < {until}{of_device}'  # noqa: S608  (our own names)
            for name in named
        )
        for result in self._ask(query).results:
            if result.error:
                raise SinkUnavailable(f"InfluxDB cannot read the rows of the range: {result.error}", alarm=True)
            for series in result.series:
                yield from _points(series)

    def remove(self, since: int, until: int, measurement: str, devices: Collection[str]) -> bool:
        """Delete the rows of these devices in one measurement; false where this InfluxDB cannot delete.

        Raises:
            SinkUnavailable: the server does not answer, or refuses.
        """
        pattern = "|".join(sorted(devices))
        answer = self._ask(
            f'DELETE FROM "{measurement}" WHERE "dev_eui" =~ /^({pattern})$/ AND time >= {since} AND time < {until}',  # noqa: S608
            may_lack=True,
        )
        return not answer.error and not any(result.error for result in answer.results)

    def remove_rows(self, rows: Sequence[Point]) -> bool:
        """Delete these very rows; false where this InfluxDB cannot delete.

        Raises:
            SinkUnavailable: the server does not answer, or refuses.
        """
        answer = self._ask(";".join(map(_deletion, rows)), may_lack=True)
        return not answer.error and not any(result.error for result in answer.results)

    def close(self) -> None:
        """Close the connection."""
        self._pool.clear()

    def _ask(self, query: str, *, may_lack: bool = False) -> _Answer:
        body = urlencode({"db": self._database, "epoch": "ns", "q": query}).encode()
        try:
            answer = self._pool.request("POST", self._url, body=body, headers=self._headers)
        except urllib3.exceptions.HTTPError as error:
            raise SinkUnavailable(f"InfluxDB does not answer a query: {type(error).__name__}: {error}") from error
        said = response(answer.status, answer.data[:2000] if answer.status != OK else b"", answer.headers)
        if answer.status in FORBIDDEN:
            raise SinkUnavailable(
                f"InfluxDB refuses to be read: {said.message}",
                "the user or token of [sinks.influxdb] needs to read and delete for a replay, not only to write",
                alarm=True,
            )
        if answer.status != OK:
            if may_lack and 400 <= answer.status < 500:  # noqa: PLR2004  (it has no such statement)
                return _Answer(error=said.message or str(answer.status))
            raise SinkUnavailable(
                f"InfluxDB answered {answer.status} to a query: {said.message}",
                retry_after=said.retry_after,
                alarm=answer.status < 500,  # noqa: PLR2004  (the server's trouble, which passes)
            )
        try:
            return _decode(answer.data)
        except msgspec.DecodeError as error:
            raise SinkUnavailable(f"InfluxDB's answer to a query cannot be read: {error}", alarm=True) from error


def _deletion(row: Point) -> str:
    tags = "".join(f' AND "{name}" = {_quoted(tag)}' for name, tag in zip(TAGS[row.measurement], row.tags, strict=True))
    return f'DELETE FROM "{row.measurement}" WHERE time >= {row.time} AND time <= {row.time}{tags}'  # noqa: S608


def _quoted(text: str) -> str:
    """A string of InfluxQL."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _points(series: _Series) -> Iterator[Point]:
    names = TAGS[series.name]
    places = [series.columns.index(name) if name in series.columns else -1 for name in names]
    time = series.columns.index("time")
    fields = [(place, name) for place, name in enumerate(series.columns) if place != time and name not in names]
    for row in series.values:
        tags = tuple(str(row[place] or "") if place >= 0 else "" for place in places)
        yield Point(series.name, tags, _fields(row, fields), row[time])


def _fields(row: Sequence[Any], fields: Sequence[tuple[int, str]]) -> tuple[tuple[str, float | str], ...]:
    values = ((name, row[place]) for place, name in fields if row[place] is not None)
    return tuple([(name, value if isinstance(value, str) else float(value)) for name, value in values])
