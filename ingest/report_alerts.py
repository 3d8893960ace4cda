"""What `citylora status` says of alerts: as JSON whose keys are a contract, as lines for people, and as a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateways.rfc3339 import render

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ingest.delivery.overview import Overview
    from ingest.delivery.standing import Standing

LONG = 3_600_000_000_000
"""ns for which an endpoint may fail before somebody has to look: longer than a restart or an upgrade of it takes."""

WAITS: Mapping[str, str] = {
    "new": "due",
    "group": "for others of their site",
    "storm": "for the digest of a storm",
    "quiet": "for the end of quiet hours",
    "muted": "for the end of maintenance",
    "late": "until the backlog is read",
    "escalate": "to be escalated",
}
"""What it is that each `news.Why` waits for."""


def unhealthy(alerts: Overview | None, now: int, *, runs: bool) -> Iterator[str]:
    """Why somebody has to act, a line each.

    Args:
        alerts: how they stand; None where nothing is watched.
        now: ns UTC.
        runs: whether there is a worker that would send what waits.
    """
    if alerts is None:
        return
    for one in alerts.endpoints:
        waiting = f"{_messages(one.waiting)} {'waits' if one.waiting == 1 else 'wait'}"
        if one.state == "disabled":
            yield f"endpoint {one.endpoint} is disabled, and {waiting}: {one.cause} {_retry(one)}"
        elif one.state == "failing" and now - one.since >= LONG:
            yield f"endpoint {one.endpoint} has failed since {render(one.since)}, and {waiting}: {_cause(one)}"
        elif one.state == "unknown":
            yield f"{waiting} for endpoint {one.endpoint}, which is not configured {_drop(one)}"
    if alerts.waiting and not runs:
        count = _messages(alerts.waiting)
        yield f"no worker runs, and {count} to departments wait{'s' if alerts.waiting == 1 else ''}"


def as_json(alerts: Overview | None) -> dict[str, Any] | None:
    """All of it; null where nothing is watched. Times are RFC 3339 or null."""
    if alerts is None:
        return None
    return {
        "firing": dict(alerts.firing),
        "acknowledged": alerts.acknowledged,
        "untold": dict(alerts.untold),
        "waiting": alerts.waiting,
        "oldest_waiting": _time(alerts.oldest),
        "endpoints": {
            one.endpoint: {
                "state": one.state,
                "since": _time(one.since),
                "waiting": one.waiting,
                "oldest": _time(one.oldest),
                "failures": one.failures,
                "cause": one.cause,
            }
            for one in alerts.endpoints
        },
        "too_late": alerts.too_late,
        "failed_rules": dict(alerts.failed),
    }


def lines(found: dict[str, Any] | None) -> Sequence[tuple[str, str]]:
    """(name, value) for people, from `as_json`; of the endpoints those at which something is to be seen."""
    if found is None:
        return ()
    endpoints = found["endpoints"]
    well = sum(one["state"] == "ok" for one in endpoints.values())
    said = [("alerts", _firing(found)), ("outbox", f"{len(endpoints)} endpoints, {well} well, {_oldest(found)}")]
    said += [("endpoint", f"{name} {_standing(one)}") for name, one in endpoints.items() if _shows(one)]
    if found["failed_rules"]:
        rules = ", ".join(f"{rule} {count} times" for rule, count in found["failed_rules"].items())
        said.append(("rules", f"could not be worked out: {rules}"))
    return said


def _firing(found: dict[str, Any]) -> str:
    by_severity = {name: count for name, count in found["firing"].items() if count}
    parts = ", ".join(f"{count} {name}" for name, count in by_severity.items())
    fire = f"{sum(by_severity.values())} fire ({parts})" if parts else "none fires"
    acknowledged = f", {found['acknowledged']} acknowledged" if found["acknowledged"] else ""
    waits = ", ".join(f"{count} {WAITS.get(why, why)}" for why, count in found["untold"].items())
    late = f"; {found['too_late']} values came too late" if found["too_late"] else ""
    return f"{fire}{acknowledged}{'; still to be told: ' + waits if waits else ''}{late}"


def _oldest(found: dict[str, Any]) -> str:
    waiting, oldest = found["waiting"], found["oldest_waiting"]
    return (
        f"{_messages(waiting)} wait{'' if waiting != 1 else 's'}, the oldest since {oldest}" if oldest else "all sent"
    )


def _shows(one: dict[str, Any]) -> bool:
    return bool(one["state"] != "ok" or one["waiting"])


def _standing(one: dict[str, Any]) -> str:
    since = f" since {one['since']}" if one["since"] else ""
    waiting = f", {_messages(one['waiting'])} since {one['oldest']}" if one["waiting"] else ""
    return f"{one['state']}{since}{waiting}{': ' + one['cause'] if one['cause'] else ''}"


def _messages(count: int) -> str:
    return f"{count} message{'' if count == 1 else 's'}"


def _cause(one: Standing) -> str:
    return f"{one.cause or 'it does not answer'} (ask who runs it, or correct its table in [alerts])"


def _retry(one: Standing) -> str:
    return f"(ask who runs it, then `citylora outbox retry --endpoint {one.endpoint}`)"


def _drop(one: Standing) -> str:
    return f"(name it again, or `citylora outbox drop --endpoint {one.endpoint}`)"


def _time(moment: int) -> str | None:
    return render(moment) if moment else None
