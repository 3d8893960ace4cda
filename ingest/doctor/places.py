"""What the registry knows of the places, beside the configuration: how much there is, and whether it can be read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ingest import device_sheet
from ingest.doctor.finding import Finding
from ingest.errors import CityloraError
from ingest.i18n import said
from ingest.registry import file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.config import Settings


def places(settings: Settings) -> dict[str, int] | None:
    """How many sites there are, devices at them now, and devices of devices.csv that the registry has never placed.

    None where it cannot be read; `place_remarks` says why.
    """
    try:
        registry = file.read(settings.data_dir)
        sheet = device_sheet.read(settings.devices.file) if settings.devices.file else device_sheet.Sheet()
    except CityloraError:
        return None
    now = time.time_ns()
    return {
        "sites": len(registry.sites),
        "placed": sum(any(one.since <= now < one.until for one in own) for own in registry.placements.values()),
        "not_placed": sum(one.dev_eui not in registry.placements for one in sheet.devices),
    }


def place_remarks(settings: Settings) -> Iterator[Finding]:
    """What keeps the places from being known."""
    try:
        file.read(settings.data_dir)
    except CityloraError as error:
        yield Finding("places", "registry.db", "fail", *error.texts)
    try:
        sheet = device_sheet.read(settings.devices.file) if settings.devices.file else device_sheet.Sheet()
    except CityloraError as error:
        yield Finding("devices", "devices.csv", "fail", *error.texts)
    else:
        for one in sheet.problems[:1]:
            key = "doctor_plan.sheet_lines" if len(sheet.problems) > 1 else "doctor_plan.sheet_line"
            observed = said(key, line=one.line, message=one.message, more=len(sheet.problems) - 1)
            yield Finding("devices", "devices.csv", "warn", observed, one.hint)
