"""`citylora replay` of real processes: after it both sinks hold what a fresh ingest would have written."""

from __future__ import annotations

import json
import signal
import subprocess
from typing import TYPE_CHECKING

from tests.bench.replay import Proof, prove
from tests.e2e.harness import CITYLORA, Site, until
from tests.e2e.traffic import Traffic

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Database, Mosquitto

BEFORE, AFTER = 1000, 500
MEASUREMENTS = ("environment", "traffic", "water", "device", "radio")


def test_after_a_changed_decoder_every_row_is_as_after_a_fresh_ingest(tmp_path: Path, database: Database) -> None:
    figures = prove(Proof(tmp_path / "proof", database.server, 20_000, 300))
    assert figures["rows_of_a_sink"] > 60_000
    assert figures["rows_written"] > 1_000


def test_while_the_worker_goes_on_rows_are_moved_to_the_site_that_was_mended(
    mosquitto: Mosquitto, database: Database, tmp_path: Path
) -> None:
    sheet = tmp_path / "devices.csv"
    site = Site(tmp_path, mosquitto.port, database, extra=f'[devices]\nfile = "{sheet}"')
    traffic = Traffic(mosquitto.port)
    hang(sheet, traffic, "wrong-bridge")
    with site.worker() as worker:
        worker.until_subscribed()
        traffic.publish(BEFORE)
        site.settle(BEFORE)
        assert sites(database) == {"wrong-bridge"}
        hang(sheet, traffic, "dragon-bridge")
        worker.send(signal.SIGHUP)
        with traffic.flowing(200):
            until(lambda: "dragon-bridge" in sites(database), "the worker has read the sheet")
            report = replay(site)
        site.settle(len(traffic.published))
        worker.finish()
    for sink in site.sinks:
        assert report["consumers"][sink]["events"] >= BEFORE
        assert report["consumers"][sink]["written"] >= BEFORE
    assert sites(database) == {"dragon-bridge"}
    assert {line.split(",")[1] for line in readings(site)[1:]} == {"dragon-bridge"}
    site.account(traffic)


def hang(sheet: Path, traffic: Traffic, site: str) -> None:
    """Every device hangs at one site."""
    rows = "".join(f"{device.dev_eui},{site}\n" for device in traffic.devices)
    sheet.write_text(f"dev_eui,site\n{rows}")


def sites(database: Database) -> set[str]:
    """Where rows are said to be from."""
    return {
        str(row["site"])
        for measurement in MEASUREMENTS
        for row in database.rows(f'SELECT * FROM "{measurement}" GROUP BY site ORDER BY time DESC LIMIT 1')  # noqa: S608
    }


def readings(site: Site) -> list[str]:
    """What `citylora readings --csv` prints."""
    done = subprocess.run([CITYLORA, "readings", "--csv", "-c", site.config()], capture_output=True, check=True)
    return done.stdout.decode().splitlines()


def replay(site: Site) -> dict[str, dict[str, dict[str, int]]]:
    """Have the worker do it; its report."""
    done = subprocess.run([CITYLORA, "replay", "--json", "-c", site.config()], capture_output=True, check=False)
    assert done.returncode == 0, done
    report: dict[str, dict[str, dict[str, int]]] = json.loads(done.stdout)
    return report
