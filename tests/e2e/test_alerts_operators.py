"""Those who run citylora are told what somebody has to do something about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.e2e.alarm import CODEC, Department, Gauges
from tests.e2e.harness import Site, until
from tests.e2e.test_alerts_change import FILE, LEVEL
from tests.fakes.alarms import SCHEMA
from tests.json_schema import faults

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Mosquitto


def test_an_endpoint_that_is_gone_is_told_to_the_operators_once(mosquitto: Mosquitto, tmp_path: Path) -> None:
    (tmp_path / "alerts.toml").write_text(LEVEL)
    ops, gone = Department(), Department(status=410)
    both = ops.config(tmp_path, "ops", operators="true", language='"en"') + gone.config(tmp_path, "gone")
    site = Site(tmp_path, mosquitto.port, None, extra=f"{CODEC}\n{FILE}{both}")
    gauges = Gauges(mosquitto.port)
    with ops.listening(), gone.listening(), site.worker() as worker:
        worker.until_subscribed()
        gauges.say(1, level=2.4)
        until(lambda: len(ops.got) == 2, "the alert, and the notice")
        gauges.say(2, level=2.4)
        until(lambda: len(ops.got) == 3, "the next alert, and no notice")
        worker.finish()
    gauges.close()
    (notice,) = [one for one in ops.got if one.type == "citylora.notice"]
    assert not faults(json.loads(notice.raw), SCHEMA)
    assert "gone/hook" in notice.body["data"]["title"]
    assert "410" in notice.body["data"]["text"]
