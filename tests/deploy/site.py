"""A site as `citylora init` makes it for one machine, and the real Mosquitto started from its files."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tests.servers.ports import free_port
from tests.servers.process import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "127.0.0.1"
CITYLORA = Path(sys.executable).with_name("citylora")

ACCEPTED, NOT_AUTHORISED = 0, 5
"""What MQTT 3.1.1 answers to a CONNECT."""

_CONNACK, _PUBLISH, _PINGREQ = 0x20, 0x30, bytes([0xC0, 0])
_CLEAN, _WITH_USER = 0x02, 0xC2


class Site:
    """A set in `folder`/set, made by the command; services keep their data in `folder`/state."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.directory, self.state = folder / "set", folder / "state"
        self.mqtt_port = free_port()
        for name in ("mosquitto", "citylora"):
            (self.state / name).mkdir(parents=True)
        given = ["--kind", "machine", "--state", str(self.state), "--mqtt-port", str(self.mqtt_port), *options]
        subprocess.run([str(CITYLORA), "init", str(self.directory), *given], check=True, stdout=subprocess.DEVNULL)

    @property
    def config(self) -> Path:
        """The worker's configuration."""
        return self.directory / "citylora.toml"

    @property
    def authority(self) -> Path:
        """The certificate that everybody believes the broker by."""
        return self.directory / "certificates" / "ca.crt"

    def secret_file(self, name: str) -> Path:
        """The file of one secret."""
        return self.directory / "secrets" / name

    def secret(self, name: str) -> str:
        """One secret."""
        return self.secret_file(name).read_text("utf-8").strip()

    def login(self, user: str) -> list[str]:
        """Options of `citylora simulate` for a user of the broker."""
        way = ["--host", "localhost", "--port", str(self.mqtt_port), "--tls-ca", str(self.authority)]
        return [*way, "--username", user, "--password-file", str(self.secret_file(f"mqtt-{user}"))]


class Broker(Server):
    """Mosquitto by the mosquitto.conf of a set as it is; `more` are further lines, and `rights` of its ACL."""

    name = "mosquitto"

    def __init__(self, site: Site, more: str = "", rights: str = "") -> None:
        super().__init__(site.state / "mosquitto", site.mqtt_port)
        self._site, self._more = site, more
        self._tls = ssl.create_default_context(cafile=site.authority)
        acl = site.directory / "mosquitto" / "acl"
        acl.write_text(acl.read_text("utf-8") + rights, "utf-8")

    def reload(self) -> None:
        """SIGHUP: it reads users and rights again."""
        self._signal(signal.SIGHUP)

    def _arguments(self) -> list[str]:
        # As root it would become user mosquitto, who may not write in the folder.
        user = "user root\n" if os.geteuid() == 0 else ""
        path = self._site.directory / "mosquitto" / "mosquitto.conf"
        path.write_text(path.read_text("utf-8").rstrip() + f"\n{user}{self._more}\n", "utf-8")
        return ["-c", str(path)]

    def _answers(self) -> bool:
        return self.login() == NOT_AUTHORISED

    def login(self, user: str = "", password: str = "") -> int:
        """What it answers to whoever connects by TLS as this user, or as nobody."""
        with self._connected(user, password) as (_, answer):
            return answer

    def attempt(self, user: str, password: str, topic: str, payload: bytes) -> None:
        """Publish as this user, and come back when the broker has let it pass or not: 2.0.11 hangs up where not."""
        name = topic.encode()
        message = len(name).to_bytes(2, "big") + name + payload
        with self._connected(user, password) as (connection, answer), suppress(ConnectionError, ssl.SSLError):
            assert answer == ACCEPTED
            connection.sendall(bytes([_PUBLISH, *_length(message)]) + message + _PINGREQ)
            connection.recv(2)

    @contextmanager
    def _connected(self, user: str, password: str) -> Iterator[tuple[ssl.SSLSocket, int]]:
        texts = [text.encode() for text in ("", user, password)][: 3 if user else 1]
        rest = b"".join(len(text).to_bytes(2, "big") + text for text in texts)
        connect = b"\0\4MQTT\4" + bytes([_WITH_USER if user else _CLEAN, 0, 10]) + rest
        with (
            socket.create_connection((HOST, self.port), timeout=10) as plain,
            self._tls.wrap_socket(plain, server_hostname="localhost") as connection,
        ):
            connection.sendall(bytes([0x10, len(connect)]) + connect)
            answer = connection.recv(4)
            if len(answer) != 4 or answer[0] != _CONNACK:
                raise ConnectionError(f"it answered {answer!r}")
            yield connection, answer[3]


def _length(message: bytes) -> Iterator[int]:
    """As MQTT writes it: seven bits a byte, the lowest first."""
    left = len(message)
    while left > 0x7F:
        yield left & 0x7F | 0x80
        left >>= 7
    yield left


def rights(acl: str) -> Iterator[tuple[int, str]]:
    """Number and text of every line of an ACL that gives a right."""
    for number, line in enumerate(acl.splitlines()):
        if line.startswith(("topic ", "pattern ")):
            yield number, line
