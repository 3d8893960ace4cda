"""What the queries of a panel give, in the two shapes that panels draw: rows with columns, and series over time."""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Row: TypeAlias = dict[str, Any]
Panel: TypeAlias = dict[str, Any]

_SECOND = 1_000_000_000
_TAG = re.compile(r"\$tag_(\w+)")
_LABEL = re.compile(r"\{\{(\w+)\}\}")


class Series(NamedTuple):
    """A curve.

    Attributes:
        name: in the legend.
        points: s UTC and value.
    """

    name: str
    points: list[tuple[float, float]]


def rows(answer: Iterable[Row], panel: Panel) -> list[Row]:
    """Rows of a table with their tags, as the panel's transformations leave them.

    Args:
        answer: series of InfluxDB.
        panel: with `transformations`.
    """
    found = [
        {**one.get("tags", {}), **{_title(column): value for column, value in zip(one["columns"], row, strict=True)}}
        for one in answer
        for row in one["values"]
    ]
    for change in panel.get("transformations", ()):
        found = _CHANGES[change["id"]](found, change["options"])
    return found


def of_influx(answer: Iterable[Row], alias: str) -> list[Series]:
    """Curves of InfluxDB: one for each series and column."""
    found = []
    for one in answer:
        for place, column in enumerate(one["columns"]):
            points = [(row[0] / _SECOND, float(row[place])) for row in one["values"] if _number(row[place])]
            if column != "time" and points:
                found.append(Series(_named(alias or column, one.get("tags", {}), column), points))
    return found


def of_prometheus(answer: Iterable[Row], legend: str) -> list[Series]:
    """Curves of Prometheus."""
    found = []
    for one in answer:
        pairs = one.get("values") or [one["value"]]
        name = _LABEL.sub(lambda label, of=one["metric"]: of.get(label[1], ""), legend)  # type: ignore[misc]
        found.append(Series(name or "value", [(float(at), float(value)) for at, value in pairs if value != "NaN"]))
    return found


def reduced(values: Sequence[float], how: str) -> float | None:
    """One of many."""
    if not values:
        return None
    if how == "mean":
        return sum(values) / len(values)
    return max(values) if how == "max" else min(values) if how == "min" else values[-1]


def _named(alias: str, tags: dict[str, str], column: str) -> str:
    return _TAG.sub(lambda tag: tags.get(tag[1], ""), alias).replace("$col", column)


def _title(column: str) -> str:
    return "Time" if column == "time" else column


def _number(value: object) -> bool:
    return isinstance(value, int | float)


_COMPARISONS = {"greaterOrEqual": operator.ge, "lower": operator.lt}


def _kept(found: list[Row], options: Row) -> list[Row]:
    for one in options["filters"]:
        field, value = one["fieldName"], one["config"]["options"]["value"]
        compare = _COMPARISONS[one["config"]["id"]]
        found = [row for row in found if _number(row.get(field)) and compare(row[field], value)]
    return found


def _sorted(found: list[Row], options: Row) -> list[Row]:
    (by,) = options["sort"]
    none = float("-inf")
    return sorted(found, key=lambda row: none if row.get(by["field"]) is None else row[by["field"]], reverse=by["desc"])


def _grouped(found: list[Row], options: Row) -> list[Row]:
    (by,) = (name for name, how in options["fields"].items() if how["operation"] == "groupby")
    ((field, how),) = ((name, how) for name, how in options["fields"].items() if how["operation"] == "aggregate")
    (one,) = how["aggregations"]
    groups: dict[str, list[float]] = {}
    for row in found:
        groups.setdefault(row[by], []).append(row[field])
    return [{by: name, f"{field} ({one})": reduced(values, one)} for name, values in groups.items()]


_CHANGES = {"filterByValue": _kept, "sortBy": _sorted, "groupBy": _grouped}
