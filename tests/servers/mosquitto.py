"""A Mosquitto of the test's own: its configuration, its persistence, its faults."""

import os
import signal
import socket
import time
from pathlib import Path

from tests.servers.ports import LOOPBACK
from tests.servers.process import Server

# What docs and deploy ask of a broker: it keeps every message of a session, however long the session is away.
KEEPS_EVERYTHING = """\
persistence true
autosave_interval 30
max_inflight_messages 1000
max_queued_messages 0
"""

# CONNECT of MQTT 3.1.1: protocol MQTT level 4, clean session, keep-alive 10 s, no client id.
_CONNECT = bytes([0x10, 12, 0, 4]) + b"MQTT" + bytes([4, 0x02, 0, 10, 0, 0])
_DISCONNECT = bytes([0xE0, 0])
_CONNACK = 0x20
_SAVES_WITHIN = 10.0


class Mosquitto(Server):
    """A broker on 127.0.0.1 that lets everyone in.

    Args:
        folder: its configuration, log and persistence.
        port: None takes a free one; it stays the same over restarts.
        config: further lines of mosquitto.conf, `KEEPS_EVERYTHING` unless told.
        debian_default: none of them: no persistence, 1,000 messages queued a client, 20 in flight.
    """

    name = "mosquitto"

    def __init__(
        self, folder: Path, port: int | None = None, config: str = KEEPS_EVERYTHING, *, debian_default: bool = False
    ) -> None:
        super().__init__(folder, port)
        self.config = "" if debian_default else config

    @property
    def persisted(self) -> Path:
        """The file in which it keeps sessions and messages when it stops or autosaves."""
        return self.folder / "mosquitto.db"

    def persist(self) -> None:
        """Have it write its sessions and messages down now, as it does at an autosave."""
        before = self._saved()
        self._signal(signal.SIGUSR1)
        deadline = time.monotonic() + _SAVES_WITHIN
        while self._saved() == before:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not save within {_SAVES_WITHIN:g} s")
            time.sleep(0.02)

    def _saved(self) -> int:
        return self.persisted.stat().st_mtime_ns if self.persisted.exists() else 0

    def _arguments(self) -> list[str]:
        path = self.folder / "mosquitto.conf"
        # As root it would become user mosquitto, who may not write in the folder.
        user = "user root\n" if os.geteuid() == 0 else ""
        path.write_text(
            f"listener {self.port} {LOOPBACK}\nallow_anonymous true\n{user}persistence_location {self.folder}/\n"
            f"log_dest stderr\n{self.config}\n"
        )
        return ["-c", str(path)]

    def _answers(self) -> bool:
        with socket.create_connection((LOOPBACK, self.port), timeout=1) as connection:
            connection.sendall(_CONNECT)
            answer = connection.recv(4)
            connection.sendall(_DISCONNECT)
        return answer[:1] == bytes([_CONNACK])
