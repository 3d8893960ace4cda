"""What a panel does with the rows that its questions gave: fewer, grouped, in order."""

from __future__ import annotations

from grafana_foundation_sdk.models import dashboard as md


def kept(than: tuple[str, float], comparison: str) -> md.DataTransformerConfig:
    """The rows whose field compares so with a value: `greaterOrEqual`, `lower`."""
    field, value = than
    matcher = {"id": comparison, "options": {"value": value}}
    return _change(
        "filterByValue",
        {"type": "include", "match": "all", "filters": [{"fieldName": field, "config": matcher}]},
    )


def grouped(field: str, by: str, how: str) -> md.DataTransformerConfig:
    """One row for each `by`: `how` of its values of the field."""
    counted = {"operation": "aggregate", "aggregations": [how]}
    return _change("groupBy", {"fields": {by: {"operation": "groupby", "aggregations": []}, field: counted}})


def sorted_by(field: str, *, descending: bool) -> md.DataTransformerConfig:
    """The rows in the order of a field."""
    return _change("sortBy", {"sort": [{"field": field, "desc": descending}]})


def _change(name: str, options: dict[str, object]) -> md.DataTransformerConfig:
    return md.DataTransformerConfig(id_val=name, options=options)
