"""A real `citylora run` between a real broker and real sinks: started, stopped at a named place, killed, audited.

What a test promises at its end is always the same: `Site.settle` waits until nothing is pending, `Site.account` holds
the files against each other and every sink against what was published, each uplink once.
"""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ingest import control, data_dir
from ingest.audit.verify import verify
from ingest.journal.writer import FILE
from ingest.status import read_state
from tests.e2e import rows
from tests.e2e.traffic import HOST, Key

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from ingest.status import State
    from tests.e2e.traffic import Traffic
    from tests.servers import Database

CITYLORA = Path(sys.executable).with_name("citylora")
PATIENCE = 40.0
"""Seconds for what takes one on an idle machine."""


def until(done: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + patience
    while not done():
        assert time.monotonic() < deadline, f"not within {patience:g} s: {what}"
        time.sleep(0.02)


class Worker:
    """A process of `citylora run`. Start it in the test's own thread: the kernel kills it when that one has gone.

    Args:
        config: its configuration file; `data` is its data directory.
        command: what runs it, such as strace.
    """

    def __init__(self, config: Path, data: Path, *, command: Sequence[str] = (), **environment: str) -> None:
        self.log = config.with_suffix(".log")
        self._data = data
        arguments = [*command, "setpriv", "--pdeathsig", "KILL", str(CITYLORA), "run", "-c", str(config)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *arguments],
                env={"PATH": "/usr/bin:/bin", **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def pid(self) -> int:
        """Its process id, or that of what runs it."""
        return self._process.pid

    @property
    def stopped(self) -> bool:
        """Whether it has stopped itself at its fault point."""
        self._alive()
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"

    @property
    def subscribed(self) -> bool:
        """Whether every broker has it as a subscriber."""
        self._alive()
        brokers = self.ask("status").get("brokers", {})
        return bool(brokers) and all(brokers.values())

    def ask(self, do: str) -> control.Answer:
        """Ask by the control socket; empty where it does not answer yet."""
        return control.ask(self._data / data_dir.SOCKET, do) or {}

    def until_answering(self) -> Self:
        """Wait until its files are made and it answers."""
        until(lambda: self.ask("status"), "it answers")
        return self

    def until_subscribed(self) -> Self:
        """Wait until events may come."""
        until(lambda: self.subscribed, "subscribed")
        return self

    def until_stopped(self) -> None:
        """Wait until it has come to its fault point."""
        until(lambda: self.stopped, "the fault point is reached")

    def send(self, number: int) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL; nothing where it has ended."""
        self._process.kill()
        self._process.wait()

    def wait(self, seconds: float = PATIENCE) -> int:
        """Its exit code, once it has ended."""
        return self._process.wait(seconds)

    def finish(self) -> None:
        """SIGTERM, and it must end well inside the ten seconds that it promises."""
        self.send(signal.SIGTERM)
        assert self.wait(10.0) == 0, self.words()
        assert "Traceback" not in self.words(), self.words()

    def words(self) -> str:
        """What it has said so far."""
        return self.log.read_text(errors="replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def _alive(self) -> None:
        assert self._process.poll() is None, f"it ended with {self._process.returncode}: {self.words()}"


@dataclass
class Site:
    """A worker's folder, its brokers' ports and its sinks; `database` None: the store alone.

    Attributes:
        broker: further lines of each broker's table; `extra` further tables.
        second: the port of a second broker with a second network server; 0: there is none.
        packs: of rules that are watched.
    """

    folder: Path
    port: int
    database: Database | None
    url: str = ""
    broker: str = ""
    extra: str = ""
    second: int = 0
    packs: tuple[str, ...] = ()

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.folder / "data"

    @property
    def consumers(self) -> list[str]:
        """The sinks, what makes roll-ups, and what watches."""
        return [*self.sinks, "rollup", *["alerts"] * bool(self.packs)]

    @property
    def sinks(self) -> list[str]:
        """Where readings end up."""
        return ["influxdb", "store"] if self.database else ["store"]

    def worker(self, fault: str = "", *, command: Sequence[str] = (), **environment: str) -> Worker:
        """Start a worker; `fault` is a fault point, which counts from `arm` on."""
        armed = self.folder / "armed"
        armed.unlink(missing_ok=True)
        faults = {"CITYLORA_FAULT": fault, "CITYLORA_FAULT_ARMED": str(armed)}
        return Worker(self.config(), self.data, command=command, **faults, **environment)

    def arm(self) -> None:
        """From now on the worker stops where it was told to."""
        (self.folder / "armed").touch()

    def config(self) -> Path:
        """Write the configuration file."""
        path = self.folder / "citylora.toml"
        path.write_text(
            f'data_dir = "{self.data}"\n{self._broker("main", self.port)}'
            f"{self._broker('second', self.second) if self.second else ''}"
            f"[sinks.store]\nenabled = true\n{self._influxdb()}\n{self._alerts()}{self.extra}\n"
        )
        return path

    def _broker(self, name: str, port: int) -> str:
        return (
            f'[[broker]]\nname = "{name}"\nhost = "{HOST}"\nport = {port}\n{self.broker}\n'
            f'[[lns]]\nname = "chirpstack-{name}"\nbroker = "{name}"\n'
        )

    def _influxdb(self) -> str:
        if self.database is None:
            return ""
        url = self.url or self.database.server.url
        return f'[sinks.influxdb]\nurl = "{url}"\ndatabase = "{self.database.name}"\n'

    def _alerts(self) -> str:
        return f"[alerts]\npacks = {json.dumps(self.packs)}\n" if self.packs else ""

    def state(self) -> State:
        """The ledger, from the files."""
        return read_state(self.data, self.consumers)

    def received(self) -> int:
        """Events in the journal so far; 0 before there is one."""
        return self.state().identity.received if (self.data / FILE).exists() else 0

    def until_received(self, count: int) -> None:
        """Wait until so many events are in the journal."""
        until(lambda: self.received() >= count, f"{count} events are in")

    def incidents(self) -> dict[str, int]:
        """How often each kind of incident was noted."""
        return {kind: count for kind, _, count, _, _ in self.state().incidents}

    def settle(self, unique: int) -> State:
        """Wait until so many different events are in and every sink has what it will have of them."""

        def settled() -> bool:
            counters = self.state().identity
            return counters.received - counters.duplicate >= unique and counters.pending == 0

        until(settled, f"{unique} events are in and none is pending; now {self.state().identity}")
        return self.state()

    def account(self, traffic: Traffic) -> State:
        """Hold everything to account: the files agree, and each sink has each published uplink once and no other."""
        state = self.honest()
        assert state.identity.received - state.identity.duplicate == len(traffic.published)
        assert state.identity.quarantined == traffic.undecodable
        assert state.identity.evicted == state.identity.pending == 0
        same(self.in_store(), traffic.published)
        if self.database:
            same(self.in_influxdb(), traffic.published)
        return state

    def account_kinds(self, *traffics: Traffic) -> State:
        """The same of events of every kind, from several servers: each that was published is kept and stored once."""
        state = self.honest()
        kinds = sum((traffic.kinds for traffic in traffics), Counter())
        published = [key for traffic in traffics for key in traffic.published]
        undecodable = sum(traffic.undecodable for traffic in traffics)
        assert state.identity.received - state.identity.duplicate == kinds.total()
        assert state.identity.quarantined == undecodable
        assert state.identity.evicted == state.identity.pending == 0
        for account in state.accounts:
            assert account.stored_by_kind == {**kinds, "up": kinds["up"] - undecodable}, account.name
        found = [self.rows_in_store()]
        same(self.in_store(), published)
        if self.database:
            found.append(self.rows_in_influxdb())
            same(self.in_influxdb(), published)
        assert all(one == kinds for one in found), (found, kinds)
        return state

    def rows_in_influxdb(self) -> Counter[str]:
        """How many events of each kind have their own row."""
        assert self.database is not None
        return rows.in_influxdb(self.database)

    def rows_in_store(self) -> Counter[str]:
        """How many events of each kind have their own row."""
        return rows.in_store(data_dir.consumer_file(self.data, "store"))

    def honest(self) -> State:
        """The ledger adds up and the files agree with it."""
        assert verify(self.data, self.consumers) == []
        state = self.state()
        assert state.identity.adds_up
        return state

    def in_influxdb(self) -> Counter[Key]:
        """How often each uplink is there."""
        assert self.database is not None
        rows = self.database.rows("SELECT f_cnt FROM radio GROUP BY dev_eui")
        return Counter(Key(row["dev_eui"], int(row["f_cnt"])) for row in rows)

    def in_store(self) -> Counter[Key]:
        """How often each uplink is there."""
        db = sqlite3.connect(f"file:{data_dir.consumer_file(self.data, 'store')}?mode=ro", uri=True)
        try:
            rows = db.execute(
                "SELECT dev_eui, json_extract(fields, '$.f_cnt') FROM point JOIN series ON id = series"
                " WHERE measurement = 'radio'"
            )
            return Counter(Key(dev_eui, int(f_cnt)) for dev_eui, f_cnt in rows)
        finally:
            db.close()


def same(stored: Counter[Key], published: Collection[Key]) -> None:
    """Each uplink once, no more, no fewer."""
    wanted = Counter(published)
    missing, surplus = wanted - stored, stored - wanted
    assert not missing, f"{len(missing)} uplinks are missing, such as {next(iter(missing))}"
    assert not surplus, f"{len(surplus)} uplinks are there too often or were never published: {next(iter(surplus))}"
