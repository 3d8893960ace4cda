"""Publish to webhook: how long after an uplink was published its department has the message, at 1,000 uplinks/s.

500 rules watch a city of 10,000 devices; beside its traffic devices of our own say values that are too much, each once.
The webhook is a real HTTP server on loopback that checks the signature.
"""

from __future__ import annotations

import statistics
import time
from itertools import cycle
from typing import TYPE_CHECKING

from tests.bench.steady import Load, steady
from tests.e2e.alarm import CODEC, Department, Gauges

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bench.options import Options, Result

RULES = 500
DEVICES = 10_000
DEPARTMENTS = 60
"""Each has some of the alarming sites: what one is told within a minute is put together, beyond ten messages."""

RATE = 1_000.0
PAUSE = 0.25  # s between two alarms
SETTLES = 15.0
UNSEEN = {"air_temperature": 58, "pm2_5": 9_000, "distance": 90_000, "pressure": 1_090, "water_level": 900}
"""What can be, and what the city never says."""


def alerts_latency(options: Options) -> Result:
    """p50, p99 and worst from the publish to the message."""
    with options.scratch() as folder:
        department = Department()
        load = Load("citylora", DEVICES, RATE, options.seconds, extra=_configuration(folder, department))
        with department.listening(), steady(folder / "city", load) as running:
            gauges = Gauges(running.subject.broker.port)
            said: dict[str, float] = {}
            while running.publishing():
                number = len(said) + 1
                said[f"gauge-{number}"] = time.time()
                gauges.say(number, level=9.0)
                time.sleep(PAUSE)
            published = running.published()
            ends = time.monotonic() + SETTLES
            while len(_sites(department)) < len(said) and time.monotonic() < ends:
                time.sleep(PAUSE)
            gauges.close()
            came = _sites(department)
            took = sorted((came[site] - at) * 1000 for site, at in said.items() if site in came)
            cpu = running.process.stop().cpu
    return {
        "rules": RULES,
        "devices": DEVICES,
        "rate": RATE,
        "alarms": len(said),
        "told": len(took),
        "p50_ms": round(statistics.median(took), 1),
        "p99_ms": round(took[int(len(took) * 0.99)], 1),
        "worst_ms": round(took[-1], 1),
        "cpu_s_per_1000": round(cpu / published.messages * 1000, 4),
    }


def _sites(department: Department) -> dict[str, float]:
    """When the first message of each site came."""
    found: dict[str, float] = {}
    for one in department.got:
        for alert in one.alerts:
            if alert["site"]:
                found.setdefault(alert["site"]["id"], one.seconds)
    return found


def _configuration(folder: Path, department: Department) -> str:
    """500 rules: one that the alarms meet, and others that look at most of the city's rows and are met by none."""
    rules = ['[[rule]]\nid = "high"\ntitle = { vi = "cao", en = "high" }\nquantity = "water_level"\nabove = 8.0\n']
    for number, (quantity, above) in zip(range(1, RULES), cycle(UNSEEN.items()), strict=False):
        title = f'{{ vi = "luật {number}", en = "rule {number}" }}'
        threshold = above + number / 1000
        rules.append(f'[[rule]]\nid = "rule-{number}"\ntitle = {title}\nquantity = "{quantity}"\nabove = {threshold}\n')
    (folder / "rules.toml").write_text("\n".join(rules))
    departments = "".join(
        department.config(folder, f"d-{number}", sites=str([f"gauge-{i}" for i in range(number, 1_000, DEPARTMENTS)]))
        for number in range(DEPARTMENTS)
    )
    return f'{CODEC}\n[alerts]\nfile = "{folder / "rules.toml"}"\n{departments}'
