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
UNIT = DEPLOY / "systemd" / "citylora.service"
GATEWAY = "0016c001f1500812"
CITYLORA = Path(sys.executable).with_name("citylora")


@pytest.fixture
def shipped(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker by deploy/mosquitto/, with the places that a test may write."""
    text = (DEPLOY / "mosquitto" / "citylora.conf").read_text("utf-8")
    for place, here in (
        ("/etc/mosquitto/passwd", str(password_file(tmp_path, ("citylora", "chirpstack", GATEWAY)))),
        ("/etc/mosquitto/acl", str(DEPLOY / "mosquitto" / "acl")),
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
    settings = BrokerEndpoint(load(config(folder, broker(server.port, _user(GATEWAY, folder)))).broker[0], ())()
    stop = threading.Event()

    def report() -> None:
        with Visit(settings) as visit:
            while not stop.wait(0.1):
                visit.publish(f"as923_2/gateway/{GATEWAY}/event/stats", [b"{}"], 1.0)

    thread = threading.Thread(target=report)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def test_the_shipped_acl_lets_citylora_read_nothing_else_and_write_nothing() -> None:
    text = (DEPLOY / "mosquitto" / "acl").read_text("utf-8")
    rights = re.findall(r"^topic (\S+) (\S+)$", text.partition("user citylora")[2], re.MULTILINE)
    written = [topic for right, topic in rights if right != "read"]
    assert written == ["citylora-probe/#"]
    assert not [topic for _, topic in rights if "command" in topic or topic in ("#", "application/#")]


@pytest.mark.parametrize("name", ["citylora.service", "citylora-backup.service", "citylora-backup.timer"])
def test_systemd_reads_the_unit(tmp_path: Path, name: str) -> None:
    text = (UNIT.parent / name).read_text("utf-8")
    names = re.findall(r"^([A-Z]\w+)=", text, re.MULTILINE)
    assert len(names) == len(set(names)), "one of them is written twice"
    if shutil.which("systemd-analyze"):  # elsewhere there is no systemd that could read it
        copy = tmp_path / name
        shutil.copytree(UNIT.parent, tmp_path, dirs_exist_ok=True)
        copy.write_text(text.replace("/opt/citylora/bin/citylora", str(CITYLORA)), "utf-8")
        done = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_page_says_how_open_systemd_finds_the_unit(tmp_path: Path) -> None:
    said = re.findall(r"exposure level of ([\d.]+)", (DEPLOY.parent / "docs" / "deploy.md").read_text("utf-8"))
    assert len(said) == 1
    assert float(said[0]) <= 2.0
    if shutil.which("systemd-analyze"):
        copy = tmp_path / "citylora.service"
        copy.write_text(UNIT.read_text("utf-8").replace("/opt/citylora/bin/citylora", str(CITYLORA)), "utf-8")
        asked = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(copy)]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
        assert found is not None, done.stderr
        assert float(found[1]) == pytest.approx(float(said[0]), abs=0.3), "versions of systemd differ by less"
