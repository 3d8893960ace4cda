"""A city that alerts, from what is heard to the outbox, in one thread and by a clock that the test moves.

The file, the engine, what tells and the outbox are real; the book is made of a real configuration. Whoever receives is
strict: each body is held against the published schema, and no department is told of an end without a beginning, or of a
beginning twice.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from ingest import data_dir
from ingest.alerting import Written
from ingest.alerts.heard import Heard
from ingest.alerts.sink import AlertSink, Outside
from ingest.alerts.tables import Tables
from ingest.config import load
from ingest.decoding.point import Point
from ingest.sqlite import transaction
from tests.fakes.delivery import SECRET
from tests.json_schema import faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ingest.alerts.alert import Interval
    from ingest.config import Settings

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
START = 1_790_000_000 * SECOND

HIGH = """
[[rule]]
id = "high"
title = { vi = "Mực nước cao", en = "High water" }
severity = "danger"
quantity = "water_level"
above = 2.0
clear = 1.8
"""

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parents[2] / "docs" / "alert.schema.json").read_bytes())
_BROKERS = '[[broker]]\nname = "main"\nhost = "127.0.0.1"\nport = 9\n[[lns]]\nname = "chirpstack"\nbroker = "main"\n'


def department(name: str = "ioc", rules: str = '["*"]', **more: str) -> str:
    """A department with a webhook, as the configuration has it."""
    keys = "\n".join(f"{key} = {value}" for key, value in more.items())
    return (
        f'[[alerts.department]]\nid = "{name}"\nname = {{ vi = "Sở {name}", en = "Department {name}" }}\n'
        f'rules = {rules}\n{keys}\n[[alerts.department.webhook]]\nname = "hook"\n'
        f'url = "https://{name}.example.vn/s3cr3t"\nsecret_file = "secret"\n'
    )


def written(folder: Path, alerts: str, rules: str = HIGH) -> Settings:
    """A configuration: further lines of its table [alerts], with the departments; and its file of rules."""
    (folder / "alerts.toml").write_text(rules)
    (folder / "secret").write_text(SECRET + "\n")
    path = folder / "citylora.toml"
    path.write_text(f'data_dir = "data"\n{_BROKERS}[alerts]\nfile = "alerts.toml"\n{alerts}')
    return load(path)


def level(value: float, at: int, site: str = "cau-do", device: str = "24e1240000000001") -> Point:
    """A row of a water level."""
    return Point("water", (device, site, "cam-le", "gauge", "0"), (("water_level", value),), at, at)


def radio(at: int, device: str = "24e1240000000001", site: str = "cau-do", gateway: str = "roof") -> Point:
    """The row of an uplink."""
    return Point("radio", (device, site, "cam-le", "gauge", gateway), (("f_cnt", 1.0), ("gap", 0.0)), at, at, "server")


def uplink(at: int, value: float | None = None, *, device: str = "24e1240000000001", site: str = "cau-do",
           gateway: str = "roof", source: str = "main") -> Heard:  # fmt: skip
    """An uplink with a water level, or none."""
    rows = () if value is None else (level(value, at, site, device),)
    return Heard(source, at, device, (*rows, radio(at, device, site, gateway)), gateways=(gateway,))


class Mail(NamedTuple):
    """A message of the outbox, and the clock when it was put there."""

    id: str
    endpoint: str
    raw: bytes
    at: int

    @property
    def body(self) -> Any:
        """What is in it."""
        return json.loads(self.raw)

    @property
    def type(self) -> str:
        """What it is."""
        return str(self.body["type"]).removeprefix("alert.")

    @property
    def alerts(self) -> list[Any]:
        """Those that are listed."""
        found: list[Any] = self.body["data"]["alerts"]
        return found

    @property
    def line(self) -> str:
        """In a few words: `ioc firing high cau-do`."""
        told = ", ".join(f"{one['rule']['id']} {one['scope']['id']}" for one in self.alerts)
        return f"{self.endpoint.partition('/')[0]} {self.type} {told}"


class Receiver:
    """Takes what is put into the outbox, and says where it makes no sense."""

    def __init__(self) -> None:
        self.mail: list[Mail] = []
        self._firing: dict[tuple[str, str], str] = {}
        self._seen: set[str] = set()

    def take(self, one: Mail) -> None:
        """A message."""
        assert not faults(one.body, SCHEMA), faults(one.body, SCHEMA)
        assert one.id not in self._seen
        self._seen.add(one.id)
        for alert in one.alerts if one.type in {"firing", "resolved", "digest"} else ():
            key = one.endpoint, alert["id"]
            before = self._firing.get(key)
            assert before != alert["phase"], f"{alert['phase']} twice: {one.line}"
            assert alert["phase"] == "firing" or before == "firing" or one.type == "digest", one.line
            assert before != "resolved", f"it began again: {one.line}"
            self._firing[key] = alert["phase"]
        self.mail.append(one)


class Alarms:
    """The consumer's file and its sink.

    Attributes:
        now: the wall clock, ns UTC.
        connected: the brokers that we are connected to.
        health: what `Health` signals look at.
        failed: rules that could not be worked out.
        retired: devices that are at no site any more.
    """

    def __init__(self, folder: Path, alerts: str = department(), rules: str = HIGH, now: int = START) -> None:
        self.settings = written(folder, alerts, rules)
        self.now = now
        self.connected: set[str] = {"main"}
        self.health: Callable[[], Mapping[tuple[str, str], float]] = dict
        self.failed: Counter[str] = Counter()
        self.retired: frozenset[str] = frozenset()
        self.receiver = Receiver()
        self._folder = folder / "data"
        self._seq = 0
        data_dir.make(self._folder)
        self.open()

    def open(self) -> None:
        """Begin, or begin again after a crash, with nothing but the file."""
        self.db = data_dir.open_consumer(self._folder, "alerts")
        outside = Outside(
            lambda: self.connected, lambda: dict(self.health()), failed=lambda rule, _why: self.failed.update([rule]),
            retired=lambda: self.retired,
        )  # fmt: skip
        self.sink = AlertSink(self.db, self.book(), lambda: self.now, outside)

    def book(self) -> Any:
        """What the configuration says."""
        return Written(self.settings, dict, frozenset({"main"})).book()

    def use(self, settings: Settings) -> None:
        """The configuration has changed."""
        self.settings = settings
        self.sink.use(self.book())

    def crash(self) -> None:
        """The process ends, and another one begins."""
        self.db.close()
        self.open()

    def connected_since_ever(self) -> None:
        """That the brokers have given all they held is known at once."""
        self.sink._sources.live(self.connected, 0)

    def hear(self, *events: Heard) -> None:
        """A batch arrives."""
        with transaction(self.db):
            self.sink.hear([one._replace(arrived_at=self.now) for one in events])
        self._collect()

    def derive(self, *rows: Point) -> None:
        """Rows of the roll-ups' log arrive."""
        with transaction(self.db):
            self.sink.write_derived(rows)
        self._collect()

    def idle(self, *, caught_up: bool = True) -> None:
        """A turn."""
        with transaction(self.db):
            self.sink.idle(caught_up=caught_up)
        self._collect()

    def pass_(self, ns: int, step: int = 20 * SECOND) -> None:
        """Time goes on, and nothing is heard."""
        until = self.now + ns
        while self.now < until:
            self.now = min(until, self.now + step)
            self.idle()

    def play(self, events: Iterable[Heard], turn: int = 20 * SECOND) -> None:
        """Events arrive when the network has them, with a turn now and then."""
        for one in events:
            while self.now + turn < one.received_at:
                self.now += turn
                self.idle()
            self.now = max(self.now, one.received_at)
            self.hear(one)

    @property
    def mail(self) -> list[Mail]:
        """What was told so far."""
        return self.receiver.mail

    @property
    def lines(self) -> list[str]:
        """Likewise, in a few words."""
        return [one.line for one in self.mail]

    @property
    def history(self) -> list[Interval]:
        """When rules were met."""
        return Tables(self.db).intervals()

    def dump(self) -> dict[str, Sequence[Any]]:
        """All that the file says, but for the key of this directory alone."""
        names = ("watch", "alert", "interval", "told", "untold", "sent", "outbox", "derived", "tally")
        found = {name: self.db.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in names}  # noqa: S608
        return {**found, "turn": self.db.execute("SELECT turn, began FROM alerts_state").fetchall()}

    def close(self) -> None:
        """Let go of the file."""
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _collect(self) -> None:
        query = "SELECT seq, id, endpoint, body FROM outbox WHERE seq > ? ORDER BY seq"
        for seq, key, endpoint, body in self.db.execute(query, (self._seq,)).fetchall():
            self._seq = seq
            self.receiver.take(Mail(key, endpoint, body, self.now))
