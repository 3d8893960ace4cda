"""The ACL on a real Mosquitto with TLS: everyone can do their part, everybody else is refused, each line is needed."""

from __future__ import annotations

import socket
import ssl
import time
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import pytest
from paho.mqtt.client import topic_matches_sub

from ingest.setting_up.accounts import password_file
from tests.deploy.rights import OBSERVER, OBSERVERS_RIGHTS, Right, User, observe
from tests.deploy.site import ACCEPTED, HOST, NOT_AUTHORISED, Broker, Site, rights

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ONE, OTHER = "0016c001f1500812", "0016c001f1500813"
EVENT, ORDER = "application/a/device/d/event/up", "application/a/device/d/command/down"
UP, STATS, CONN, COMMAND = (
    f"as923_2/gateway/{ONE}/{leaf}" for leaf in ("event/up", "event/stats", "state/conn", "command/down")
)
PROBE, VERSION, DROPPED = "citylora-probe/x", "$SYS/broker/version", "$SYS/broker/publish/messages/dropped"
NOBODYS = (
    "application/a/device/d/event/up/more",
    "application/a/device/d/location",
    "as923_2/gateway",
    f"as923_2/gateway/{ONE}/event",
    "$SYS/broker/uptime",
    "elsewhere",
)
NAMED_AS_GATEWAYS = ("as923_2/gateway/chirpstack/event/up", "as923_2/gateway/citylora/event/stats")
TOPICS = (EVENT, ORDER, UP, STATS, CONN, COMMAND, PROBE, VERSION, DROPPED, *NOBODYS, *NAMED_AS_GATEWAYS)

MAY = {
    Right("chirpstack", "write", EVENT),
    Right("citylora", "read", EVENT),
    Right("chirpstack", "read", ORDER),  # and nobody writes one: who is to switch lamps gets a line of their own
    Right(ONE, "write", UP),
    Right("chirpstack", "read", UP),
    Right(ONE, "write", STATS),
    Right("chirpstack", "read", STATS),
    Right("citylora", "read", STATS),
    Right(ONE, "write", CONN),
    Right("chirpstack", "read", CONN),
    Right("citylora", "read", CONN),
    Right("chirpstack", "write", COMMAND),
    Right(ONE, "read", COMMAND),
    Right("citylora", "write", PROBE),
    Right("citylora", "read", PROBE),
    Right("citylora", "read", VERSION),
    Right("citylora", "read", DROPPED),
    # A pattern holds for every name. No gateway has these, so what is written there is of no gateway.
    Right("chirpstack", "write", NAMED_AS_GATEWAYS[0]),
    Right("chirpstack", "read", NAMED_AS_GATEWAYS[0]),
    Right("citylora", "write", NAMED_AS_GATEWAYS[1]),
    Right("citylora", "read", NAMED_AS_GATEWAYS[1]),
    Right("chirpstack", "read", NAMED_AS_GATEWAYS[1]),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    made = Site(tmp_path_factory.mktemp("site"), "--gateway", ONE, "--gateway", OTHER)
    users = made.directory / "mosquitto" / "passwd"
    users.write_text(users.read_text("utf-8") + password_file({OBSERVER: OBSERVER}), "utf-8")
    return made


@pytest.fixture(scope="module")
def broker(site: Site) -> Iterator[Broker]:
    with Broker(site, "sys_interval 1\nlog_type all", OBSERVERS_RIGHTS) as server:
        yield server


@pytest.fixture(scope="module")
def users(site: Site, broker: Broker) -> Iterator[Mapping[str, User]]:
    with ExitStack() as stack:
        made = {}
        for name in ("citylora", "chirpstack", ONE, OTHER, OBSERVER):
            password = OBSERVER if name == OBSERVER else site.secret(f"mqtt-{name}")
            made[name] = User(broker.port, site.authority, name, password)
            stack.callback(made[name].close)
        _until_told(made[OBSERVER])
        yield made


def _until_told(observer: User) -> None:
    """Until the broker has told of itself: once a second, and kept for who comes later."""
    observer.listen([VERSION, DROPPED])
    deadline = time.monotonic() + 10
    while not {VERSION, DROPPED} <= {topic for topic, _ in observer.heard}:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_everyone_can_do_their_part_and_nothing_else(broker: Broker, users: Mapping[str, User]) -> None:
    assert observe(broker, users, TOPICS) == MAY


def test_without_any_of_its_lines_somebody_could_not_do_their_part(
    site: Site, broker: Broker, users: Mapping[str, User]
) -> None:
    path = site.directory / "mosquitto" / "acl"
    whole = path.read_text("utf-8")
    given = list(rights(whole))[:-3]  # the last three are the observer's
    lines = whole.splitlines()
    try:
        for number, line in given:
            _reload(broker, path, "\n".join(lines[:number] + lines[number + 1 :]))
            topics = _named_by(line)
            assert observe(broker, users, topics) < {right for right in MAY if right.topic in topics}, line
    finally:
        _reload(broker, path, whole)
    assert len(given) == 14


def _named_by(line: str) -> list[str]:
    """The topics that a line gives a right to."""
    return [topic for topic in TOPICS if topic_matches_sub(line.rsplit(maxsplit=1)[-1].replace("%u", "+"), topic)]


def _reload(broker: Broker, acl: Path, text: str) -> None:
    before = broker.log.read_text().count("Reloading config")
    acl.write_text(text, "utf-8")
    broker.reload()
    deadline = time.monotonic() + 10
    while broker.log.read_text().count("Reloading config") == before:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_who_does_not_know_the_password_is_not_let_in(site: Site, broker: Broker) -> None:
    own, others = site.secret("mqtt-citylora"), site.secret(f"mqtt-{OTHER}")
    assert broker.login("citylora", own) == ACCEPTED
    wrong = (("citylora", "wrong"), ("citylora", ""), ("citylora", others), (ONE, others), ("nobody", own), ("", ""))
    assert {broker.login(*who) for who in wrong} == {NOT_AUTHORISED}


def test_who_is_taken_out_of_the_users_is_cut_off_at_a_reload(tmp_path: Path) -> None:
    own = Site(tmp_path, "--gateway", ONE, "--gateway", OTHER)
    with Broker(own) as broker:
        users = [User(broker.port, own.authority, name, own.secret(f"mqtt-{name}")) for name in (ONE, OTHER)]
        for user in users:
            user.listen([COMMAND])
        path = own.directory / "mosquitto" / "passwd"
        path.write_text(
            "".join(line for line in path.read_text("utf-8").splitlines(keepends=True) if OTHER not in line)
        )
        broker.reload()
        users[1].until_turned_away()
        users[0].listen([COMMAND])
        for user in users:
            user.close()


def test_who_speaks_no_tls_gets_no_answer(broker: Broker) -> None:
    with socket.create_connection((HOST, broker.port), timeout=5) as connection:
        connection.sendall(bytes([0x10, 12, 0, 4]) + b"MQTT" + bytes([4, 2, 0, 10, 0, 0]))
        with suppress(ConnectionResetError):
            assert connection.recv(4)[:1] != bytes([0x20])


def test_another_authority_does_not_believe_it(broker: Broker) -> None:
    context = ssl.create_default_context()
    with socket.create_connection((HOST, broker.port), timeout=5) as plain, pytest.raises(ssl.SSLCertVerificationError):
        context.wrap_socket(plain, server_hostname="localhost")


@pytest.mark.parametrize(("name", "known"), [("localhost", True), ("127.0.0.1", True), ("mqtt.example.vn", False)])
def test_the_certificate_is_for_its_own_names(site: Site, broker: Broker, name: str, known: bool) -> None:  # noqa: FBT001
    context = ssl.create_default_context(cafile=site.authority)
    with socket.create_connection((HOST, broker.port), timeout=5) as plain:
        try:
            context.wrap_socket(plain, server_hostname=name).close()
        except ssl.SSLCertVerificationError:
            assert not known
        else:
            assert known
