"""The registry while a worker runs: the next uplink has the new site, and a replay finds nothing else to say."""

from __future__ import annotations

import json
import subprocess
import time
from typing import TYPE_CHECKING, Any

from gateways.rfc3339 import parse
from ingest.data_dir import REGISTRY
from tests.e2e.harness import CITYLORA, Site, until
from tests.e2e.traffic import SECOND, Traffic

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Mosquitto


def command(site: Site, *arguments: str, code: int = 0) -> Any:
    """What a command of another process says as JSON."""
    done = subprocess.run([CITYLORA, *arguments, "--json", "-c", site.config()], capture_output=True, check=False)
    assert done.returncode == code, done
    return json.loads(done.stdout)


def sites(site: Site, dev_eui: str) -> list[str]:
    """Where a device's readings are said to be from, by time."""
    found = command(site, "readings", "--device", dev_eui, "--limit", "100000")
    return [name for _, name in sorted({(row["at"], row["site"]) for row in found})]


def test_a_device_that_is_placed_and_replaced_while_the_worker_runs(mosquitto: Mosquitto, tmp_path: Path) -> None:
    site = Site(tmp_path, mosquitto.port, None)
    traffic = Traffic(mosquitto.port, devices=10)
    one, other = traffic.devices[:2]
    with site.worker() as worker:
        worker.until_subscribed()
        traffic.round()
        site.settle(10)
        assert set(sites(site, one.dev_eui)) == {one.site}
        made = command(site, "site", "add", "cau-cam-le", "--lat", "16.0123", "--lon", "108.2031")
        assert made["worker"] == "read"
        assert command(site, "device", "place", one.dev_eui, "--site", "cau-cam-le")["worker"] == "read"
        _until_it_counts(site, traffic)
        traffic.round()
        site.settle(20)
        assert set(sites(site, one.dev_eui)) == {one.site, "cau-cam-le"}
        assert sites(site, one.dev_eui)[-1] == "cau-cam-le"
        command(site, "device", "replace", one.dev_eui, other.dev_eui, "--site", "cau-cam-le")
        _until_it_counts(site, traffic)
        traffic.round()
        site.settle(30)
        assert sites(site, one.dev_eui)[-1] == "unassigned"
        assert sites(site, other.dev_eui)[-1] == "cau-cam-le"
        report = command(site, "replay")["consumers"]["store"]
        assert (report["written"], report["fields"]) == (0, [])  # live was right
        worker.finish()
    site.account(traffic)


def test_a_registry_that_cannot_be_read_changes_nothing_and_the_command_says_so(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    site = Site(tmp_path, mosquitto.port, None)
    traffic = Traffic(mosquitto.port, devices=10)
    with site.worker() as worker:
        worker.until_subscribed()
        command(site, "site", "add", "here")
        command(site, "device", "place", traffic.devices[0].dev_eui, "--site", "here", "--from", "ever")
        for path in site.data.glob(f"{REGISTRY}-*"):
            path.unlink()
        (site.data / REGISTRY).write_bytes(b"damaged" * 1000)
        assert command(site, "site", "add", "there", code=4)["error"]["kind"] == "data_dir"
        traffic.round()
        site.settle(10)
        assert set(sites(site, traffic.devices[0].dev_eui)) == {"here"}
        (site.data / REGISTRY).unlink()
        worker.finish()
    site.account(traffic)


def _until_it_counts(site: Site, traffic: Traffic) -> None:
    """Wait for the last moment from which on something holds; the network server's clock goes on with ours."""
    times = [one["from"] for one in command(site, "device", "list", "--all")]
    last = max(parse(one) for one in times if one)
    until(lambda: time.time_ns() > last, "the time has come", 5.0)
    traffic.behind = -((time.time_ns() - traffic._began) // SECOND + 1)
