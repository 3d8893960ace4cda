"""What is changed while a worker runs: rules, departments, secrets; and who acknowledges by the page."""

from __future__ import annotations

import re
import signal
import sqlite3
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING

from ingest import data_dir
from ingest.audit.verify import verify
from tests.e2e.alarm import CODEC, Department, Gauges
from tests.e2e.harness import Site, Worker, until
from tests.e2e.test_places import command
from tests.e2e.traffic import HOST
from tests.servers import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Database, Mosquitto

TITLE = '{{ vi = "{vi}", en = "{en}" }}'
RULE = """
[[rule]]
id = "{id}"
title = {{ vi = "Quá <cao>", en = "Too <high>" }}
severity = "danger"
quantity = "{quantity}"
above = {above}
"""
LEVEL = RULE.format(id="level", quantity="water_level", above=2.0)
HOT = RULE.format(id="hot", quantity="air_temperature", above=40.0)
FILE = '[alerts]\nfile = "alerts.toml"\n'


def reload(worker: Worker, says: str = "configuration read again") -> None:
    """Have it read its configuration, and wait until it says so."""
    before = worker.words().count(says)
    worker.send(signal.SIGHUP)
    until(lambda: worker.words().count(says) > before, says)


def told(department: Department) -> list[tuple[str, str, str]]:
    """What a department was told: the rule, of which site, in which phase."""
    return [
        (alert["rule"]["id"], alert["site"]["id"], alert["phase"]) for one in department.got for alert in one.alerts
    ]


def test_rules_departments_and_secrets_change_while_it_runs(mosquitto: Mosquitto, tmp_path: Path) -> None:
    rules, ioc, other = tmp_path / "alerts.toml", Department(), Department()
    rules.write_text(LEVEL)
    first = f"{CODEC}\n{FILE}{ioc.config(tmp_path)}"
    site = Site(tmp_path, mosquitto.port, None, extra=first)
    gauges = Gauges(mosquitto.port)
    with ioc.listening(), other.listening(), site.worker() as worker:
        worker.until_subscribed()
        gauges.say(1, level=2.4)
        until(lambda: told(ioc) == [("level", "gauge-1", "firing")], "the first rule")

        rules.write_text(LEVEL + HOT)
        reload(worker)
        gauges.say(2, temperature=41.0)
        until(lambda: told(ioc)[1:] == [("hot", "gauge-2", "firing")], "a rule was added")

        rules.write_text(LEVEL.replace("2.0", '"x"'))
        reload(worker, "new configuration is not used")
        assert "alerts.toml" in worker.words()
        gauges.say(3, temperature=42.0)
        until(lambda: told(ioc)[2:] == [("hot", "gauge-3", "firing")], "a broken file changes nothing")

        rules.write_text(LEVEL.replace("2.0", "5.0") + HOT)
        site.extra = first + other.config(tmp_path, "other")
        site.config()
        reload(worker)
        gauges.say(4, level=4.0)
        gauges.say(5, level=5.5)
        until(lambda: ("level", "gauge-5", "firing") in told(other), "a department was added, the threshold raised")
        until(lambda: ("hot", "gauge-2", "firing") in told(other), "it is told of what fires already")

        rules.write_text(LEVEL)
        reload(worker)
        until(lambda: ("hot", "gauge-2", "resolved") in told(ioc), "a rule was removed")
        (over,) = [alert for one in ioc.got for alert in one.alerts if alert["phase"] == "resolved"][:1]
        assert over["cause"] == "rule_removed"

        ends = {("hot", "gauge-2", "resolved"), ("hot", "gauge-3", "resolved")}
        until(lambda: ends <= {*told(other)}, "nothing is under way that the old secret has signed")

        secret = "whsec_" + "QUJD" * 8
        (tmp_path / "other.secret").write_text(secret + "\n")
        other._secret = secret
        gauges.say(6, level=6.0)
        until(lambda: ("level", "gauge-6", "firing") in told(other), "the secret was changed")

        site.extra = site.extra.replace("[alerts]", "[alerts]\nenabled = false")
        site.config()
        reload(worker)
        assert '"table": "alerts"' in worker.words()
        assert '"table": "sinks"' not in worker.words()
        worker.finish()
    gauges.close()
    assert ioc.forged == other.forged == 0


def answer(url: str, **form: str) -> tuple[int, str]:
    """What the page answers to a GET, or to a POST of a form."""
    data = urllib.parse.urlencode(form).encode() if form else None
    try:
        with urllib.request.urlopen(url, data, timeout=5) as reply:  # noqa: S310  (our own listener)
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_the_page_acknowledges_by_its_button_alone(mosquitto: Mosquitto, tmp_path: Path) -> None:
    (tmp_path / "alerts.toml").write_text(LEVEL)
    ioc, water, port = Department(), Department(), free_port()
    page = f'[alerts.page]\nlisten = "{HOST}:{port}"\nurl = "http://{HOST}:{port}"\n'
    both = ioc.config(tmp_path) + water.config(tmp_path, "water", language='"en"')
    site = Site(tmp_path, mosquitto.port, None, extra=f"{CODEC}\n{FILE}{page}{both}")
    gauges = Gauges(mosquitto.port)
    with ioc.listening(), water.listening(), site.worker() as worker:
        worker.until_subscribed()
        gauges.say(1, level=2.4)
        until(lambda: ioc.got and water.got, "both are told")
        link, english = (one.got[0].alerts[0]["links"]["acknowledge"] for one in (ioc, water))
        alert = ioc.got[0].alerts[0]["id"]
        (status, shown), (_, in_english) = answer(link), answer(english)
        assert status == 200
        assert "Quá &lt;cao&gt;" in shown
        assert "<button>Tiếp nhận cảnh báo</button>" in shown
        assert "Too &lt;high&gt;" in in_english
        assert "<button>Acknowledge</button>" in in_english
        assert command(site, "alerts", "list")[0]["state"] == "firing"  # scanners of mail follow every link
        for forged in (link[:-1] + ("A" if link[-1] != "A" else "B"), link.replace("/ioc/", "/water/"), link + "/x"):
            assert answer(forged)[0] == 404
            assert answer(forged, who="x")[0] == 404
        assert command(site, "alerts", "list")[0]["state"] == "firing"
        (tmp_path / "alerts.toml").write_text("broken")  # what holds is what was read
        status, done = answer(link, who="<script>Lan")
        assert (status, "<script>" in done, "&lt;script&gt;Lan (ioc)" in done, "<button>" in done) == (
            200, False, True, False,
        )  # fmt: skip
        (listed,) = command(site, "alerts", "list")
        assert (listed["id"], listed["acknowledged_by"]) == (alert, "<script>Lan (ioc)")
        worker.finish()
    gauges.close()


def test_rows_of_alerts_arrive_and_nothing_is_missing(mosquitto: Mosquitto, tmp_path: Path) -> None:
    (tmp_path / "alerts.toml").write_text(LEVEL)
    ioc = Department()
    site = Site(tmp_path, mosquitto.port, None, extra=f"{CODEC}\n{FILE}{ioc.config(tmp_path)}")
    gauges = Gauges(mosquitto.port)

    def rows() -> list[str]:
        with sqlite3.connect(f"file:{data_dir.consumer_file(site.data, 'store')}?mode=ro", uri=True) as db:
            query = "SELECT fields FROM point JOIN series ON id = series WHERE measurement = 'alert'"
            found = [str(fields) for (fields,) in db.execute(query)]
        db.close()
        return found

    with ioc.listening(), site.worker() as worker:
        worker.until_subscribed()
        gauges.say(1, level=2.4)
        until(lambda: ioc.got, "it is told")
        until(rows, "its row is in the store")
        (would,) = command(site, "alerts", "what-if", "--since", "1h")["alerts"]
        assert (would["rule"], would["scope"], would["value"]) == ("level", "site:gauge-1", 2.4)
        assert command(site, "status", "--verify")
        worker.finish()
    gauges.close()
    assert verify(site.data, [*site.consumers, "alerts"]) == []
    assert len(rows()) == 1
    assert re.search(ioc.got[0].alerts[0]["id"], rows()[0])
    command(site, "rollup", "rebuild")
    assert verify(site.data, [*site.consumers, "alerts"]) == []


def test_rows_of_alerts_arrive_in_influxdb(mosquitto: Mosquitto, database: Database, tmp_path: Path) -> None:
    (tmp_path / "alerts.toml").write_text(LEVEL)
    ioc = Department()
    site = Site(tmp_path, mosquitto.port, database, extra=f"{CODEC}\n{FILE}{ioc.config(tmp_path)}")
    gauges = Gauges(mosquitto.port)

    def rows() -> list[dict[str, object]]:
        return database.rows("SELECT * FROM alert")

    with ioc.listening(), site.worker() as worker:
        worker.until_subscribed()
        gauges.say(1, level=2.4)
        until(lambda: ioc.got, "it is told")
        until(rows, "its row is there")
        worker.finish()
    gauges.close()
    (row,) = rows()
    assert (row["alert"], row["state"], row["severity"]) == (ioc.got[0].alerts[0]["id"], "firing", "danger")
    assert verify(site.data, [*site.consumers, "alerts"]) == []


def test_what_is_worked_out_of_readings_fires_too(mosquitto: Mosquitto, tmp_path: Path) -> None:
    ioc = Department()
    codec = f'{CODEC}depth = "water_depth"\n'
    site = Site(tmp_path, mosquitto.port, None, extra=f"{codec}\n{ioc.config(tmp_path)}", packs=("street_flood",))
    gauges = Gauges(mosquitto.port)
    with ioc.listening(), site.worker() as worker:
        worker.until_subscribed()
        command(site, "site", "add", "gauge-1", "--kind", "street", "--lat", "16.05", "--lon", "108.2")
        gauges.say(1, depth=0.25)
        until(lambda: told(ioc), "the row of `station` that the roll-ups make is looked at")
        assert told(ioc) == [("street_flood/flooded", "gauge-1", "firing")]
        worker.finish()
    gauges.close()
    assert verify(site.data, site.consumers) == []
