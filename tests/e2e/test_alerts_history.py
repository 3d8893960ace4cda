"""What is left of an alert: its rows and its history, and its id where a backup is restored."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from typing import TYPE_CHECKING, Any

from ingest import data_dir
from ingest.audit.verify import verify
from tests.e2e.alarm import CODEC, Department, Gauges
from tests.e2e.harness import Site, until
from tests.e2e.test_alerts import RULE
from tests.e2e.test_places import command

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Mosquitto

HELD = RULE.replace('"too-high"', '"held"') + 'for = "1h"\n'


def rows(site: Site) -> list[dict[str, Any]]:
    """The fields of those of the measurement `alert` in the store."""
    query = "SELECT fields FROM point JOIN series ON id = series WHERE measurement = 'alert' ORDER BY time"
    db = sqlite3.connect(f"file:{data_dir.consumer_file(site.data, 'store')}?mode=ro", uri=True)
    try:
        return [json.loads(fields) for (fields,) in db.execute(query)]
    finally:
        db.close()


def test_each_change_of_state_is_a_row_and_what_is_closed_at_once_is_history(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    (tmp_path / "alerts.toml").write_text(RULE + HELD)
    ioc = Department()
    site = Site(
        tmp_path, mosquitto.port, None, extra=f'{CODEC}\n[alerts]\nfile = "alerts.toml"\n{ioc.config(tmp_path)}'
    )
    gauges = Gauges(mosquitto.port)
    began = time.time_ns() - 120_000_000_000  # long enough ago for the watermark
    with ioc.listening(), site.worker() as worker:
        worker.until_subscribed()
        gauges.say(2, level=2.4, at=began)
        gauges.say(1, level=2.4)
        until(lambda: len(ioc.got) == 2, "both are told")
        (alert,) = [one.alerts[0]["id"] for one in ioc.got if one.alerts[0]["site"]["id"] == "gauge-1"]
        command(site, "alerts", "ack", alert, "--who", "Lan")
        command(site, "alerts", "close", alert, "--reason", "x")
        until(lambda: len(ioc.got) == 3, "its end is told")
        until(lambda: len(rows(site)) == 5, "the rows are there")
        spans = command(site, "alerts", "history", "--scope", "site:gauge-1")
        assert [(one["rule"], one["until"] is None) for one in spans] == [("too-high", False)]
        worker.finish()
    gauges.close()
    assert verify(site.data, [*site.consumers, "alerts"]) == []
    said = [[name for name in ("pending", "firing", "acknowledged") if name in fields] for fields in rows(site)]
    assert sorted(said) == [["acknowledged"], ["firing"], ["firing"], ["firing"], ["pending"]]


def test_a_restored_backup_repeats_ids_and_no_alerts(mosquitto: Mosquitto, tmp_path: Path) -> None:
    (tmp_path / "alerts.toml").write_text(RULE)
    ioc = Department()
    site = Site(
        tmp_path, mosquitto.port, None, extra=f'{CODEC}\n[alerts]\nfile = "alerts.toml"\n{ioc.config(tmp_path)}'
    )
    at = time.time_ns()
    with ioc.listening():
        gauges = Gauges(mosquitto.port)
        with site.worker() as worker:
            worker.until_subscribed()
            gauges.say(2, level=0.4, at=at - 1_000_000_000)
            site.until_received(1)
            command(site, "backup", str(tmp_path / "before"))
            gauges.say(1, level=2.4, at=at)
            until(lambda: ioc.got, "it is told")
            command(site, "backup", str(tmp_path / "after"))
            worker.finish()
        gauges.close()
        for backup, told in (("after", 1), ("before", 2)):
            shutil.rmtree(site.data)
            command(site, "restore", str(tmp_path / backup))
            again = Gauges(mosquitto.port)
            with site.worker() as worker:
                worker.until_subscribed()
                if backup == "before":  # the network server sends it again
                    again.say(1, level=2.4, at=at)
                again.say(3, level=0.4)
                until(lambda: len(ioc.attempts) >= told, "it is told again", 20.0)  # noqa: B023
                command(site, "status")
                worker.finish()
            again.close()
            assert len(ioc.attempts) == told
    assert len({one.id for one in ioc.attempts}) == 1
    assert len({one.raw for one in ioc.attempts}) == 1
