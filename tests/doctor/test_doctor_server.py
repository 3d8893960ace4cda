"""How the doctor asks a network server: once for all checks, with refusals that become `unknown`, and no key told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gateways.chirpstack.admin.answers import Application, ServerKeys
from gateways.chirpstack.admin.errors import AdminError
from ingest.config import load
from ingest.doctor import lns_database, lns_keys, lns_reach
from ingest.doctor.examine import SERVER_CHECKS, Wanted, examine
from ingest.doctor.server_case import ServerCase, asked
from ingest.errors import ConfigError
from ingest.i18n import Said, said
from tests.doctor.plain_server import PlainServer
from tests.doctor.rig import broker, config
from tests.doctor.test_doctor_lns import APPLICATION, NOW, ONE, OTHER, TWO, device, gateway, profile, told
from tests.servers import free_port

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.doctor.finding import Told

KEY, NONE = "00112233445566778899aabbccddeeff", "0" * 32


def explain(error: AdminError) -> Said:
    return said("doctor_lns.not_asked", why=error.kind)


@pytest.fixture
def server() -> PlainServer:
    plain = PlainServer()
    plain.of_applications = [Application(APPLICATION, "Đà Nẵng"), Application(OTHER, "khác")]
    plain.of_profiles = {"profile": profile()}
    plain.of_gateways = [gateway()]
    plain.of_devices = [device(), device(TWO, application=OTHER)]
    return plain


def case(folder: Path, server: PlainServer, lns: str = "") -> ServerCase:
    settings = load(config(folder, broker(1883, lns=lns)))
    return ServerCase(settings, settings.lns[0], server.as_server(), explain, NOW)


def test_it_is_asked_once_for_all_checks(tmp_path: Path, server: PlainServer) -> None:
    one = case(tmp_path, server)
    for name, check in SERVER_CHECKS.items():
        if check is not lns_database.check:
            assert told(asked(name, check, one))
    assert server.calls == {"applications": 1, "devices": 2, "profile": 1, "gateways": 1}
    assert set(one.fleet().devices) == {ONE, TWO}


def test_what_another_worker_takes_is_left_to_it(tmp_path: Path, server: PlainServer) -> None:
    fleet = case(tmp_path, server, f'applications = ["{APPLICATION}"]').fleet()
    assert set(fleet.devices) == {ONE}
    assert fleet.others == {TWO}


def test_a_refusal_is_unknown_for_every_check_and_asked_for_once(tmp_path: Path, server: PlainServer) -> None:
    server.refusals = [AdminError("token", "ApplicationService.List")]
    one = case(tmp_path, server)
    for name, check in SERVER_CHECKS.items():
        if check is not lns_database.check:
            found = told(asked(name, check, one))
            assert found[name].state == "unknown"
            assert "token" in found[name].observed
    assert server.calls == {"applications": 1}


@pytest.mark.parametrize(
    ("host", "tls", "state"),
    [("localhost", "false", "ok"), ("lns.danang.gov.vn", "false", "warn"), ("lns.danang.gov.vn", "true", "ok")],
)
def test_who_reads_the_token_on_the_way(tmp_path: Path, server: PlainServer, host: str, tls: str, state: str) -> None:
    api = f'[lns.api]\nserver = "{host}:8080"\ntls = {tls}\ntenant = "{APPLICATION}"\n'
    found = told(lns_reach.check(case(tmp_path, server, api)))
    assert found["network server"].state == "ok"
    assert found["TLS"].state == state


def test_a_server_that_nobody_may_ask(tmp_path: Path, server: PlainServer) -> None:
    found = whole(tmp_path, None)
    assert found["network server"].state == "unknown"
    assert "[lns.api] under [[lns]] chirpstack" in found["network server"].remedy
    assert "region of profiles" not in found
    refused = whole(tmp_path, ConfigError("there is no API key for chirpstack", "write one"))
    assert (refused["network server"].state, refused["network server"].remedy) == ("fail", "write one")
    assert server.calls == {}


@pytest.mark.parametrize(
    ("mac", "keys", "state"),
    [
        ("1.0.3", ServerKeys(nwk_key=KEY, app_key=NONE), "ok"),
        ("1.0.3", ServerKeys(nwk_key=NONE, app_key=KEY), "fail"),  # the AppKey in the field of 1.1
        ("1.0.3", ServerKeys(nwk_key=NONE, app_key=NONE), "fail"),
        ("1.0.3", None, "fail"),
        ("1.1.0", ServerKeys(nwk_key=KEY, app_key=KEY), "ok"),
        ("1.1.0", ServerKeys(nwk_key=KEY, app_key=NONE), "fail"),
    ],
)
def test_root_keys(tmp_path: Path, server: PlainServer, mac: str, keys: ServerKeys | None, state: str) -> None:
    server.of_devices = [device(last_seen=None)]
    server.of_profiles = {"profile": profile(mac_version=mac)}
    server.of_keys = {ONE: keys} if keys else {}
    found = told(lns_keys.check(case(tmp_path, server)))["root keys"]
    assert found.state == state
    assert KEY not in str(found)


def test_keys_are_asked_for_where_nothing_has_proved_them(tmp_path: Path, server: PlainServer) -> None:
    abp = device("02c1710000000003", profile="abp", last_seen=None)
    off = device("02c1710000000004", last_seen=None, disabled=True)
    server.of_devices = [device(), abp, off]
    server.of_profiles = {"profile": profile(), "abp": profile(id="abp", otaa=False)}
    found = told(lns_keys.check(case(tmp_path, server)))["root keys"]
    assert found.state == "ok"
    assert "keys" not in server.calls


@pytest.mark.parametrize(("busy", "state"), [(0, "unknown"), (3, "fail")])
def test_a_database_that_is_locked(tmp_path: Path, server: PlainServer, busy: int, state: str) -> None:
    server.refusals = [AdminError("busy", "ApplicationService.List", "database is locked")] * busy
    found = told(lns_database.check(case(tmp_path, server)))["database of the network server"]
    assert found.state == state
    assert "PRAGMA journal_mode=WAL" in found.remedy
    if busy:
        assert "1 answers, after 1 questions" in found.observed


def whole(folder: Path, refused: ConfigError | None) -> dict[str, Told]:
    """The findings of an examination, by check, of all subjects but the broker, where no server can be asked."""
    settings = load(config(folder, broker(free_port())))
    found = examine(settings, Wanted(0.1, {"chirpstack": refused} if refused else {}, explain), lambda *_: None)
    return told(one for one in found if not one.subject.startswith("broker "))
