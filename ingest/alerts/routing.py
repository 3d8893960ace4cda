"""Who is told of an alert: by what a department has asked for, or because the rule names it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ingest.alerts.alert import Change
    from ingest.alerts.department import Department
    from ingest.alerts.rule import Rule, Scope, Where

EVERY = "*"
_ALL_OF_PACK = "/*"


class Book(NamedTuple):
    """Who there is, and what is watched.

    Attributes:
        departments: by id, in the order of the configuration.
        rules: by id.
    """

    departments: Mapping[str, Department]
    rules: Mapping[str, Rule]

    @classmethod
    def of(cls, departments: Iterable[Department], rules: Iterable[Rule]) -> Book:
        """The book of these."""
        return cls({one.id: one for one in departments}, {one.id: one for one in rules})


def pack_of(rule: str) -> str:
    """The pack of a rule's id; "" of a rule of the city's own."""
    return rule.rpartition("/")[0]


def matches(rule: str, patterns: Iterable[str]) -> bool:
    """Whether a rule's id is among some that are named: by id, all of a pack as `pack/*`, or every one as `*`."""
    found = frozenset(patterns)
    return not found.isdisjoint((EVERY, rule, pack_of(rule) + _ALL_OF_PACK))


def routed(change: Change, rule: Rule | None, departments: Iterable[Department]) -> Sequence[Department]:
    """The departments that are told of an alert, each once.

    One that the rule itself names is told, whatever it has chosen. One that has no endpoint cannot be told.

    Args:
        change: the alert begins or ends.
        rule: None where there is no such rule any more.
        departments: that there are.
    """
    named = frozenset[str]() if rule is None else rule.departments
    return [one for one in departments if one.endpoints and (one.id in named or _wants(one, change))]


def _wants(department: Department, change: Change) -> bool:
    return (
        change.severity >= department.least
        and matches(change.rule, department.rules)
        and _lies_in(change.scope, department.where)
    )


def _lies_in(scope: Scope, where: Where) -> bool:
    """Whether a scope is at one of the places; what is at no place is at none of those that are named."""
    wards = {scope.ward, scope.id} if scope.kind == "ward" else {scope.ward}
    in_ward = not where.wards or not where.wards.isdisjoint(wards - {""})
    return in_ward and (not where.sites or scope.site in where.sites)
