"""What `citylora quality` prints: a survey of the sites, and what was declared invalid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ingest.cli.options import table
from ingest.cli.places import rendered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.registry.invalid import Invalid
    from ingest.rollup.survey import Survey
    from ingest.rollup.trust import Trust

SHOWN = 20
"""Rows of each table."""

REMEDIES = {
    "implausible": "the sensor gives what its place cannot have: look at its mounting and cable, its height and "
    "calibration (citylora site show SITE); or say in [quality.sites] what is plausible there",
    "spike": "something passes its beam, or a plug is loose: look at the place",
    "stuck": "it gives the very same value for hours: clean, free or restart it",
    "late": "it stamps its values itself, and its clock is wrong: set the device's time",
    "clock": "the clock of the gateway that heard it is wrong: give it NTP or GPS; citylora status has the incidents",
    "gap": "frames are missing, so nobody knows when it fell: citylora gaps --site SITE",
    "input": "it follows from a value that is doubtful itself: mend that one",
    "drift": "it differs from its neighbours for days: clean or calibrate it, then citylora site set SITE --calibrate "
    "QUANTITY --offset X --from TIME",
}
"""What to do about each cause of doubt."""

SILENT = "nothing came from it: citylora gaps --site SITE, and look at its battery and gateway"


def as_json(found: Survey) -> dict[str, Any]:
    """All of it for a script."""
    return {
        "since": rendered(found.since),
        "until": rendered(found.until),
        "sites": [_site_as_json(one, found) for one in found.sites],
    }


def print_survey(found: Survey) -> None:
    """The worst sites, what is doubtful there, and what to do about it."""
    from ingest.rollup.survey import causes  # noqa: PLC0415  (after the configuration is known to be good)

    count = "1 site" if len(found.sites) == 1 else f"{len(found.sites):,} sites, the worst first"
    click.echo(f"{rendered(found.since)} to {rendered(found.until)}, {count}\n")
    table(
        ("SITE", "WARD", "VALUES", "GOOD", "DOUBTFUL", "INVALID", "COVERAGE", "LAST"),
        [
            (one.site, one.ward, one.values, _percent(one.share), one.doubtful, sum(one.invalid.values()),
             _percent(one.covered), rendered(one.newest) if one.newest else "never")
            for one in found.sites[:SHOWN]
        ],
    )  # fmt: skip
    _more(len(found.sites), "sites")
    doubtful = [(site, quantity, _word(cause), count) for site, quantity, cause, count in causes(found.sites)]
    if doubtful:
        click.echo()
        table(
            ("DOUBTFUL AT", "QUANTITY", "CAUSE", "VALUES", "DEVICES"),
            [(*row, _devices(found, row[0])) for row in doubtful[:SHOWN]],
        )
        _more(len(doubtful), "rows")
    _print_drift(found.sites)
    _print_remedies({word for _, _, word, _ in doubtful}, found.sites)


def _print_drift(sites: Sequence[Trust]) -> None:
    """What differs from its neighbours, the newest first."""
    drifts = sorted((-start, one.site, quantity) for one in sites for quantity, start in one.drift.items())
    if drifts:
        click.echo()
        rows = [(site, quantity, rendered(-start)) for start, site, quantity in drifts]
        table(("DRIFTS AT", "QUANTITY", "LAST DAY SINCE"), rows[:SHOWN])
        _more(len(rows), "rows")


def _print_remedies(words: set[str], sites: Sequence[Trust]) -> None:
    said = [(word, REMEDIES[word]) for word in REMEDIES if word in words]
    if any(not one.values for one in sites):
        said.append(("silent", SILENT))
    if any(one.invalid for one in sites):
        said.append(("invalid", "citylora quality list says who declared it, and why"))
    if said:
        click.echo()
    for word, remedy in said:
        click.echo(f"{word + ':':<12} {remedy}")


def _more(count: int, what: str) -> None:
    if count > SHOWN:
        click.echo(f"{count - SHOWN} more {what}; --json has all, --site and --ward choose", err=True)


def _site_as_json(one: Trust, found: Survey) -> dict[str, Any]:
    quantities = sorted({*one.coverage, *one.good})
    return {
        "site": one.site,
        "ward": one.ward,
        "values": one.values,
        "good": sum(one.good.values()),
        "good_share": one.share,
        "doubtful": [
            {"quantity": quantity, "cause": _word(cause), "values": count}
            for (quantity, cause), count in sorted(one.doubts.items())
        ],
        "invalid": [{"quantity": quantity, "values": count} for quantity, count in sorted(one.invalid.items())],
        "coverage": one.covered,
        "quantities": {
            name: {"good": one.good.get(name, 0), "coverage": one.coverage.get(name, 0.0)} for name in quantities
        },
        "drift": [{"quantity": name, "day": rendered(start)} for name, start in sorted(one.drift.items())],
        "hours": one.hours,
        "last": rendered(one.newest) if one.newest else None,
        "devices": [each.dev_eui for each in found.devices.get(one.site, ())],
    }


def _word(cause: int) -> str:
    from ingest.derive.cause import Cause  # noqa: PLC0415

    try:
        return Cause(cause).word
    except ValueError:  # of a newer citylora
        return f"cause {cause}"


def _percent(part: float | None) -> str:
    """Rounded down: 100 % means all of it."""
    return "" if part is None else f"{int(part * 1000 + 1e-9) / 10:.1f} %"


def _devices(found: Survey, site: str) -> str:
    return ", ".join(dict.fromkeys(one.dev_eui for one in found.devices.get(site, ())))


def said_of(one: Invalid) -> str:
    """A declaration in one line."""
    of = f"{one.quantity or 'everything'} of {one.site}"
    span = f"from {rendered(one.since) or 'ever'} until {rendered(one.until) or 'it is restored'}"
    if one.restored is None:
        return f"{one.id}: {of} is invalid {span}: {one.reason} ({one.by})"
    again = f"counts again since {rendered(one.restored.since)}" if one.counts else "counts again"
    return f"{one.id}: {of} {again}: {one.restored.reason} ({one.restored.by}); it was invalid {span}: {one.reason}"


def print_invalid(found: Sequence[Invalid]) -> None:
    """What was declared, in a table."""
    table(
        ("ID", "SITE", "QUANTITY", "FROM", "UNTIL", "REASON", "BY", "RESTORED"),
        [
            (one.id, one.site, one.quantity or "all", rendered(one.since) or "ever", rendered(one.until) or "",
             one.reason, one.by, _restored(one))
            for one in found
        ],
    )  # fmt: skip


def _restored(one: Invalid) -> str:
    if one.restored is None:
        return ""
    since = rendered(one.restored.since) if one.counts else "all of it"
    return f"{since}: {one.restored.reason} ({one.restored.by})"


def invalid_as_json(one: Invalid) -> dict[str, Any]:
    """A declaration for a script; null where there is no bound."""
    back = one.restored
    return {
        "id": one.id, "site": one.site, "quantity": one.quantity or None, "from": rendered(one.since),
        "until": rendered(one.until), "reason": one.reason, "by": one.by, "at": rendered(one.at), "holds": one.counts,
        "restored": back and {
            "from": rendered(back.since), "reason": back.reason, "by": back.by, "at": rendered(back.at),
        },
    }  # fmt: skip
