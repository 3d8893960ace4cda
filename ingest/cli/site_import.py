"""`citylora site import`: GeoJSON or devices.csv into the registry, all of it or nothing."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import click

from ingest import device_sheet
from ingest.cli.boundary import FAILED
from ingest.cli.options import emit, fail, say
from ingest.cli.places import Done, edit, hint_replay
from ingest.device_sheet import Problem
from ingest.errors import CityloraError
from ingest.registry import describe, geojson, sheet
from ingest.registry.sheet import Imported

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.config import Settings
    from ingest.registry.file import Change
    from ingest.registry.site import Registry


class Asked(NamedTuple):
    """What is to be imported.

    Attributes:
        content: of the file.
        name: of the file.
        since: ns UTC from which on devices are at their sites.
    """

    content: bytes
    name: str
    since: int
    dry: bool
    as_json: bool


class _Unusable(Exception):  # noqa: N818  (never leaves this module)
    """Something cannot be used: nothing is written."""


def run(settings: Settings, asked: Asked) -> int:
    """Import; the exit code.

    Raises:
        CityloraError: it is neither GeoJSON nor a devices.csv.
    """
    try:
        text = asked.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise fail(f"{asked.name}: is not UTF-8", 'save it as "CSV UTF-8 (comma delimited)"') from None
    features = geojson.parse(text) if text.lstrip().startswith(("{", "[")) else None
    rows = device_sheet.parse(text) if features is None else None
    found: list[Imported] = []

    def change(registry: Registry) -> Registry:
        found.append(sheet.taken(rows, registry, asked.since) if rows else _features(features or [], registry))
        if found[-1].problems:
            raise _Unusable
        return found[-1].registry

    done: Done | None = None
    with suppress(_Unusable):
        done = edit(settings, "site import", change, dry=asked.dry)
    return _say(settings, asked, found[-1], done, "line" if rows else "feature")


def _features(features: Sequence[object], registry: Registry) -> Imported:
    """The registry with the sites of a GeoJSON file; features are numbered from 1."""
    problems, remarks, sites = list[Problem](), list[Problem](), dict(registry.sites)
    seen: set[str] = set()
    for number, feature in enumerate(features, 1):
        try:
            site = geojson.taken(feature, sites)
        except CityloraError as error:
            problems.append(Problem(number, str(error), error.hint))
            continue
        if site.id in seen:
            problems.append(Problem(number, f"{site.id} is in the file twice", "keep one of them"))
        seen.add(site.id)
        sites[site.id] = site
        remarks += [Problem(number, doubt, "correct the position or the ward") for doubt in describe.doubts(site)]
    return Imported(registry._replace(sites=sites), tuple(problems), tuple(remarks))


def _say(settings: Settings, asked: Asked, found: Imported, done: Done | None, place: str) -> int:
    changes = done.changes if done else []
    devices = [one for one in changes if one.of_device]
    sites = [one for one in changes if not one.of_device]
    code = done.code if done else FAILED
    if asked.as_json:
        emit({
            "sites": _counts(sites), "devices": _counts(devices), "dry_run": asked.dry,
            "worker": done.worker if done else "none",
            "errors": [_problem(one, place) for one in found.problems],
            "warnings": [_problem(one, place) for one in found.remarks],
        })  # fmt: skip
        return code
    for kind, problems in (("warning", found.remarks), ("error", found.problems)):
        for one in problems:
            say(f"{kind}: {asked.name}, {place} {one.line}: {one.message}; {one.hint}".rstrip("; "))
    if done is None:
        say("nothing was written")
        return code
    said = ", ".join(
        f"{count['added']} {word} made, {count['changed']} changed"
        for word, count in (("sites", _counts(sites)), ("devices", _counts(devices)))
    )
    click.echo(f"{'would be: ' if asked.dry else ''}{said}")
    if devices and not asked.dry:
        hint_replay(settings, asked.since)
    return code


def _counts(changes: list[Change]) -> dict[str, int]:
    added = sum(not one.before for one in changes)
    return {"added": added, "changed": len(changes) - added}


def _problem(one: Problem, place: str) -> dict[str, object]:
    return {place: one.line, "message": one.message, "hint": one.hint}
