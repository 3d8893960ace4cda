"""Several brokers and servers in one worker, and what changes while it runs: topics, passwords, certificates."""

from __future__ import annotations

import hashlib
import shutil
import signal
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from gateways.simulator.publish import publish
from tests.e2e.certificates import make_authority
from tests.e2e.harness import Site, until
from tests.e2e.traffic import HOST, Traffic
from tests.servers import Mosquitto, Proxy, free_port
from tests.servers.mosquitto import KEEPS_EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.harness import Worker

ONE, TWO = "52f14cd4-c6f1-4fbd-8f87-4025e1d49241", "52f14cd4-c6f1-4fbd-8f87-4025e1d49242"


@dataclass
class Town(Site):
    """A site whose brokers and servers the test writes itself."""

    tables: str = ""

    def config(self) -> Path:
        """Write the configuration file."""
        path = self.folder / "citylora.toml"
        path.write_text(f'data_dir = "{self.data}"\n{self.tables}\n[sinks.store]\nenabled = true\n')
        return path


def table(name: str, port: int, more: str = "", lns: str = "") -> str:
    """A broker and its server."""
    return (
        f'[[broker]]\nname = "{name}"\nhost = "{HOST}"\nport = {port}\n{more}\n'
        f'[[lns]]\nname = "of-{name}"\nbroker = "{name}"\n{lns}\n'
    )


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Mosquitto]:
    """Another broker."""
    with Mosquitto(tmp_path / "second") as broker:
        yield broker


def say(port: int, *topics: str) -> None:
    """Publish an event of its own on each topic."""
    events = [(0, topic, f'{{"of": "{topic}", "nth": {nth}}}'.encode()) for nth, topic in enumerate(topics)]
    assert publish(HOST, port, events) == len(topics)


def test_two_brokers_with_prefixes_and_applications(mosquitto: Mosquitto, second: Mosquitto, tmp_path: Path) -> None:
    tables = table("main", mosquitto.port, lns='topic_prefix = "danang/"')
    tables += '[[lns]]\nname = "harbour"\nbroker = "main"\ntopic_prefix = "harbour/"\ngateways = ["as923_2"]\n'
    tables += table("other", second.port, lns=f'applications = ["{ONE}", "{TWO}"]\ngateways = false')
    site = Town(tmp_path, 0, None, tables=tables)
    with site.worker() as worker:
        worker.until_subscribed()
        say(
            mosquitto.port,
            "danang/application/x/device/1/event/up",
            "danang/eu868/gateway/0016c001f1500812/event/stats",
            "danang/eu868/gateway/0016c001f1500812/event/up",  # a raw frame: nobody's event
            "harbour/application/x/device/1/event/up",
            "harbour/as923_2/gateway/0016c001f1500812/state/conn",
            "harbour/eu868/gateway/0016c001f1500812/state/conn",  # of a region that is not listed
            "application/x/device/1/event/up",  # without a prefix
        )
        say(
            second.port,
            f"application/{ONE}/device/1/event/up",
            f"application/{TWO}/device/1/event/join",
            "application/52f14cd4-c6f1-4fbd-8f87-4025e1d49243/device/1/event/up",
            "eu868/gateway/0016c001f1500812/event/stats",
        )
        site.until_received(6)
        worker.finish()
    assert _topics(site) == {
        "danang/application/x/device/1/event/up",
        "danang/eu868/gateway/0016c001f1500812/event/stats",
        "harbour/application/x/device/1/event/up",
        "harbour/as923_2/gateway/0016c001f1500812/state/conn",
        f"application/{ONE}/device/1/event/up",
        f"application/{TWO}/device/1/event/join",
    }
    assert site.incidents() == {}


def _topics(site: Site) -> set[str]:
    from ingest.journal.writer import SqliteJournal  # noqa: PLC0415

    journal = SqliteJournal(site.data)
    reader = journal.reader()
    try:
        return {entry.topic for block in reader.read(0, 1000) for entry in block.entries}
    finally:
        reader.close()
        journal.close()


def test_topics_change_at_sighup_and_what_is_left_out_does_not_come_back(mosquitto: Mosquitto, tmp_path: Path) -> None:
    site = Town(tmp_path, 0, None, tables=table("main", mosquitto.port))
    one, two = (f"application/{application}/device/1/event/up" for application in (ONE, TWO))
    with site.worker() as worker:
        worker.until_subscribed()
        say(mosquitto.port, one, two)
        site.until_received(2)
        site.tables = table("main", mosquitto.port, lns=f'applications = ["{TWO}"]')
        site.config()
        worker.send(signal.SIGHUP)
        until(lambda: worker.words().count("broker subscribed") == 2, "it has subscribed anew")
        say(mosquitto.port, one, two, two)
        site.until_received(4)
        worker.finish()
    site.tables = table("main", mosquitto.port, lns=f'applications = ["{ONE}"]')
    with site.worker() as worker:
        worker.until_subscribed()
        say(mosquitto.port, two, two, one)
        site.until_received(5)
        worker.finish()
    assert site.received() == 5
    assert site.incidents() == {}


def test_a_broker_that_moves_needs_a_restart(mosquitto: Mosquitto, tmp_path: Path) -> None:
    site = Town(tmp_path, 0, None, tables=table("main", mosquitto.port))
    with site.worker() as worker:
        worker.until_subscribed()
        site.tables = table("main", mosquitto.port, 'client_id = "other"')
        site.config()
        worker.send(signal.SIGHUP)
        until(lambda: "needs a restart" in worker.words(), "it is said")
        assert worker.subscribed
        worker.finish()


def _passwords(path: Path, password: str) -> Path:
    """A password file of Mosquitto: PBKDF2 with SHA-512."""
    salt = b"twelve bytes"
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 101)
    path.write_text(f"citylora:$7$101${b64encode(salt).decode()}${b64encode(digest).decode()}\n")
    return path


def _change(broker: Mosquitto, folder: Path, password: str) -> None:
    """The broker's password first, then ours. Mosquitto throws out who is in with the old one."""
    _passwords(folder / "passwords", password)
    broker._signal(signal.SIGHUP)
    (folder / "secret").write_text(f"{password}\n")


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_password_changes_and_nothing_is_lost(protocol: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("first\n")
    config = f"{KEEPS_EVERYTHING}password_file {_passwords(tmp_path / 'passwords', 'first')}\n"
    with Mosquitto(tmp_path / "mosquitto", config=config) as broker, Proxy(broker.port) as line:
        login = f'protocol = "{protocol}"\nusername = "citylora"\npassword_file = "{secret}"'
        site = Town(tmp_path, 0, None, tables=table("main", line.port, login))
        traffic = Traffic(broker.port)
        with site.worker() as worker:
            worker.until_subscribed()
            with traffic.flowing(300.0):
                _change(broker, tmp_path, "second")
                worker.send(signal.SIGHUP)
                _until_connected(worker, line)
                _change(broker, tmp_path, "third")  # and nobody tells the worker
                line.cut()
                _until_connected(worker, line)
            site.settle(len(traffic.published))
            worker.finish()
            assert "third" not in worker.words()
    assert "session_lost" not in site.incidents()
    assert site.account(traffic).tallies.get("missing_fcnt", 0) == 0


def _until_connected(worker: Worker, line: Proxy) -> None:
    """Wait for a connection that is younger than this moment."""
    before = line.connections
    until(lambda: line.connections > before and worker.subscribed, "it is subscribed again")


def test_certificates_change_and_nothing_is_lost(tmp_path: Path) -> None:
    first, second = make_authority(tmp_path / "first"), make_authority(tmp_path / "second")
    secure, live = free_port(), tmp_path / "live"
    live.mkdir()
    for path in first:
        shutil.copy(path, live)
    config = (
        f"{KEEPS_EVERYTHING}listener {secure} {HOST}\n"
        f"certfile {live / first.certificate.name}\nkeyfile {live / first.key.name}\n"
    )
    with Mosquitto(tmp_path / "mosquitto", config=config) as broker:
        tls = f'tls = true\nca_file = "{live / first.ca.name}"'
        site = Town(tmp_path, 0, None, tables=table("main", secure, tls))
        traffic = Traffic(broker.port)
        with site.worker() as worker:
            worker.until_subscribed()
            traffic.publish(300)
            for path in second[1:]:
                shutil.copy(path, live)
            broker.restart()
            traffic.publish(300)
            until(lambda: "connect_failed" in site.incidents(), "the new certificate is not believed")
            shutil.copy(second.ca, live)
            site.settle(600)
            # Now by a signal, while the connection is good.
            (live / first.ca.name).write_bytes(first.ca.read_bytes() + second.ca.read_bytes())
            subscribed = worker.words().count("broker subscribed")
            worker.send(signal.SIGHUP)
            until(lambda: worker.words().count("broker subscribed") > subscribed, "it has connected anew")
            traffic.publish(300)
            site.settle(900)
            worker.finish()
    assert "session_lost" not in site.incidents()
    assert site.account(traffic).tallies.get("missing_fcnt", 0) == 0


def test_certificates_that_cannot_be_used_change_nothing(tmp_path: Path) -> None:
    authority, secure = make_authority(tmp_path / "ca"), free_port()
    config = f"listener {secure} {HOST}\ncertfile {authority.certificate}\nkeyfile {authority.key}\n"
    with Mosquitto(tmp_path / "mosquitto", config=config):
        site = Town(tmp_path, 0, None, tables=table("main", secure, f'tls = true\nca_file = "{authority.ca}"'))
        with site.worker() as worker:
            worker.until_subscribed()
            authority.ca.write_text("no certificate")
            worker.send(signal.SIGHUP)
            until(lambda: "is not used" in worker.words(), "the refusal is logged")
            assert worker.subscribed
            worker.finish()
        with site.worker() as worker:
            assert worker.wait() == 3
            assert 'certificates of broker "main" cannot be used' in worker.words()


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_two_workers_with_one_client_id_say_so(protocol: str, mosquitto: Mosquitto, tmp_path: Path) -> None:
    sites = []
    for name in ("north", "south"):
        (tmp_path / name).mkdir()
        sites.append(Town(tmp_path / name, 0, None, tables=table("main", mosquitto.port, f'protocol = "{protocol}"')))
    with sites[0].worker() as north, sites[1].worker() as south:
        north.until_answering()
        south.until_answering()

        def told() -> bool:
            return any("session_taken_over" in site.incidents() for site in sites)

        until(told, "the second client is recognised")
        until(lambda: 'uses the client id \\"citylora-main\\"' in north.words() + south.words(), "it is in the log")
        north.finish()
        south.finish()
    connections = mosquitto.log.read_text().count("as citylora-main ")
    assert connections < 25, "they would have come back at full speed"
