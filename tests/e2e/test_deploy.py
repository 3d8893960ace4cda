"""What `deploy/` ships, on the real thing: a Mosquitto with our settings and ACL, a unit as systemd reads it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gateways.chirpstack.visit import Visit
from ingest.config import load
from ingest.endpoints import BrokerEndpoint
from tests.doctor.rig import broker, config, password_file, probed, secret
from tests.servers import Mosquitto

if TYPE_CHECKING:
    from collections.abc import Iterator

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = DEPLOY / "citylora.service"
CITYLORA = Path(sys.executable).with_name("citylora")


@pytest.fixture
def shipped(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker by deploy/mosquitto/, with the places that a test may write."""
    text = (DEPLOY / "mosquitto" / "citylora.conf").read_text("utf-8")
    for place, here in (
        ("/etc/mosquitto/passwd", str(password_file(tmp_path, ("citylora", "chirpstack", "gateway")))),
        ("/etc/mosquitto/acl", str(DEPLOY / "mosquitto" / "acl.example")),
    ):
        assert place in text
        text = text.replace(place, here)
    with Mosquitto(tmp_path / "mosquitto", config=text) as server:
        yield server


def test_the_shipped_broker_lets_everyone_do_their_part(shipped: Mosquitto, tmp_path: Path) -> None:
    login = ["--username", "chirpstack", "--password-file", str(secret(tmp_path))]
    simulated = [str(CITYLORA), "simulate", "--port", str(shipped.port), *login, "--only-up", "--rate", "100"]
    with (
        _reporting(shipped, tmp_path),
        subprocess.Popen([*simulated, "--for", "6s"], stdout=subprocess.DEVNULL) as city,
    ):
        found = probed(tmp_path, broker(shipped.port, _user("citylora", tmp_path)), "broker city", listen=5.0)
    assert city.returncode == 0
    unknown = {name for name, state in found.states.items() if state == "unknown"}
    assert unknown == {"session survives a restart", "retained state of gateways"}
    warned = {name for name, state in found.states.items() if state not in ("ok", "unknown")}
    assert warned == ({"version"} if "2.0.11" in found["version"].observed else set())


def _user(name: str, folder: Path) -> str:
    return f'username = "{name}"\npassword_file = "{folder / "secret"}"'


@contextmanager
def _reporting(server: Mosquitto, folder: Path) -> Iterator[None]:
    """A gateway publishes its statistics meanwhile."""
    settings = BrokerEndpoint(load(config(folder, broker(server.port, _user("gateway", folder)))).broker[0], ())()
    stop = threading.Event()

    def report() -> None:
        with Visit(settings) as visit:
            while not stop.wait(0.1):
                visit.publish("as923_2/gateway/0016c001f1500812/event/stats", [b"{}"], 1.0)

    thread = threading.Thread(target=report)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_the_shipped_acl_lets_citylora_read_nothing_else_and_write_nothing() -> None:
    text = (DEPLOY / "mosquitto" / "acl.example").read_text("utf-8")
    rights = re.findall(r"^topic (\S+) (\S+)$", text.partition("user citylora")[2], re.MULTILINE)
    written = [topic for right, topic in rights if right != "read"]
    assert written == ["citylora-probe/#"]
    assert not [topic for _, topic in rights if "command" in topic or topic in ("#", "application/#")]


def test_systemd_reads_the_unit(tmp_path: Path) -> None:
    text = UNIT.read_text("utf-8")
    assert "ExecStart=/opt/citylora/bin/citylora run -c /etc/citylora/citylora.toml\n" in text
    names = re.findall(r"^([A-Z]\w+)=", text, re.MULTILINE)
    assert len(names) == len(set(names)), "one of them is written twice"
    if shutil.which("systemd-analyze"):  # elsewhere there is no systemd that could read it
        copy = tmp_path / "citylora.service"
        copy.write_text(text.replace("/opt/citylora/bin/citylora", str(CITYLORA)), "utf-8")
        done = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
