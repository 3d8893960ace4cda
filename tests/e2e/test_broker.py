"""What brokers and networks do to a session, and what becomes of the uplinks: the real worker, the real Mosquitto."""

from __future__ import annotations

import hashlib
import time
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from tests.e2e.certificates import make_authority
from tests.e2e.harness import Site, same, until
from tests.e2e.traffic import HOST, Traffic
from tests.servers import Mosquitto, Proxy, free_port
from tests.servers.mosquitto import KEEPS_EVERYTHING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Database

BACKLOG = 4000


def test_broker_stopped_and_started_again_loses_nothing(
    mosquitto: Mosquitto, database: Database, tmp_path: Path
) -> None:
    site = Site(tmp_path, mosquitto.port, database)
    traffic = Traffic(mosquitto.port)
    with site.worker() as worker:
        worker.until_subscribed()
        with traffic.flowing(500.0):
            time.sleep(0.5)
            mosquitto.restart()
            worker.until_subscribed()
            time.sleep(0.5)
        site.settle(len(traffic.published))
        worker.finish()
    assert "session_lost" not in site.incidents()
    assert site.account(traffic).tallies.get("missing_fcnt", 0) == 0


def test_what_a_killed_broker_forgot_is_what_is_missing(
    mosquitto: Mosquitto, database: Database, tmp_path: Path
) -> None:
    with Proxy(mosquitto.port) as line:
        site = Site(tmp_path, line.port, database)
        traffic = Traffic(mosquitto.port, devices=50)
        with site.worker() as worker:
            worker.until_subscribed()
            traffic.publish(500)
            site.settle(500)
            line.stop()
            traffic.publish(170)  # the broker alone has them, and only in memory
            mosquitto.kill()
            mosquitto.start()
            line.start()
            worker.until_subscribed()
            traffic.publish(500)
            site.settle(1000)
            worker.finish()
    handed_over = traffic.published[:500] + traffic.published[670:]
    state = site.honest()
    same(site.in_store(), handed_over)
    same(site.in_influxdb(), handed_over)
    assert state.tallies["missing_fcnt"] == 170
    assert state.missing == {"network": 170, "radio": 0, "lost": 0, "unknown": 0}
    assert site.incidents()["session_lost"] == 1


def test_a_lost_session_is_an_incident(mosquitto: Mosquitto, tmp_path: Path) -> None:
    site = Site(tmp_path, mosquitto.port, None)
    traffic = Traffic(mosquitto.port)
    with site.worker() as worker:
        worker.until_subscribed()
        assert site.incidents() == {}
        mosquitto.stop()
        mosquitto.persisted.unlink()
        mosquitto.start()
        worker.until_subscribed()
        traffic.publish(300)
        site.settle(300)
        until(lambda: site.incidents().get("session_lost") == 1, "the incident is shown")
        worker.finish()
    # Also where the session went while no worker ran.
    mosquitto.stop()
    mosquitto.persisted.unlink()
    mosquitto.start()
    with site.worker() as worker:
        worker.until_subscribed()
        traffic.publish(300)
        site.settle(600)
        until(lambda: site.incidents().get("session_lost") == 2, "the incident is counted")
        worker.finish()
    site.account(traffic)


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_connection_cut_in_mid_flow(protocol: str, mosquitto: Mosquitto, database: Database, tmp_path: Path) -> None:
    with Proxy(mosquitto.port) as line:
        site = Site(tmp_path, line.port, database, broker=f'protocol = "{protocol}"')
        traffic = Traffic(mosquitto.port)
        with site.worker() as worker:
            worker.until_subscribed()
            with traffic.flowing():
                for cuts in range(1, 4):
                    time.sleep(0.3)
                    line.cut()
                    _until_connected(line, 1 + cuts)
                    worker.until_subscribed()
            site.settle(len(traffic.published))
            worker.finish()
    assert site.incidents() == {"connection_lost": 3}
    assert site.account(traffic).tallies.get("missing_fcnt", 0) == 0


def test_connection_stalled_for_longer_than_the_keep_alive(mosquitto: Mosquitto, tmp_path: Path) -> None:
    with Proxy(mosquitto.port) as line:
        site = Site(tmp_path, line.port, None, broker="keepalive = 5")
        traffic = Traffic(mosquitto.port)
        with site.worker() as worker:
            worker.until_subscribed()
            with traffic.flowing(200.0):
                time.sleep(0.5)
                line.stall()
                until(lambda: "connection_lost" in site.incidents(), "the silence is noticed")
                line.resume()
                worker.until_subscribed()
            site.settle(len(traffic.published))
            worker.finish()
    assert "session_lost" not in site.incidents()
    assert site.account(traffic).tallies.get("missing_fcnt", 0) == 0


def _until_connected(line: Proxy, times: int) -> None:
    until(lambda: line.connections >= times, "it connects again")


def test_a_window_of_twenty_does_not_collapse_the_rate(tmp_path: Path) -> None:
    rates = {}
    for limit in (None, 20):
        folder = tmp_path / str(limit)
        with Mosquitto(folder / "mosquitto") as broker, Proxy(broker.port, in_flight=limit) as line:
            rates[limit] = _drained(Site(folder, line.port, None), broker)
            assert line.most_in_flight <= 20
    print(f"window of 20: {rates[20]:.0f}/s, that is {rates[20] / rates[None]:.2f} of the rate without")
    # Half of it, measured. Commits that waited 50 ms for more would leave 400/s, whatever the machine.
    assert rates[20] >= 0.2 * rates[None]


def _drained(site: Site, broker: Mosquitto) -> float:
    """Uplinks a second at which a worker takes what the broker has queued for it."""
    traffic = Traffic(broker.port)
    with site.worker() as worker:
        worker.until_subscribed()
        worker.finish()
    traffic.publish(BACKLOG)
    with site.worker() as worker:
        until(lambda: site.received() > 0, "the first uplink is in")
        first, began = site.received(), time.monotonic()
        until(lambda: site.received() >= BACKLOG, "the last uplink is in")
        rate = (BACKLOG - first) / (time.monotonic() - began)
        site.settle(BACKLOG)
        worker.finish()
    site.account(traffic)
    return rate


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_tls_with_a_password(protocol: str, tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    secure = free_port()
    config = (
        f"{KEEPS_EVERYTHING}password_file {_passwords(tmp_path / 'passwords')}\nlistener {secure} {HOST}\n"
        f"certfile {authority.certificate}\nkeyfile {authority.key}\n"
    )
    secret = tmp_path / "secret"
    secret.write_text("wrong\n")
    site = Site(
        tmp_path,
        secure,
        None,
        broker=f'protocol = "{protocol}"\ntls = true\nca_file = "{authority.ca}"\nusername = "citylora"\n'
        f'password_file = "{secret}"',
    )
    with Mosquitto(tmp_path / "mosquitto", config=config) as broker:
        traffic = Traffic(broker.port)
        with site.worker() as worker:
            worker.until_answering()
            until(lambda: "refused" in site.incidents(), "the wrong password is an incident")
            worker.finish()
        secret.write_text("đúng mật khẩu\n")
        with site.worker() as worker:
            worker.until_subscribed()
            traffic.publish(2000)
            site.settle(2000)
            worker.finish()
        assert "u'citylora'" in broker.log.read_text()
    site.account(traffic)


def test_a_broker_whose_certificate_is_not_of_our_authority_is_refused(tmp_path: Path) -> None:
    ours, theirs = make_authority(tmp_path / "ours"), make_authority(tmp_path / "theirs")
    secure = free_port()
    config = f"listener {secure} {HOST}\ncertfile {theirs.certificate}\nkeyfile {theirs.key}\n"
    site = Site(tmp_path, secure, None, broker=f'tls = true\nca_file = "{ours.ca}"')
    with Mosquitto(tmp_path / "mosquitto", config=config), site.worker() as worker:
        worker.until_answering()
        until(lambda: "connect_failed" in site.incidents(), "the refusal is an incident")
        assert not worker.subscribed
        worker.finish()


def _passwords(path: Path) -> Path:
    """A password file of Mosquitto: PBKDF2 with SHA-512."""
    salt = b"twelve bytes"
    digest = hashlib.pbkdf2_hmac("sha512", "đúng mật khẩu".encode(), salt, 101)
    path.write_text(f"citylora:$7$101${b64encode(salt).decode()}${b64encode(digest).decode()}\n")
    return path


def test_mosquitto_as_debian_installs_it_loses_nothing_without_faults(database: Database, tmp_path: Path) -> None:
    with Mosquitto(tmp_path / "mosquitto", debian_default=True) as broker:
        site = Site(tmp_path, broker.port, database)
        traffic = Traffic(broker.port, devices=500)
        with site.worker() as worker:
            worker.until_subscribed()
            traffic.publish(10_000, 1000.0)
            site.settle(10_000)
            worker.finish()
    assert site.account(traffic).tallies.get("missing_fcnt", 0) == 0
