"""docs/places.md, done as it says: every command runs, and what it shows is what came."""

from __future__ import annotations

import subprocess
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gateways.rfc3339 import parse, render
from gateways.simulator.publish import publish
from tests.e2e.harness import CITYLORA, Site, Worker, until
from tests.e2e.page import Shift, Step, aligned, differs, steps
from tests.e2e.test_places import command
from tests.e2e.traffic import HOST, SECOND
from tests.fakes.uplinks import messages, uplink

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.uplink import Event
    from tests.servers import Database, Mosquitto

PAGE = (Path(__file__).parents[2] / "docs" / "places.md").read_text("utf-8")
DEVICE = "a81758fffe0312ab"
HEIGHT = 7.42  # m

CITY = timedelta(hours=7)
SHIFT = Shift(date(2026, 11, 20), (datetime.now(UTC) + CITY).date() - timedelta(days=2))

FLOOD = ((0.0, 0.6), (6.0, 0.6), (15.0, 2.7), (24.0, 1.5))
"""Hours of the day, and the level in m then; straight lines between them."""

DRIFT_WOOD = (8.0, 11.5, 0.7)
BOAT = 17.25
BOAT_AT = 1500  # mm


def section(number: int) -> str:
    """A numbered part of the page."""
    return PAGE.partition(f"\n## {number}. ")[2].partition("\n## ")[0]


def level(hour: float) -> float:
    """The river."""
    for (since, low), (until_, high) in pairwise(FLOOD):
        if since <= hour <= until_:
            return low + (high - low) * (hour - since) / (until_ - since)
    return FLOOD[-1][1]


def shown(hour: float) -> int:
    """The distance that the sensor gives, mm."""
    since, end, more = DRIFT_WOOD
    seen = level(hour) + (more if since <= hour < end else 0.0)
    return BOAT_AT if hour == BOAT else round(1000 * (HEIGHT - seen))


def day() -> Iterator[Event]:
    """A day of the sensor, a value each quarter of an hour."""
    midnight = parse(f"{SHIFT.real}T00:00:00+07:00")
    for number in range(97):
        hour = number / 4
        yield uplink(
            number, f"0e{shown(hour):04x}070e2e", at=midnight + round(hour * 3600) * SECOND, dev_eui=DEVICE, f_port=5,
            deviceInfo={"devEui": DEVICE, "tags": {"model": "elsys/elt-ultrasonic"}},
        )  # fmt: skip


def spoken(site: Site, step: Step) -> list[str]:
    """The lines that a command prints."""
    arguments = [SHIFT.run(one) for one in step.command]
    done = subprocess.run(
        [CITYLORA, *arguments, "-c", site.config()], capture_output=True, check=False, text=True, cwd=site.folder
    )
    assert done.returncode == 0, (arguments, done.stderr)
    if step.into:
        (site.folder / step.into).write_text(done.stdout, "utf-8")
    return SHIFT.shown(done.stdout).splitlines()


def asked(database: Database, query: str) -> list[str]:
    """The result of a query of Grafana's, of the crest of the flood."""
    span = f"time >= '{SHIFT.real}T06:00:00Z' AND time < '{SHIFT.real}T11:00:00Z'"
    name = f"{database.name}_rollup" if "_1h" in query else database.name
    rows = database.server.rows(query.replace("$timeFilter", span).replace("$__interval", "1h"), name)
    columns = list(rows[0])
    cells = [[render(row["time"]), *(_rounded(row[name]) for name in columns[1:])] for row in rows]
    return [SHIFT.shown(line) for line in aligned(columns, cells)]


def _rounded(value: object) -> object:
    return round(value, 3) if isinstance(value, float) else value


def test_from_an_empty_registry_to_a_level_curve(mosquitto: Mosquitto, database: Database, tmp_path: Path) -> None:
    site, wrong, published = Site(tmp_path, mosquitto.port, database), [], False
    try:
        with site.worker() as worker:
            worker.until_subscribed()
            for step in steps(section(1)):
                if step.command[:1] == ("readings",) and not published:
                    published = _publish(site, worker)
                    _until_rolled_up(site, database)
                if step.command[:2] == ("quality", "report"):
                    until(lambda: _honoured(site), "the hours are made anew", 90.0)
                found = asked(database, step.query) if step.query else spoken(site, step)
                if step.expected is not None:
                    wrong += [
                        f"{step.command or step.query}\n{more}" for more in [differs(step.expected, found)] if more
                    ]
            command(site, "quality", "restore", "1", "--reason", "a trial")
            until(lambda: _honoured(site), "the values count again", 90.0)
            worker.finish()
    finally:
        database.server.query(f'DROP DATABASE "{database.name}_rollup"')
    assert not wrong, "\n\n".join(["docs/places.md should show", *wrong])


def _publish(site: Site, worker: Worker) -> bool:
    """The whole day at once."""
    events = list(day())
    assert publish(HOST, site.port, messages(events)) == len(events)
    site.settle(len(events))
    worker.ask("places")  # hours that were closed before all of it had come are made again at once, and not in a minute
    return True


def _until_rolled_up(site: Site, database: Database) -> None:
    """All hours of the day are closed, and are in both sinks."""

    def there() -> bool:
        hours = command(site, "readings", "--rollup", "hour", "--quantity", "water_level")
        counts = [row["value"] for row in hours if row["quantity"] == "water_level_count"]
        known = {row["name"] for row in database.rows("SHOW DATABASES")}
        if (name := f"{database.name}_rollup") not in known:
            return False
        rows = database.server.rows('SELECT "water_level_count" FROM "water_1h"', name)
        return [sum(counts), sum(row["water_level_count"] for row in rows)] == [96, 96]  # all but the boat's

    until(there, "the hours are made", 90.0)


def _honoured(site: Site) -> bool:
    """What is declared invalid is counted as such, and nothing else."""
    declared = [one for one in command(site, "quality", "list") if one["holds"]]
    found = command(site, "quality", "report", "--since", f"{SHIFT.real}")["sites"][0]
    return bool(found["invalid"]) is bool(declared)


@pytest.mark.parametrize("number", [3])
def test_what_the_page_says_of_sheets_and_of_a_gis(number: int, tmp_path: Path) -> None:
    (tmp_path / "devices.csv").write_text(f"dev_eui,model,site,ward\n{DEVICE},elsys/ems,cau-cam-le,Cẩm Lệ\n", "utf-8")
    site = Site(tmp_path, 1883, None)
    done = [(step.command, spoken(site, step)) for step in steps(section(number))]
    assert [said[:2] for said, _ in done] == [("site", "import")] * 2 + [("site", "export"), ("site", "import")]
    assert done[1][1] == ["1 sites made, 0 changed, 1 devices made, 0 changed"]
    assert done[3][1] == ["0 sites made, 0 changed, 0 devices made, 0 changed"]
