"""What fires, fires in the real Alertmanager, goes on to fire after its restart, and ends there once it is over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from ingest.config.endpoints import Alertmanager as Settings
from tests.fakes.delivery import LOOPBACK, Carried, Receiver, message
from tests.fakes.watched import until
from tests.servers import Alertmanager

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "thoat-nuoc/prometheus"


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """Where the Alertmanager passes on."""
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def server(tmp_path: Path, hook: Receiver) -> Iterator[Alertmanager]:
    with Alertmanager(tmp_path / "alertmanager", hook=hook.url) as server:
        yield server


def fires(carried: Carried, *alerts: str) -> None:
    """The engine has them as firing."""
    query = "INSERT INTO alert VALUES (?, '', '', '', '', 3, 'firing', 1, 0, 0, '', x'')"
    carried.db.executemany(query, [(alert,) for alert in alerts])


def firing(server: Alertmanager) -> set[str]:
    return {one["labels"]["alert"] for one in server.alerts()}


def passed_on(hook: Receiver) -> list[tuple[str, str]]:
    """(alert, status), in the order in which they came."""
    bodies = [json.loads(request.body) for request in list(hook.requests)]
    return [(one["labels"]["alert"], one["status"]) for body in bodies for one in body["alerts"]]


def test_an_alert_begins_survives_a_restart_and_ends(tmp_path: Path, server: Alertmanager, hook: Receiver) -> None:
    settings = Settings(name="prometheus", url=SecretStr(server.url), private=LOOPBACK)
    with Carried(tmp_path, {NAME: settings}) as carried:
        fires(carried, "al_a", "al_b")
        carried.put(message("msg_1", NAME, ("al_a", "al_b")))
        until(lambda: firing(server) == {"al_a", "al_b"})
        until(lambda: {("al_a", "firing"), ("al_b", "firing")} <= set(passed_on(hook)))
        (one, _) = sorted(server.alerts(), key=lambda alert: str(alert["labels"]["alert"]))
        assert one["labels"] == {
            "alertname": "flood/level_2",
            "alert": "al_a",
            "severity": "danger",
            "department": "thoat-nuoc",
            "scope": "site:cau-cam-le",
            "site": "cau-cam-le",
            "channel": "0",
        }
        assert one["annotations"]["ward"] == "Cẩm Lệ"  # the registry may have it in another one at its end
        assert one["annotations"]["summary"] == "Mực nước trên báo động 2 · Cầu Cẩm Lệ"
        assert one["annotations"]["value"] == "2.31 m"
        assert one["generatorURL"] == "https://boards.example.vn/cau-cam-le"

        carried.put(message("msg_2", NAME, ("al_b",), "alert.resolved"))
        until(lambda: firing(server) == {"al_a"})
        until(lambda: ("al_b", "resolved") in passed_on(hook))

        server.kill()
        server.start()
        assert firing(server) == set()
        carried.pass_(181)
        until(lambda: firing(server) == {"al_a"})

        carried.put(message("msg_3", NAME, ("al_a",), "alert.resolved"))
        until(lambda: firing(server) == set())
        until(lambda: ("al_a", "resolved") in passed_on(hook))
        server.kill()
        server.start()
        carried.pass_(181)
        carried.put(message("msg_4", NAME, ("al_c",)))
        until(lambda: firing(server) == {"al_c"})
        assert carried.troubles == []


def test_one_that_was_away_has_what_fires_once_it_is_back(tmp_path: Path, server: Alertmanager) -> None:
    settings = Settings(name="prometheus", url=SecretStr(server.url), private=LOOPBACK)
    with Carried(tmp_path, {NAME: settings}) as carried:
        fires(carried, "al_a", "al_b")
        carried.put(message("msg_1", NAME, ("al_a",)))
        until(lambda: firing(server) == {"al_a"})
        server.stop()
        carried.put(message("msg_2", NAME, ("al_b",)))
        until(lambda: carried.kinds() == ["failing"])
        server.start()
        carried.pass_(2)
        until(lambda: firing(server) == {"al_a", "al_b"})
        until(lambda: carried.kinds() == ["failing", "recovered"])


def test_a_drill_and_a_notice_are_told_from_what_fires(tmp_path: Path, server: Alertmanager) -> None:
    settings = Settings(name="prometheus", url=SecretStr(server.url), private=LOOPBACK)
    with Carried(tmp_path, {NAME: settings}) as carried:
        carried.put(message("msg_1", NAME, ("al_drill",), "alert.drill"), message("msg_2", NAME, (), "citylora.notice"))
        until(lambda: len(server.alerts()) == 2)
        labels = sorted((one["labels"] for one in server.alerts()), key=lambda one: str(one["alertname"]))
        assert labels[0]["alertname"] == "citylora_notice"
        assert labels[1]["drill"] == "true"
