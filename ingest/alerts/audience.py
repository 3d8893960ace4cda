"""Who may ever be told of a rule, and what cannot be meant: rules for nobody, departments with nothing. Pure.

Of an alert itself `routing` decides, by where it is; here nothing has happened yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ingest.alerts import rule as rules
from ingest.alerts.routing import matches, pack_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from ingest.alerts.department import Department
    from ingest.alerts.rule import Rule
    from ingest.alerts.rulebook import Rulebook

_PLACELESS = (rules.Health, rules.GatewaySilence)
"""Signals that are of no place: who asked for places is not told."""


class Finding(NamedTuple):
    """Something that somebody should look at.

    Attributes:
        subject: `rule flood/bd2`, `department thoat-nuoc`.
    """

    subject: str
    problem: str
    remedy: str


def audience(rule: Rule, departments: Sequence[Department]) -> list[Department]:
    """The departments that are told of a rule's alerts, of all places or of some."""
    return [one for one in departments if one.endpoints and (one.id in rule.departments or _wants(one, rule))]


def look(book: Rulebook, sites: Collection[str] = ()) -> Iterator[Finding]:
    """What cannot be meant.

    Args:
        book: rules and departments.
        sites: those that the registry knows; none: nothing is said of sites.
    """
    yield from _untold(book)
    for rule in book.rules:
        if sites and (strange := _sites(rule) - frozenset(sites)):
            yield _strange(f"rule {rule.id}", strange)
    for one in book.departments:
        yield from _about(one, book)
        if sites and (strange := one.where.sites - frozenset(sites)):
            yield _strange(f"department {one.id}", strange)


def _untold(book: Rulebook) -> Iterator[Finding]:
    """Rules that nobody is told of; a whole pack is said once."""
    untold = [rule for rule in book.rules if not audience(rule, book.departments)]
    packs = (
        {pack_of(rule.id) for rule in untold} - {pack_of(rule.id) for rule in book.rules if rule not in untold} - {""}
    )
    for pack in sorted(packs):
        rules = [rule for rule in untold if pack_of(rule.id) == pack]
        yield Finding(f"rules {pack}/*", "nobody is told of them", _for_whom(rules[0], f"{pack}/*", book))
    for rule in untold:
        if pack_of(rule.id) not in packs:
            yield Finding(f"rule {rule.id}", "nobody is told of it", _for_whom(rule, rule.id, book))


def _about(one: Department, book: Rulebook) -> Iterator[Finding]:
    subject = f"department {one.id}"
    if not one.endpoints:
        yield Finding(subject, "it has no endpoint", f"add [[alerts.department.webhook]] or another under {one.id}")
    elif not one.operators and not any(one in audience(rule, book.departments) for rule in book.rules):
        escalated = any(other.escalation is not None and other.escalation.to == one.id for other in book.departments)
        if not escalated:
            yield Finding(subject, "it gets nothing", 'write what it gets: rules = ["flood/*"], or "*" for all')


def _for_whom(rule: Rule, name: str, book: Rulebook) -> str:
    named = [one.id for one in book.departments if one.id in rule.departments or matches(rule.id, one.rules)]
    if any(one.endpoints for one in book.departments if one.id in named):
        return f"{', '.join(named)} would be, but for its places or its least severity"
    if named:
        return f"give {', '.join(named)} an endpoint"
    return f'add "{name}" to the rules of a department, or switch it off'


def _wants(one: Department, rule: Rule) -> bool:
    return rule.severity >= one.least and matches(rule.id, one.rules) and _meets(one, rule)


def _meets(one: Department, rule: Rule) -> bool:
    """Whether the rule can fire at one of the department's places."""
    if isinstance(rule.signal, _PLACELESS):
        return not one.where.wards and not one.where.sites
    sites = _sites(rule)
    in_sites = not (one.where.sites and sites) or not one.where.sites.isdisjoint(sites)
    return in_sites and (not (one.where.wards and rule.where.wards) or not one.where.wards.isdisjoint(rule.where.wards))


def _sites(rule: Rule) -> frozenset[str]:
    """The sites that a rule names."""
    other = {rule.signal.site, rule.signal.minus} if isinstance(rule.signal, rules.Difference) else set()
    return rule.where.sites | other


def _strange(subject: str, sites: Collection[str]) -> Finding:
    return Finding(
        subject, f"there is no site {', '.join(sorted(sites))}", "`citylora site list` has those that there are"
    )
