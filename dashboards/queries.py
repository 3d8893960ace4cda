"""What the boards ask: InfluxQL that InfluxDB 1.x, 2.x and 3 answer alike, and PromQL.

So there is no SLIMIT, no SHOW SERIES and no Flux, and every metadata query has a time. `$timeFilter` and `$__interval`
are Grafana's. The newest row of a site is asked by `last` of a field that every row has, with the others beside it:
several `last` mix rows, which is wanted on the map alone (`lasts`). Of a long time above the board hours and days are
asked in place of rows (`by_time`), since to read a month of a city's rows takes too long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Self

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.common import DataSourceRef

if TYPE_CHECKING:
    from collections.abc import Iterable

ZONE = "Asia/Ho_Chi_Minh"
"""Whose days they are; InfluxDB cuts days by it too."""

_SEEN = "30d"
"""How far back names of sites and wards are looked for."""

HOURS_FROM, DAYS_FROM = 4, 10
"""Days above the board from which on hours are asked, not rows, and days, not hours: as `by_time` turns."""

PARTS = DAYS_FROM
"""Into so many Grafana cuts the time of a panel of `by_time`: its interval is 12h from 90 hours, 1d from 10 days on."""

MONTHS_AT_MOST = 13
"""A tenth of 14 months and more Grafana writes as `1y`, which is no time of InfluxQL: the panel shows an error then."""

_OF_SPAN = {"mean": "mean", "sum": "total", "max": "max"}
"""What of an hour or a day is what an aggregate of its rows is."""

_TO_HOURS, _TO_DAYS = "now() + 1000d - 999$__interval", "now() + 5000d - 999$__interval"
"""Each lies after all rows up to some length of an interval, and years before them from there on: so a question with
`time <` it finds rows in a short time alone, one with `time >` in a long one. 9996h are 417 days, 99912h are 4,163,
9991d are 9,991."""


class Source(NamedTuple):
    """A data source of Grafana."""

    uid: str
    kind: str

    @property
    def ref(self) -> DataSourceRef:
        """As panels name it."""
        return DataSourceRef(type_val=self.kind, uid=self.uid)


ROWS = Source("citylora", "influxdb")
"""What devices have measured, `station`, `alert`, and how the network was."""

ROLLUPS = Source("citylora-rollup", "influxdb")
"""Hours and days."""

WORKER = Source("citylora-worker", "prometheus")
"""citylora's own metrics."""

SOURCES = (ROWS, ROLLUPS, WORKER)

MIXED = Source("-- Mixed --", "datasource")
"""Grafana's own name for a panel whose queries ask several."""


class Query(Dataquery):
    """A question to a data source, as it stands in a panel.

    Attributes:
        source: whom it asks.
        text: in the source's language.
    """

    def __init__(self, source: Source, text: str, **rest: Any) -> None:
        self.source, self.text, self.ref_id = source, text, "A"
        self._rest = rest

    def as_ref(self, ref_id: str) -> Self:
        """Name it, since a panel may have several."""
        self.ref_id = ref_id
        return self

    def to_json(self) -> dict[str, object]:
        """What Grafana reads."""
        key = "expr" if self.source is WORKER else "query"
        ref = {"type": self.source.kind, "uid": self.source.uid}
        return {"refId": self.ref_id, "datasource": ref, key: self.text, **self._rest}

    @property
    def timed(self) -> bool:
        """Whether how long the time above the board is decides if it finds rows."""
        return "999$__interval" in self.text

    def only(self, *conditions: str) -> Query:
        """The same with further conditions of time."""
        text = self.text.replace("$timeFilter", _and("$timeFilter", *(f"time {one}" for one in conditions)))
        return Query(self.source, text, **self._rest)


class Target(Builder[Dataquery]):
    """Gives a panel its query, as the SDK wants it."""

    def __init__(self, query: Query) -> None:
        self._query = query

    def build(self) -> Dataquery:
        """The query itself."""
        return self._query


def influxql(text: str, source: Source = ROWS, *, alias: str = "", table: bool = False) -> Query:
    """A statement; `alias` names its series, `$tag_site` is the tag's value."""
    shape = "table" if table else "time_series"
    return Query(source, text, rawQuery=True, resultFormat=shape, **({"alias": alias} if alias else {}))


def promql(text: str, legend: str = "", *, instant: bool = False) -> Query:
    """An expression over citylora's metrics."""
    return Query(WORKER, text, legendFormat=legend, instant=instant, range=not instant)


def newest(measurement: str, *fields: str, by: tuple[str, ...], where: str = "", source: Source = ROWS) -> Query:
    """The newest row of each place as a table.

    Args:
        measurement: whose.
        fields: the first one is in every row; the others are of the same row.
        by: tags that tell places apart.
        where: a further condition.
        source: which database.
    """
    lead, *others = fields
    chosen = ", ".join([f'last("{lead}") AS "{lead}"', *(f'"{name}"' for name in others)])
    return influxql(_select(chosen, measurement, where, _names(by)), source, table=True)


def lasts(measurement: str, *fields: str, by: tuple[str, ...]) -> Query:
    """The newest value of each field of each place as a table, whatever row it is of; its time says nothing.

    Only for fields that are in every row of their kind: of others it would find what holds no more.

    Args:
        measurement: whose.
        fields: each is found where any row has it.
        by: tags that tell places apart.
    """
    found = ", ".join(f'last("{field}") AS "{field}"' for field in fields)
    return influxql(_select(found, measurement, "", _names(by)), table=True)


def curve(
    field: str,
    measurement: str,
    *,
    by: str = "",
    where: str = "",
    how: str = "mean",
    every: str = "$__interval",
    alias: str = "",
    source: Source = ROWS,
) -> Query:
    """A curve for each place, or one.

    Args:
        field: what is drawn.
        measurement: whose.
        by: the tag that tells places apart, which then names the curve; "" for one curve.
        where: a further condition.
        how: the aggregate of an interval.
        every: the interval.
        alias: the curve's name where it is not the tag's value.
        source: which database.
    """
    group = ", ".join(filter(None, (f"time({every})", _names((by,)) if by else "")))
    text = _select(f'{how}("{field}") AS "{field}"', measurement, where, f"{group} fill(none)")
    named = alias or (f"$tag_{by}" if by else "")
    return influxql(f"{text} tz('{ZONE}')", source, alias=named)


def by_time(hours: Query, days: Query, minutes: Query | None = None) -> tuple[Query, ...]:
    """Questions of which one finds rows: of a short time `minutes` where they are given, of a long one `days`."""
    if not minutes:
        return hours.only(f"< {_TO_DAYS}"), days.only(f"> {_TO_DAYS}")
    between = hours.only(f"> {_TO_HOURS}", f"< {_TO_DAYS}")
    return minutes.only(f"< {_TO_HOURS}"), between, days.only(f"> {_TO_DAYS}")


def drawn(
    field: str, domain: str, *, by: str, where: str, how: str = "mean", alias: str = "", every: str = "1m"
) -> tuple[Query, ...]:
    """A curve for each place of what devices have measured: by the minute, or in a longer time by the hour or day.

    Args:
        field: the quantity.
        domain: its measurement; those of its hours and days are `<domain>_1h` and `<domain>_1d`.
        by: as of `curve`.
        where: as of `curve`.
        how: mean, sum or max.
        alias: as of `curve`.
        every: the interval of a short time.
    """
    minutes = curve(field, domain, by=by, where=where, how=how, every=every, alias=alias)
    name = f"{field}_{_OF_SPAN[how]}"
    hours, days = (
        curve(name, f"{domain}_{span}", by=by, where=where, how=how, every=span, alias=alias, source=ROLLUPS)
        for span in ("1h", "1d")
    )
    return by_time(hours, days, minutes)


def sums(
    fields: Iterable[str], measurement: str, *, where: str = "", every: str = "$__interval", source: Source = ROWS
) -> Query:
    """A curve for each field, of the field's name: their sums in one question, since the rows are the same."""
    added = ", ".join(f'sum("{field}") AS "{field}"' for field in fields)
    text = _select(added, measurement, where, f"time({every}) fill(none)")
    return influxql(f"{text} tz('{ZONE}')", source, alias="$col")


def rows(
    measurement: str, *chosen: str, where: str = "", source: Source = ROWS, alias: str = "", by: str = ""
) -> Query:
    """Rows as they are, as a curve."""
    text = _select(", ".join(chosen), measurement, where, _names((by,)) if by else "")
    return influxql(text, source, alias=alias or (f"$tag_{by}" if by else ""))


def values(tag: str, measurement: str, where: str = "") -> str:
    """The values of a tag, for a variable."""
    return f'SHOW TAG VALUES FROM "{measurement}" WITH KEY = "{tag}" WHERE {_and(f"time > now() - {_SEEN}", where)}'


def chosen(*tags: str) -> str:
    """What a board's variables of the same names let through."""
    return _and(*(f'"{tag}" =~ /^${{{tag}:regex}}$/' for tag in tags))


def _select(what: str, measurement: str, where: str, group: str) -> str:
    grouped = f" GROUP BY {group}" if group else ""
    return f'SELECT {what} FROM "{measurement}" WHERE {_and("$timeFilter", where)}{grouped}'  # noqa: S608 -- names of ours


def _and(*conditions: str) -> str:
    return " AND ".join(filter(None, conditions))


def _names(tags: tuple[str, ...]) -> str:
    return ", ".join(f'"{tag}"' for tag in tags)
