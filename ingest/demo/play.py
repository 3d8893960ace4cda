"""The demo from its first uplink to its summary."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

from ingest.audit.verify import verify
from ingest.demo.observer import Observer
from ingest.demo.screen import Scene
from ingest.demo.stage import SINK
from ingest.demo.summary import Summary
from ingest.demo.view import choose
from ingest.status import read_state

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from pathlib import Path

    from ingest.demo.stage import Stage
    from ingest.demo.view import View

FINISHING = "finishing"


def play(
    set_up: Callable[[Callable[[str], None]], Stage],
    folder: Path,
    *,
    devices: int,
    rate: float,
    limit: float | None,
    stop: threading.Event,
) -> Summary:
    """Run until `stop` is set or `limit` seconds have passed, then stop publishing, store what has come, and count.

    Args:
        set_up: makes the stage; what it is given takes the lines of the worker's log.
        folder: the data directory.
        devices: how many there are in the city.
        rate: uplinks/s.
        limit: seconds; None: until `stop`.
        stop: ends it.

    Raises:
        CityloraError: it cannot begin: the broker, or the data directory.
    """
    notes: list[str] = []
    began = time.time_ns()
    with set_up(notes.append) as stage, closing(Observer(stage, notes)) as observer:
        with choose(_scene(stage, rate, limit)) as view:
            _watch(stage, observer, view, limit, stop)
            failure = stage.failure
            view.show(observer.look(), FINISHING)
            stage.finish()
        last = observer.look()
        readings = observer.counts(began)
        quarantine = {group.reason: group.count for group in observer.groups()}
    return Summary(
        identity=read_state(folder, [SINK]).identity,
        published=stage.traffic.acknowledged,
        before=stage.before,
        devices=devices,
        seconds=stage.traffic.seconds,
        latency=stage.sampler.latency(),
        readings=readings,
        quarantine=quarantine,
        journal=last.journal,
        json=last.json,
        faults=tuple(verify(folder, [SINK])),
        failure=failure or stage.failure,
    )


def _scene(stage: Stage, rate: float, limit: float | None) -> Scene:
    devices = stage.traffic.city.devices
    return Scene(len(devices), len({device.ward for device in devices}), stage.traffic.faulty, rate, limit)


def _watch(stage: Stage, observer: Observer, view: View, limit: float | None, stop: threading.Event) -> None:
    deadline = float("inf") if limit is None else time.monotonic() + limit
    while not stage.failure:
        view.show(observer.look())
        left = deadline - time.monotonic()
        if stop.wait(max(0.0, min(view.interval, left))) or left <= view.interval:
            return
