"""What signals do to a worker: a clean end within ten seconds, whatever its sinks do, and new devices without one."""

from __future__ import annotations

import os
import signal
import socket
import time
from contextlib import closing
from typing import TYPE_CHECKING

from ingest import data_dir
from ingest.sqlite import connect
from tests.e2e.harness import PATIENCE, Site, Worker, until
from tests.e2e.traffic import HOST, RATE, Traffic
from tests.servers import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Database, InfluxDB, Mosquitto

ENDS_WITHIN = 10.0
"""Seconds, as promised."""


def test_sigterm_under_load_ends_cleanly_and_the_next_worker_goes_on(
    mosquitto: Mosquitto, database: Database, tmp_path: Path
) -> None:
    site = Site(tmp_path, mosquitto.port, database)
    traffic = Traffic(mosquitto.port)
    with site.worker() as worker:
        worker.until_subscribed()  # the session begins
        worker.finish()
    for _ in range(3):
        goal = site.received() + 300
        with traffic.flowing(3 * RATE), site.worker() as worker:
            site.until_received(goal)
            worker.finish()
            assert worker.words().endswith('"event": "worker stopped"}\n')
        assert site.honest()
    with site.worker() as worker:
        worker.until_subscribed()
        site.settle(len(traffic.published))
        worker.finish()
    site.account(traffic)


def test_sigterm_while_influxdb_hangs(mosquitto: Mosquitto, influxdb: InfluxDB, tmp_path: Path) -> None:
    site = Site(tmp_path, mosquitto.port, influxdb.create_database("city"))
    traffic = Traffic(mosquitto.port)
    with site.worker() as worker:
        _hang(influxdb, worker, site, traffic)
        assert _ends(worker) < ENDS_WITHIN
        assert worker.wait() == 0
    site.honest()
    with site.worker() as worker:
        said = len(worker.words())
        worker.until_subscribed()
        time.sleep(0.5)  # by then it waits for InfluxDB again
        worker.send(signal.SIGTERM)
        until(lambda: "finishing" in worker.words()[said:], "the first one is heeded")
        assert _ends(worker) < 1.0
        assert worker.wait() == 1
    influxdb.resume()
    with site.worker() as worker:
        worker.until_subscribed()
        site.settle(len(traffic.published))
        worker.finish()
    site.account(traffic)


def _hang(influxdb: InfluxDB, worker: Worker, site: Site, traffic: Traffic) -> None:
    """Have the worker wait for an answer that does not come."""
    worker.until_subscribed()
    traffic.publish(300)
    site.settle(300)
    influxdb.pause()
    traffic.publish(300)
    until(lambda: sum(site.in_store().values()) == 600, "the second sink does not wait for the first")


def _ends(worker: Worker) -> float:
    """Seconds from SIGTERM to its end."""
    began = time.monotonic()
    worker.send(signal.SIGTERM)
    worker.wait()
    return time.monotonic() - began


def test_sighup_reads_the_devices_again(mosquitto: Mosquitto, tmp_path: Path) -> None:
    sheet = tmp_path / "devices.csv"
    sheet.write_text("dev_eui,model,site,ward\n")
    site = Site(tmp_path, mosquitto.port, None, extra=f'[devices]\nfile = "{sheet}"')
    traffic = Traffic(mosquitto.port, devices=10, unknown_model=10)
    device = traffic.devices[0]  # the one of unknown model
    with site.worker() as worker:
        worker.until_subscribed()
        traffic.round()
        assert site.settle(10).identity.quarantined == 1
        sheet.write_text(f"dev_eui,model,site,ward\n{device.dev_eui},{device.model},bến-mới,Hải Châu\n")
        worker.send(signal.SIGHUP)
        until(lambda: "read again" in worker.words(), "the devices are read")
        traffic.round()
        assert site.settle(20).identity.quarantined == 1
        sheet.write_text("broken\n")
        worker.send(signal.SIGHUP)
        until(lambda: "is not used" in worker.words(), "the refusal is logged")
        traffic.round()
        assert site.settle(30).identity.quarantined == 1
        worker.finish()
    assert _sites(site, device.dev_eui) == {device.site, "bến-mới"}
    traffic.undecodable -= 2
    site.account(traffic)


OWN = """
from decoders.base import Decoded, Decoder, Reading
DECODER = Decoder(
    vendor="Acme", model="TH-1", ports=(85, 14, 2, 1), quantities=("co2",),
    decode=lambda payload, f_port: Decoded((Reading("co2", 400.0),)),
)
"""


def test_sighup_reads_decoders_of_ones_own_and_a_broken_one_stops_nothing(mosquitto: Mosquitto, tmp_path: Path) -> None:
    folder = tmp_path / "decoders"
    folder.mkdir()
    (folder / "th.py").write_text("import no_such_module_at_all\n")
    sheet = tmp_path / "devices.csv"
    extra = f'[devices]\nfile = "{sheet}"\n[decoders]\nfolder = "{folder}"'
    site = Site(tmp_path, mosquitto.port, None, extra=extra)
    traffic = Traffic(mosquitto.port, devices=10)
    sheet.write_text(f"dev_eui,model\n{traffic.devices[0].dev_eui},Acme TH-1\n")
    with site.worker() as worker:
        worker.until_subscribed()
        assert "decoder not used" in worker.words()
        assert "no_such_module_at_all" in worker.words()
        traffic.round()
        assert site.settle(10).identity.quarantined == 1
        (folder / "th.py").write_text(OWN)
        worker.send(signal.SIGHUP)
        until(lambda: "read again" in worker.words(), "the decoders are read")
        traffic.round()
        assert site.settle(20).identity.quarantined == 1
        worker.ask("replay")
        assert site.settle(20).identity.quarantined == 0
        (folder / "th.py").write_text(OWN.replace("payload, f_port: ", "payload, f_port: exit() if payload[1:] else "))
        worker.send(signal.SIGHUP)
        until(lambda: worker.words().count("read again") == 2, "the decoders are read")
        assert "may not end the process" in worker.words()
        (folder / "th.py").write_text(OWN.replace("f_port: ", "f_port: exit() if len(set(payload)) > 1 else "))
        worker.send(signal.SIGHUP)
        until(lambda: worker.words().count("read again") == 3, "the decoders are read")
        traffic.round()
        assert site.settle(30).identity.quarantined == 1
        until(lambda: f"{folder}/th.py: Acme TH-1: it may not end" in worker.words(), "the defect names the file")
        worker.finish()
    site.honest()


def _sites(site: Site, dev_eui: str) -> set[str]:
    with closing(connect(data_dir.consumer_file(site.data, "store"), durable=False, read_only=True)) as db:
        return {name for (name,) in db.execute("SELECT site FROM series WHERE dev_eui = ?", (dev_eui,))}


def test_sighup_reaches_influxdb_by_another_address(mosquitto: Mosquitto, database: Database, tmp_path: Path) -> None:
    site = Site(tmp_path, mosquitto.port, database, url=f"http://{HOST}:{free_port()}")
    traffic = Traffic(mosquitto.port)
    with site.worker() as worker:
        worker.until_subscribed()
        traffic.publish(100)
        until(lambda: worker.ask("status")["consumers"]["influxdb"]["trouble"], "nobody is at that address")
        site.url = database.server.url
        site.config()
        worker.send(signal.SIGHUP)
        site.settle(100)
        worker.finish()
    site.account(traffic)


def test_systemd_hears_that_it_is_ready_alive_and_stopping(mosquitto: Mosquitto, tmp_path: Path) -> None:
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(os.path.relpath(path))
        heard.settimeout(PATIENCE)
        site = Site(tmp_path, mosquitto.port, None)
        with site.worker(NOTIFY_SOCKET=os.path.relpath(path), WATCHDOG_USEC="200000") as worker:
            assert heard.recv(100) == b"READY=1"
            assert heard.recv(100) == b"WATCHDOG=1"
            worker.until_subscribed()
            worker.finish()
        said: list[bytes] = []
        while not said or said[-1] != b"STOPPING=1":
            said.append(heard.recv(100))
        assert set(said[:-1]) <= {b"WATCHDOG=1"}
