"""A real worker as an administrator watches it: scraped, asked for its health, heard by its heartbeat, and logging."""

from __future__ import annotations

import json
import signal
import time
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

from click.testing import CliRunner
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from ingest.cli import main
from tests.e2e.harness import Site, Worker, until
from tests.e2e.traffic import HOST, Traffic
from tests.fakes.http import Answer, HttpServer, Request
from tests.servers import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Database, Mosquitto

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
WRONG_CONFIGURATION = 3


class Observed:
    """A site whose worker serves metrics."""

    def __init__(self, folder: Path, port: int, database: Database | None = None, extra: str = "") -> None:
        self.port = free_port()
        self.site = Site(folder, port, database, extra=f'[metrics]\nlisten = "{HOST}:{self.port}"\n{extra}')

    def get(self, path: str) -> tuple[int, str]:
        """Ask the worker; status 0 where nobody answers."""
        with closing(HTTPConnection(HOST, self.port, timeout=10)) as connection:
            try:
                connection.request("GET", path, headers={"Accept": OPENMETRICS})
                answer = connection.getresponse()
                return answer.status, answer.read().decode()
            except OSError:
                return 0, ""

    def reasons(self, path: str) -> list[str] | None:
        """Why not; empty where it is well, None where nobody answers."""
        status, body = self.get(path)
        if not status:
            return None
        found: list[str] = json.loads(body)["reasons"]
        assert status == (503 if found else 200)
        return found

    def scrape(self) -> dict[tuple[str, ...], float]:
        """Every sample by its name and the values of its labels, these in the order of their names."""
        status, body = self.get("/metrics")
        assert status == 200, body
        return {
            (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(body)  # type: ignore[no-untyped-call]
            for sample in family.samples
        }

    def status(self) -> dict[str, Any]:
        """What `citylora status --json` says."""
        done = CliRunner().invoke(main, ["status", "--json", "-c", str(self.site.config())])
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def events(worker: Worker) -> list[dict[str, Any]]:
    """Its log: every line of it is an object."""
    return [json.loads(line) for line in worker.words().splitlines()]


def expected(status: dict[str, Any]) -> dict[tuple[str, ...], float]:
    """The samples that follow from what `status` says."""
    found: dict[tuple[str, ...], float] = {
        ("citylora_events_received_total",): status["received"],
        ("citylora_events_duplicate_total",): status["duplicate"],
        ("citylora_devices",): status["devices"],
        ("citylora_fcnt_resets_total",): status["resets"],
        ("citylora_device_sessions_total",): status["sessions"],
        ("citylora_journal_max_bytes",): status["disk"]["cap"],
    }
    for state in ("stored", "quarantined", "pending", "evicted"):
        found["citylora_ledger_events", state] = status[state]
    for incident in status["incidents"]:
        found["citylora_incidents_total", incident["kind"], incident["source"]] = incident["count"]
    for name, consumer in status["consumers"].items():
        found["citylora_consumer_pending_events", name] = consumer["pending"]
        for kind, count in consumer["stored_by_kind"].items():
            found["citylora_consumer_stored_events_total", name, kind] = count
        for cause, count in consumer["evicted_by_cause"].items():
            found["citylora_consumer_evicted_events_total", cause, name] = count
        for state, count in consumer["points"].items():
            found["citylora_consumer_points_total", name, state] = count
    return found


def test_what_is_scraped_is_what_status_says(mosquitto: Mosquitto, database: Database, tmp_path: Path) -> None:
    observed = Observed(tmp_path, mosquitto.port, database)
    traffic = Traffic(mosquitto.port, unknown_model=7)
    with observed.site.worker() as worker:
        worker.until_subscribed()
        for goal in (200, 400):
            traffic.publish(200)
            observed.site.settle(goal)
            time.sleep(1.0)  # a reading of while they came in is shared for a moment
            scraped, status = observed.scrape(), observed.status()
            assert status["received"] >= goal
            assert status["quarantined"] == traffic.undecodable > 0
            assert {key: scraped.get(key) for key in expected(status)} == expected(status)
            for name, consumer in status["consumers"].items():
                held = sum(v for key, v in scraped.items() if key[:2] == ("citylora_consumer_quarantined_events", name))
                assert held == consumer["quarantined"]
                whole = ("stored_events_total", "quarantined_events", "evicted_events_total", "pending_events")
                parts = {f"citylora_consumer_{part}" for part in whole}
                assert sum(v for key, v in scraped.items() if key[0] in parts and name in key) == goal
        assert scraped["citylora_broker_connected", "main"] == scraped["citylora_ready",] == 1
        assert scraped["process_open_fds",] > 10
        worker.finish()
    with observed.site.worker() as worker:
        worker.until_subscribed()
        assert observed.scrape()["citylora_events_received_total",] == status["received"]
        worker.finish()
    observed.site.account(traffic)


def test_a_worker_without_its_broker_is_healthy_and_not_ready(mosquitto: Mosquitto, tmp_path: Path) -> None:
    observed = Observed(tmp_path, mosquitto.port)
    with observed.site.worker() as worker:
        worker.until_subscribed()
        assert observed.reasons("/readyz") == observed.reasons("/healthz") == []
        mosquitto.stop()
        until(lambda: observed.reasons("/readyz") == ["broker main is not connected"], "it is not ready")
        assert observed.reasons("/healthz") == []
        assert observed.scrape()["citylora_broker_connected", "main"] == observed.scrape()["citylora_ready",] == 0
        mosquitto.start()
        until(lambda: observed.reasons("/readyz") == [], "it is ready again")
        worker.finish()
        assert observed.get("/healthz")[0] == 0
        said = [(one["level"], one["event"]) for one in events(worker)]
        assert said.count(("info", "broker subscribed")) == 2
        (again,) = [one for one in events(worker) if one["event"] == "broker subscribed" and "times" in one]
        assert again["after_seconds"] > 0
        assert [one["event"] for one in events(worker)[-2:]] == ["worker finishing", "worker stopped"]


def test_a_journal_that_takes_no_more_is_told_everywhere(mosquitto: Mosquitto, tmp_path: Path) -> None:
    nobody = f'[sinks.influxdb]\nurl = "http://{HOST}:{free_port()}"\ndatabase = "city"\n'
    full = '[journal]\nmax_size = "1 MiB"\non_full = "stop"\n'
    observed = Observed(tmp_path, mosquitto.port, extra=full + nobody)
    traffic = Traffic(mosquitto.port)
    with observed.site.worker() as worker:
        worker.until_subscribed()
        with traffic.flowing(2000):
            until(lambda: observed.scrape()["citylora_blocked",], "nothing is kept")
        assert any(
            reason.startswith("nothing is kept: the journal is full") for reason in observed.reasons("/readyz") or ()
        )
        assert observed.reasons("/healthz") == []
        assert observed.scrape()["citylora_consumer_trouble", "influxdb"] == 1
        assert observed.scrape()["citylora_consumer_write_errors_total", "influxdb"] >= 1
        until(lambda: "journal fills" in worker.words(), "the journal's level is measured")
        worker.send(signal.SIGTERM)
        worker.wait()
        said = [one["event"] for one in events(worker)]
        assert said.count("nothing is kept") == 1
        assert said.count("sink trouble") <= 2
        assert "journal fills with undelivered events" in said


class Service(HttpServer):
    """Hears the heartbeat."""

    def answer(self, request: Request) -> Answer:
        assert request.body.startswith(b"citylora: ")
        return Answer(200)


def test_a_heart_beats_until_the_worker_is_frozen(mosquitto: Mosquitto, tmp_path: Path) -> None:
    with Service() as service:
        beats = f'[heartbeat]\nurl = "{service.url}/ping/secret"\ninterval = 1\ntimeout = 1\n'
        observed = Observed(tmp_path, mosquitto.port, extra=beats)
        with observed.site.worker() as worker:
            until(lambda: len(service.requests) >= 3, "it beats")
            assert service.requests[-1].body == b"citylora: ok\n"
            worker.send(signal.SIGSTOP)
            time.sleep(0.2)
            before = len(service.requests)
            time.sleep(2.5)
            assert len(service.requests) == before
            worker.send(signal.SIGCONT)
            until(lambda: len(service.requests) > before, "it beats again")
            assert observed.scrape()["citylora_heartbeats_total", "sent"] >= 3
            worker.finish()
            after = len(service.requests)
            time.sleep(1.5)
            assert len(service.requests) == after
            assert "secret" not in worker.words()


def test_sighup_changes_the_log_and_the_heartbeat_and_names_what_it_cannot(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    observed = Observed(tmp_path, mosquitto.port)
    with Service() as service, observed.site.worker() as worker:
        worker.until_subscribed()
        beats = f'[heartbeat]\nurl = "{service.url}/ping"\ninterval = 1\ntimeout = 1\n'
        observed.site.extra = f'[metrics]\nlisten = "{HOST}:{free_port()}"\n[log]\nformat = "human"\n{beats}'
        observed.site.config()
        worker.send(signal.SIGHUP)
        until(lambda: service.requests, "it beats")
        until(lambda: "configuration read again" in worker.words(), "it says so")
        *_, restart, human = worker.words().splitlines()
        assert json.loads(restart)["table"] == "metrics"
        assert human.endswith("info    configuration read again")
        assert observed.get("/healthz")[0] == 200  # where it was
        worker.finish()


def test_an_address_that_is_taken_is_refused_at_the_start(mosquitto: Mosquitto, tmp_path: Path) -> None:
    with HttpServer() as other:
        taken = other.url.removeprefix("http://")
        site = Site(tmp_path, mosquitto.port, None, extra=f'[metrics]\nlisten = "{taken}"')
        with site.worker() as worker:
            assert worker.wait() == WRONG_CONFIGURATION
            assert f'error: metrics.listen = "{taken}" cannot be listened on: Address already in use' in worker.words()
            assert "hint: " in worker.words()
    with site.worker() as worker:
        worker.until_subscribed()
        worker.finish()
