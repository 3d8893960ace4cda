"""From the departments of the configuration to those that alerts know, and what fits to which rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from decoders.quantities import Label
from ingest.alerts import department as known
from ingest.alerts.compiling import ward_names
from ingest.alerts.plain import SECOND
from ingest.alerts.routing import matches
from ingest.alerts.rule import Rule, Severity, Where
from ingest.config.alerts import minutes
from ingest.config.errors import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.config.alerts import Department, Escalate, Quiet


def departments_of(
    written: Sequence[Department], rules: Sequence[Rule], faults: list[str], *, whole: bool
) -> tuple[known.Department, ...]:
    """The departments.

    Args:
        written: of the configuration.
        rules: that hold.
        faults: where what is wrong is added.
        whole: the rules are all there are, so that one that is named and not among them is a mistake.
    """
    ids = [one.id for one in written]
    found = [made for one in written if (made := _department(one, ids, faults)) is not None]
    if whole:
        faults += _unknown(found, rules, ids)
    return tuple(found)


def _department(written: Department, ids: Sequence[str], faults: list[str]) -> known.Department | None:
    origin = f'alerts.department "{written.id}"'
    escalate = written.escalate
    if escalate is not None and (escalate.to == written.id or escalate.to not in ids):
        others = [one for one in ids if one != written.id]
        remedy = suggestion(escalate.to, others) if others else "add that department, or take escalate out"
        faults.append(f'{origin} escalates to "{escalate.to}", which is no other department; {remedy}')
    endpoints = tuple(_endpoints(written))
    names = [one.name for one in endpoints]
    if twice := [one for place, one in enumerate(names) if one in names[:place]]:
        name = twice[0].partition("/")[2]
        faults.append(f'{origin} has two endpoints of one name ("{name}"); give each its own name')
    try:
        where = Where(wards=ward_names(written.wards), sites=frozenset(written.sites))
    except ValueError as exc:
        faults.append(f"{origin} {exc}")
        return None
    return known.Department(
        id=written.id,
        name=Label(written.name.vi, written.name.en),
        language=written.language,
        endpoints=endpoints,
        rules=written.rules,
        where=where,
        least=Severity[written.least.upper()],
        quiet=_quiet(written.quiet),
        escalation=_escalation(escalate),
        operators=written.operators,
    )


def _endpoints(written: Department) -> Iterator[known.Endpoint]:
    for channel in get_args(known.Channel):
        for one in getattr(written, channel, ()):
            yield known.Endpoint(f"{written.id}/{one.name}", channel)


def _quiet(written: Quiet | None) -> known.Quiet | None:
    if written is None:
        return None
    return known.Quiet(minutes(written.since), minutes(written.until), Severity[written.below.upper()])


def _escalation(written: Escalate | None) -> known.Escalation | None:
    if written is None:
        return None
    return known.Escalation(written.after * SECOND, written.to, Severity[written.least.upper()])


def _unknown(found: Sequence[known.Department], rules: Sequence[Rule], ids: Sequence[str]) -> Iterator[str]:
    """Names that nothing has."""
    there = [rule.id for rule in rules]
    for one in found:
        for name in one.rules:
            if name != "*" and not any(matches(rule, (name,)) for rule in there):
                remedy = suggestion(name, there) if there else "add packs or file under [alerts]"
                yield f'alerts.department "{one.id}" has rules with "{name}", which no rule is called; {remedy}'
    for rule in rules:
        for name in sorted(rule.departments - set(ids)):
            remedy = suggestion(name, ids) if ids else "add [[alerts.department]]"
            yield f'rule "{rule.id}" has departments with "{name}", which is none; {remedy}'
