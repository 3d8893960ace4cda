"""From an uplink at a real broker to a signed message at a real HTTP server, by a real worker."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.e2e.alarm import CODEC, Department, Gauges
from tests.e2e.harness import Site, until
from tests.e2e.test_places import command

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Mosquitto

RULE = """
[[rule]]
id = "too-high"
title = { vi = "Mực nước cao", en = "Water is high" }
severity = "danger"
quantity = "water_level"
above = 2.0
clear = 1.8
"""


def test_a_level_that_rises_is_told_at_once_and_shown_and_acknowledged(mosquitto: Mosquitto, tmp_path: Path) -> None:
    (tmp_path / "alerts.toml").write_text(RULE)
    department = Department()
    extra = f'{CODEC}\n[alerts]\nfile = "alerts.toml"\n{department.config(tmp_path)}'
    site = Site(tmp_path, mosquitto.port, None, extra=extra)
    gauges = Gauges(mosquitto.port)
    with department.listening(), site.worker() as worker:
        worker.until_subscribed()
        gauges.say(1, level=1.2)
        gauges.say(2, level=1.0)
        said = time.time()
        gauges.say(1, level=2.4)
        until(lambda: department.got, "the department is told")
        assert department.got[0].seconds - said < 2.0
        (alert,) = department.got[0].alerts
        assert (department.got[0].type, alert["phase"], alert["value"]) == ("alert.firing", "firing", 2.4)
        assert alert["site"]["id"] == "gauge-1"
        gauges.say(1, level=2.9)
        (listed,) = command(site, "alerts", "list")
        assert (listed["id"], listed["scope"]) == (alert["id"], "site:gauge-1")
        assert command(site, "alerts", "ack", alert["id"], "--who", "Lan")["acknowledged"] == [alert["id"]]
        assert command(site, "alerts", "list")[0]["state"] == "acknowledged"
        shown = command(site, "alerts", "show", alert["id"])
        assert [(one["department"], one["phase"]) for one in shown["told"]] == [("ioc", "firing")]
        worker.finish()
    gauges.close()
    assert [one.type for one in department.got] == ["alert.firing"]
    assert department.forged == 0


def test_a_database_that_is_away_silences_no_alert(mosquitto: Mosquitto, tmp_path: Path) -> None:
    (tmp_path / "alerts.toml").write_text(RULE)
    department = Department()
    gone = '[sinks.influxdb]\nurl = "http://127.0.0.1:9"\napi = "v1"\ndatabase = "city"\n'
    extra = f'{gone}{CODEC}\n[alerts]\nfile = "alerts.toml"\n{department.config(tmp_path)}'
    site = Site(tmp_path, mosquitto.port, None, extra=extra)
    gauges = Gauges(mosquitto.port)
    with department.listening(), site.worker() as worker:
        worker.until_subscribed()
        gauges.say(1, level=2.4)
        until(lambda: department.got, "the department is told")
        assert worker.ask("status")["consumers"]["influxdb"]["trouble"]
        worker.finish()
    gauges.close()


def test_a_dead_department_and_a_worker_that_is_killed_twenty_times(mosquitto: Mosquitto, tmp_path: Path) -> None:
    (tmp_path / "alerts.toml").write_text(RULE)
    dead, well = Department(status=503), Department()
    both = dead.config(tmp_path, "dead") + well.config(tmp_path, "well")
    site = Site(tmp_path, mosquitto.port, None, extra=f'{CODEC}\n[alerts]\nfile = "alerts.toml"\n{both}')
    gauges = Gauges(mosquitto.port)
    kills = 20
    with dead.listening(), well.listening():
        for number in range(1, kills + 1):
            with site.worker() as worker:
                worker.until_subscribed()
                if number % 2:  # more than ten messages in a minute would be put together
                    gauges.say(number, level=3.0)
                time.sleep(0.02 * number)
                worker.kill()
        dead.status = 204
        with site.worker() as worker:
            worker.until_answering()
            command(site, "outbox", "retry", "--all")
            for department in (dead, well):
                _until_told(department, kills // 2)
            worker.finish()
    gauges.close()
    for department in (dead, well):
        bodies: dict[str, set[bytes]] = {}
        for one in department.attempts:
            bodies.setdefault(one.id, set()).add(one.raw)
        assert {len(body) for body in bodies.values()} == {1}  # a repeat is the same message
        assert len(department.attempts) - len(bodies) <= kills
        assert department.forged == 0


def opened(department: Department) -> set[str]:
    """The sites of whose alerts a department has been told that they fire."""
    told = [alert for one in department.got for alert in one.alerts]
    return {alert["site"]["id"] for alert in told if alert["phase"] == "firing"}


def _until_told(department: Department, sites: int) -> None:
    until(lambda: len(opened(department)) == sites, "everything has arrived")
