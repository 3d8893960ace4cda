"""What the tests of deliveries share: an outbox, messages, and endpoints of loopback that record what they get."""

from __future__ import annotations

import json
import threading
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any, Self

from pydantic import SecretStr

from ingest.alerts import outbox
from ingest.alerts.message import Message, Type
from ingest.alerts.schema import SCHEMA
from ingest.config.endpoints import Webhook
from ingest.delivery.courier import Courier, Trouble
from ingest.sqlite import connect, migrate, transaction
from tests.fakes.http import Answer, Fault, HttpServer, Request

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from pathlib import Path

    from ingest.config.endpoints import AnyEndpoint

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105
"""That of the Standard Webhooks specification's own example."""

LOOPBACK = (IPv4Network("127.0.0.0/8"),)
NOW = 1_790_000_000_000_000_000
SECOND = 1_000_000_000


def open_outbox(path: Path) -> sqlite3.Connection:
    """A file with the tables of alerts, made where it is missing."""
    db = connect(path, durable=False)
    migrate(db, path, (SCHEMA,))
    return db


def alert(key: str, phase: str = "firing", **more: Any) -> dict[str, Any]:
    """One alert of a body."""
    return {
        "id": key,
        "phase": phase,
        "severity": "danger",
        "rule": {"id": "flood/level_2", "title": "Mực nước trên báo động 2"},
        "scope": {"kind": "site", "id": "cau-cam-le", "channel": "0"},
        "site": {"id": "cau-cam-le", "name": "Cầu Cẩm Lệ"},
        "ward": "Cẩm Lệ",
        "value": 2.31,
        "unit": "m",
        "opened": "2026-10-14T02:10:00.000+07:00",
        "time": "2026-10-14T02:10:00.000+07:00" if phase == "firing" else "2026-10-14T03:00:00.000+07:00",
        "text": "Mực nước 2,31 m tại Cầu Cẩm Lệ.",
        "links": {"acknowledge": None, "board": "https://boards.example.vn/cau-cam-le"},
        **more,
    }


def message(
    key: str,
    endpoint: str = "thoat-nuoc/room",
    alerts: tuple[str, ...] = ("al_a",),
    kind: Type = "alert.firing",
    created: int = NOW,
) -> Message:
    """A message whose body is like those that are sent, Vietnamese and all."""
    phase = "resolved" if kind == "alert.resolved" else "firing"
    body = {
        "type": kind,
        "timestamp": "2026-10-14T02:10:00.000+07:00",
        "data": {
            "version": 1,
            "department": {"id": "thoat-nuoc", "name": "Công ty Thoát nước Đà Nẵng", "language": "vi"},
            "drill": kind == "alert.drill",
            "title": 'NGUY HIỂM: "Mực nước trên báo động 2" tại Cầu Cẩm Lệ',
            "text": "Mực nước 2,31 m tại Cầu Cẩm Lệ.",
            "alerts": [alert(one, phase) for one in alerts],
        },
    }
    encoded = json.dumps(body, ensure_ascii=False).encode()
    return Message(key, kind, endpoint.partition("/")[0], endpoint, alerts, encoded, created)


class Receiver(HttpServer):
    """Answers `says`, and keeps what came."""

    def __init__(self, says: Answer | Fault | None = None) -> None:
        super().__init__()
        self.says = says or Answer(200, b"ok")
        self.by_id: Mapping[str, Answer | Fault] = {}
        self.echoes = False

    def answer(self, request: Request) -> Answer | Fault:
        if self.echoes:
            return Answer(422, f"{request.path} {request.headers} ".encode() + request.body)
        return self.by_id.get(request.headers.get("webhook-id", ""), self.says)

    @property
    def ids(self) -> list[str]:
        """Of the messages that came, in their order."""
        return [request.headers["webhook-id"] for request in list(self.requests)]


def webhook(folder: Path, url: str, name: str = "room", **more: Any) -> Webhook:
    """A webhook's settings with the secret in a file."""
    secret = folder / f"{name}.secret"
    if not secret.exists():
        secret.write_text(SECRET + "\n")
    return Webhook(name=name, url=SecretStr(url), secret_file=secret, **{"private": LOOPBACK, **more})


class Clock:
    """Stands where it is set."""

    def __init__(self, now: int = NOW) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += round(seconds * SECOND)


class Carried:
    """A courier that runs, with its outbox; `with` starts and stops it."""

    def __init__(self, folder: Path, endpoints: Mapping[str, AnyEndpoint], now: Any = None) -> None:
        self.path = folder / "alerts.db"
        self.db = open_outbox(self.path)
        self.now = now or Clock()
        self.troubles: list[Trouble] = []
        self.courier = Courier(lambda: open_outbox(self.path), endpoints, self.now, self.troubles.append)

    def put(self, *messages: Message) -> None:
        """Put them, and wake the courier."""
        with transaction(self.db):
            outbox.put(self.db, messages, self.now())
        self.courier.wake()

    def pass_(self, seconds: float) -> None:
        """Let time go by."""
        self.now.pass_(seconds)
        self.courier.wake()

    def kinds(self) -> list[str]:
        """Of troubles, in the order in which they came."""
        return [one.kind for one in self.troubles]

    def states(self) -> dict[str, str]:
        """Of every message."""
        return {one.message.id: one.state for one in outbox.entries(self.db, limit=100_000)}

    def __enter__(self) -> Self:
        self.courier.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.courier.stop(3)
        self.courier._thread.join(20)  # it ends, however late it is given a turn
        self.db.close()
        left = [one.name for one in threading.enumerate() if one.name == "courier"]
        assert not left, left
