"""By syscall trace: no PUBACK leaves before the fdatasync that covers its event."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e import trace
from tests.e2e.harness import Site
from tests.e2e.traffic import Traffic
from tests.servers.found import find

if TYPE_CHECKING:
    from tests.servers import Mosquitto

UPLINKS = 1500


def test_no_puback_leaves_before_its_event_is_on_disk(mosquitto: Mosquitto, tmp_path: Path) -> None:
    site = Site(tmp_path, mosquitto.port, None)
    traffic = Traffic(mosquitto.port)
    trail = trace.trail(trace.read(_traced(site, traffic)), mosquitto.port)
    assert len(trail.publishes) >= UPLINKS
    assert len({identity for _, _, identity in trail.publishes}) == UPLINKS
    assert len(trail.pubacks) >= UPLINKS
    assert trace.early(trail) == []
    site.account(traffic)
    _prove_that_the_check_can_fail(trail)


def _traced(site: Site, traffic: Traffic) -> Path:
    """The trace of a worker that takes uplinks one by one, then as many at once as the broker gives."""
    path = site.folder / "trace"
    strace = find("strace")
    with site.worker(command=[str(strace.path), *trace.OPTIONS, "-o", str(path), "--"]) as worker:
        worker.until_subscribed()
        traffic.publish(300, 200.0)
        traffic.publish(UPLINKS - 300)
        site.settle(UPLINKS)
        # strace itself forwards no SIGTERM.
        os.kill(int(Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text()), signal.SIGTERM)
        assert worker.wait() == 0, worker.words()
    return path


def _prove_that_the_check_can_fail(trail: trace.Trail) -> None:
    """Doctor the trace in each way in which a worker could break the promise."""
    count = len(trail.pubacks)
    never_synced = trace.early(trail._replace(syncs=[]))
    assert len(never_synced) == count
    assert all("not synced" in fault for fault in never_synced)
    assert all("not committed" in fault for fault in _by(trail, commits=False))
    assert len(_by(trail, commits=False)) == count
    assert len(_by(trail, page=b"")) == count
    synced_later = [(began, ended + 10**9) for began, ended in trail.syncs]
    assert len(trace.early(trail._replace(syncs=synced_later))) == count
    at_once = [(line, packet) for line, packet, _ in trail.publishes]
    assert len(trace.early(trail._replace(pubacks=at_once))) == len(at_once)


def _by(trail: trace.Trail, **change: object) -> list[str]:
    return trace.early(trail._replace(frames=[frame._replace(**change) for frame in trail.frames]))  # type: ignore[arg-type]
