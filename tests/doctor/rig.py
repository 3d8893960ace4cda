"""Probing real servers: the configuration that names them, and the findings by their check."""

from __future__ import annotations

import hashlib
import itertools
import threading
import time
from base64 import b64encode
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gateways.chirpstack.visit import Visit
from gateways.simulator import City
from ingest.config import load
from ingest.doctor.probe import probe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateways.chirpstack.broker import BrokerSettings
    from ingest.doctor.finding import Told

HOST = "127.0.0.1"
GATEWAY = "as923_2/gateway/0016c001f1500812"
PASSWORD = "đúng mật khẩu"  # noqa: S105  (of a broker that lives for a second)


class Findings(dict[str, "Told"]):
    """What was found of one subject, by the check's name."""

    @property
    def states(self) -> dict[str, str]:
        """The states alone."""
        return {name: finding.state for name, finding in self.items()}


def config(folder: Path, text: str) -> Path:
    """Write a configuration."""
    path = folder / "citylora.toml"
    path.write_text(f'data_dir = "{folder}/data"\n{text}', "utf-8")
    return path


def broker(port: int, more: str = "", lns: str = "") -> str:
    """The tables of a broker."""
    return f'[[broker]]\nname = "city"\nhost = "{HOST}"\nport = {port}\n{more}\n[[lns]]\nname = "chirpstack"\n{lns}\n'


def probed(folder: Path, text: str, subject: str, listen: float = 0.2) -> Findings:
    """Probe by a configuration; what was found of the subject."""
    steps: list[tuple[int, int]] = []
    found = probe(load(config(folder, text)), listen, lambda done, total, _last: steps.append((done, total)))
    assert [done for done, _ in steps] == list(range(1, steps[0][1] + 1))
    for one in found:
        assert one.told("vi").observed, one  # both languages have a text, and the same places in it
    return Findings({one.check: one.told("en") for one in found if one.subject == subject})


def password_file(folder: Path, users: tuple[str, ...] = ("citylora", "other")) -> Path:
    """A password file of Mosquitto (PBKDF2 with SHA-512) in which all have one password."""
    path, salt = folder / "passwords", b"twelve bytes"
    digest = b64encode(hashlib.pbkdf2_hmac("sha512", PASSWORD.encode(), salt, 101)).decode()
    path.write_text("".join(f"{user}:$7$101${b64encode(salt).decode()}${digest}\n" for user in users))
    return path


def secret(folder: Path, text: str = PASSWORD) -> Path:
    """A file with a secret."""
    path = folder / "secret"
    path.write_text(f"{text}\n", "utf-8")
    return path


@contextmanager
def speaking(settings: BrokerSettings, qos: int = 1, behind: int = 0) -> Iterator[None]:
    """Meanwhile devices and a gateway speak at a broker, as those of a server whose clock is `behind` seconds."""
    stop = threading.Event()
    thread = threading.Thread(target=_speak, args=(settings, qos, behind, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _speak(settings: BrokerSettings, qos: int, behind: int, stop: threading.Event) -> None:
    city = City(5, 1)
    with Visit(settings) as visit:
        for number in itertools.count():
            topic, payload = city.uplink(number % 5, time.time_ns() - behind * 1_000_000_000)
            visit._client.publish(topic, payload, qos=qos)
            visit._client.publish(f"{GATEWAY}/event/stats", b"{}", qos=qos)
            if visit.wait(stop.is_set, 0.02):
                return
