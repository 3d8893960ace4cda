"""A backup under load, restored elsewhere, goes on with the broker's session: nothing is lost that the broker had."""

from __future__ import annotations

import json
import signal
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gateways.simulator.publish import publish
from ingest.audit.verify import verify
from ingest.journal.reader import SqliteReader
from ingest.journal.writer import FILE
from tests.e2e.harness import CITYLORA, PATIENCE, Site, until
from tests.e2e.traffic import HOST, Key, Traffic

if TYPE_CHECKING:
    from ingest.journal.entry import Entry
    from tests.servers import Database, Mosquitto

BEFORE, AFTER, AWAY = 2000, 1000, 800
"""Uplinks until the backup begins, from then until the worker stops at least, and while no worker is there."""

REDELIVERED = 200


def citylora(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        ["setpriv", "--pdeathsig", "KILL", CITYLORA, *map(str, arguments)],
        capture_output=True, text=True, timeout=PATIENCE, check=False, env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip


def kept(data: Path) -> list[tuple[int, Entry]]:
    """Every event of a journal with its number."""
    with closing(SqliteReader(data / FILE)) as reader:
        blocks = reader.read(0, 1 << 60)
        return [pair for block in blocks for pair in enumerate(block.entries, block.first)]


def keys(events: list[tuple[int, Entry]]) -> set[Key]:
    """The uplinks among them."""
    return {Key(entry.topic.split("/")[3], json.loads(entry.payload)["fCnt"]) for _, entry in events}


@pytest.mark.parametrize("crashes", [False, True], ids=["stops", "crashes"])
def test_a_backup_under_load_goes_on_elsewhere(
    mosquitto: Mosquitto, database: Database, tmp_path: Path, *, crashes: bool
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = Site(tmp_path / "one", mosquitto.port, database), Site(tmp_path / "two", mosquitto.port, database)
    traffic = Traffic(mosquitto.port, unknown_model=50)
    with one.worker() as worker:
        worker.until_subscribed()
        with traffic.flowing():
            one.until_received(BEFORE)
            done = citylora("backup", tmp_path / "copy", "-c", one.config(), "--json")
            assert done.returncode == 0, done.stdout
            one.until_received(one.received() + AFTER)
            if crashes:
                worker.kill()
        if not crashes:
            one.settle(BEFORE + AFTER)  # what it had not delivered when it stops would go with its disk, too
            worker.finish()
    traffic.publish(AWAY)
    made = json.loads(done.stdout)
    first, copied = kept(one.data), kept(tmp_path / "copy")
    assert BEFORE <= made["seq"] == copied[-1][0] < first[-1][0]
    assert copied == first[: len(copied)]

    restored = citylora("restore", tmp_path / "copy", "--into", two.data, "--json")
    assert restored.returncode == 0, restored.stdout
    with two.worker() as worker:
        worker.until_subscribed()
        at_broker = set(traffic.published) - keys(first)
        assert len(at_broker) >= AWAY
        two.settle(len(keys(copied)) + len(at_broker))
        again = [(entry.arrived_at, entry.topic, entry.payload) for _, entry in copied[-REDELIVERED:]]
        publish(HOST, mosquitto.port, again, None)
        two.until_received(len(copied) + len(at_broker) + REDELIVERED)
        two.settle(len(keys(copied)) + len(at_broker))
        worker.finish()

    state = two.honest()
    assert state.identity.duplicate >= REDELIVERED
    assert state.identity.pending == state.identity.evicted == 0
    second = kept(two.data)
    assert keys(second) >= keys(copied) | at_broker
    assert set(two.in_store()) == keys(second)
    assert set(two.in_store().values()) == {1}
    delivered = two.in_influxdb()
    assert set(delivered.values()) == {1}
    # What a worker that crashed had kept and acknowledged since the backup, and not yet delivered, went with its disk.
    assert set(traffic.published) - set(delivered) <= (keys(first) - keys(copied) if crashes else set())
    new = [number for number, _ in second[len(copied) :]]
    assert second[: len(copied)] == copied
    assert min(new) == json.loads(restored.stdout)["next_seq"] > first[-1][0]
    assert not {number for number, _ in first} & set(new)


def test_a_backup_holds_up_neither_eviction_nor_intake(mosquitto: Mosquitto, tmp_path: Path) -> None:
    """A reader of an old state: as a slow backup is one to the worker, here one that stands still."""
    site = Site(tmp_path, mosquitto.port, None, extra='[journal]\nmax_size = "1MiB"\non_full = "stop"')
    traffic = Traffic(mosquitto.port)
    with site.worker() as worker:
        worker.until_subscribed()
        traffic.publish(100)
        site.settle(100)
        slow = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", CITYLORA, "backup", tmp_path / "copy", "-c", site.config()],
            env={"PATH": "/usr/bin:/bin", "CITYLORA_FAULT": "backup.held"}, stderr=subprocess.PIPE,
        )  # fmt: skip
        with slow:
            status = Path(f"/proc/{slow.pid}/stat")
            until(lambda: status.read_text().rpartition(")")[2].split()[0] == "T", "every file is held")
            traffic.publish(12_000)
            site.settle(len(traffic.published))
            with closing(SqliteReader(site.data / FILE)) as reader:
                assert reader.totals().oldest > 1
            slow.send_signal(signal.SIGCONT)
            assert slow.wait(PATIENCE) == 0, slow.stderr and slow.stderr.read()
        worker.finish()
    assert verify(tmp_path / "copy", ["store"]) == []
    with closing(SqliteReader(tmp_path / "copy" / FILE)) as reader:
        assert reader.totals().last == 100
    site.account(traffic)
