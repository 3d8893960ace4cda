"""What the core keeps of each device in memory, shown with a million of them.

`python -m tests.bench.state N` measures in a process of its own: RSS does not shrink when something is given back.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from gateways.chirpstack import events
from gateways.simulator import City
from gateways.uplink import Event
from ingest.decoding.decoding import Decoding
from ingest.devices import Directory
from ingest.intake.intake import Intake
from ingest.pipeline import REMEMBER_EVENTS
from tests.bench.load import SEED, Recurring, dev_eui

if TYPE_CHECKING:
    from tests.bench.options import Options, Result

DEVICES = 1_000_000
FIRST = 0x02C1_73 << 40


def state(_options: Options) -> Result:
    """Bytes a device: intake's memory, and what decoding keeps beside it."""
    command = [sys.executable, "-m", "tests.bench.state", str(DEVICES)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    result: Result = json.loads(answer.stdout)
    return result


def measure(devices: int) -> Result:
    """Hear each device once (its memory has a fixed size); the growth of RSS over what an empty core takes."""
    intake, decoding = Intake(events.parse), Decoding(Directory().resolve)
    speaker = Recurring(City(1, SEED), 0)
    known = dev_eui(speaker.topic)
    gc.collect()
    before, began = _rss(), time.monotonic()
    for number in range(devices):
        new = f"{FIRST + number:016x}"
        payload = speaker.now(number).replace(known.encode(), new.encode())
        judged = intake.judge(Event("mosquitto", speaker.topic.replace(known, new), payload, time.time_ns()))
        decoding(judged.entry, judged.message)
        if number % REMEMBER_EVENTS == 0:
            intake.take_changed()
    gc.collect()
    after = _rss()
    return {
        "devices": intake.device_count,
        "bytes_a_device": round((after - before) / devices),
        "rss_mib": round(after / 2**20),
        "us_an_uplink": round((time.monotonic() - began) / devices * 1e6, 1),
    }


def _rss() -> int:
    """Resident bytes of this process."""
    return int(Path("/proc/self/statm").read_text("utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
