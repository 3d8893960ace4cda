"""`citylora doctor` over a network server's real API: a city that is well, one that is not, a server that refuses."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from click.testing import CliRunner

from gateways.chirpstack.admin.answers import ServerKeys
from ingest.cli import main
from ingest.registry import file
from ingest.registry.site import Placement, Registry, Site
from tests.doctor.rig import broker, config
from tests.fakes.chirpstack import FakeChirpStack
from tests.fakes.house import House
from tests.fakes.uplinks import SECOND, uplink
from tests.servers import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ONE, TWO = "02c1710000000001", "02c1710000000002"
GATEWAY = "02c171ffff000001"
KEY = "00112233445566778899aabbccddeeff"
MINUTE, HOUR = 60 * SECOND, 3600 * SECOND


@pytest.fixture
def server() -> Iterator[FakeChirpStack]:
    """A device that speaks, one that never did, and a gateway that is online."""
    with FakeChirpStack() as fake:
        now = time.time_ns()
        fake.add_device(ONE, "cảm biến 1", key=KEY, tags={"model": "Milesight EM500-UDL"})
        fake.seen(ONE, now - 5 * MINUTE)
        fake.add_gateway(GATEWAY, "cổng 1", at=(16.06, 108.22), seen=now)  # a minute ago, and it would be offline
        yield fake


def examined(folder: Path, address: str, token: str, tenant: str) -> tuple[int, dict[str, dict[str, Any]], str]:
    """Exit code, the findings but the broker's by check, and all that was printed."""
    (folder / "token").write_text(token)
    api = f'[lns.api]\nserver = "{address}"\ntenant = "{tenant}"\ntoken_file = "token"\n'
    path = config(folder, broker(free_port(), lns=api))
    done = CliRunner().invoke(main, ["doctor", "-c", str(path), "--listen", "1s", "--json", "--lang", "en"])
    found = json.loads(done.stdout)["findings"]
    return done.exit_code, {one["check"]: one for one in found if not one["subject"].startswith("broker")}, done.output


def of(folder: Path, server: FakeChirpStack, token: str = "") -> dict[str, dict[str, Any]]:
    _, found, output = examined(folder, server.address, token or server.read_only_token, server.tenant)
    assert KEY not in output
    assert server.tenant_token not in output
    return found


def states(found: dict[str, dict[str, Any]], *checks: str) -> dict[str, str]:
    return {check: found[check]["state"] for check in checks}


OF_SERVER = (
    "network server", "region of profiles", "gateways online", "gateways' positions", "root keys", "silent devices",
    "devices never heard", "devices' models", "devices' sites", "devices' positions",
    "registry against network server", "events against network server",
)  # fmt: skip


def place(folder: Path, *devices: str) -> None:
    (folder / "data").mkdir(exist_ok=True)
    site = Site(id="cau-rong", latitude=16.0611, longitude=108.2272)

    def change(registry: Registry) -> Registry:
        registry = registry.with_site(site)
        for one in devices:
            registry = registry.with_device(one, [Placement(one, site.id)])
        return registry

    file.edit(folder / "data", "test", time.time_ns(), change)


def test_a_city_that_is_well(tmp_path: Path, server: FakeChirpStack) -> None:
    with House(tmp_path / "data") as house:
        house.take([uplink(at=time.time_ns() - 5 * MINUTE)])
        house.journal.remember(house.intake.take_changed(), house.intake.network())
    place(tmp_path, ONE)
    found = of(tmp_path, server)
    assert states(found, *OF_SERVER) == dict.fromkeys(OF_SERVER, "ok")
    assert "read" in found["network server"]["observed"]
    assert found["database of the network server"]["state"] == "unknown"


def test_a_city_that_is_not(tmp_path: Path, server: FakeChirpStack) -> None:
    wrong = server.add_profile("EM300", region="AS923")
    server.add_device(TWO, "cảm biến 2", device_profile_id=wrong)  # without keys, too
    server.seen(ONE, time.time_ns() - HOUR)
    server.add_gateway("02c171ffff000002", "cổng 2")
    place(tmp_path, "02c1710000000009")
    found = of(tmp_path, server)
    expected = dict.fromkeys(OF_SERVER, "warn") | {
        "network server": "ok",
        "region of profiles": "fail",
        "root keys": "fail",
        "events against network server": "fail",
        "devices' positions": "ok",  # of those that are at a site
    }
    assert states(found, *OF_SERVER) == expected


def test_a_device_that_is_switched_off_is_no_silent_one(tmp_path: Path, server: FakeChirpStack) -> None:
    server.add_device(TWO, "cảm biến 2", is_disabled=True)
    place(tmp_path, TWO)
    found = of(tmp_path, server)
    assert states(found, "devices never heard", "root keys") == {"devices never heard": "ok", "root keys": "ok"}
    assert found["registry against network server"]["state"] == "warn"
    assert "disabled" in found["registry against network server"]["observed"]


def test_a_profile_of_another_tenant(tmp_path: Path, server: FakeChirpStack) -> None:
    assert "profiles of another tenant" not in of(tmp_path, server)
    server.add_device(TWO, "cảm biến 2", device_profile_id=server.other_profile)
    assert of(tmp_path, server)["profiles of another tenant"]["state"] == "fail"


def test_a_key_in_the_wrong_field(tmp_path: Path, server: FakeChirpStack) -> None:
    server.add_device(TWO, "cảm biến 2", key=KEY)
    assert of(tmp_path, server)["root keys"]["state"] == "ok"
    with server.world.lock:
        kept = server.world.root_keys[TWO]
        kept.nwk_key, kept.app_key = "0" * 32, KEY
    assert of(tmp_path, server)["root keys"]["state"] == "fail"
    assert KEY not in repr(ServerKeys(nwk_key=KEY, app_key=KEY))


def test_a_token_that_is_none(tmp_path: Path, server: FakeChirpStack) -> None:
    code, found, output = examined(tmp_path, server.address, "no-such-token", server.tenant)
    assert code == 1
    assert found["network server"]["state"] == "fail"
    assert found["region of profiles"]["state"] == "unknown"
    assert "no-such-token" not in output


def test_nobody_there(tmp_path: Path, server: FakeChirpStack) -> None:
    address = f"localhost:{free_port()}"
    code, found, _ = examined(tmp_path, address, server.tenant_token, server.tenant)
    assert code == 1
    assert found["network server"]["state"] == "fail"
    assert "[lns.api]" in found["network server"]["remedy"]
    assert found["silent devices"]["state"] == "unknown"


def test_a_database_that_is_locked(tmp_path: Path, server: FakeChirpStack) -> None:
    # Seldom enough that each question is answered when it is asked again.
    server.fail("ApplicationService.List", grpc.StatusCode.INTERNAL, "database is locked", times=2)
    whole = of(tmp_path, server)
    assert whole["region of profiles"]["state"] == "ok"
    found = whole["database of the network server"]
    assert found["state"] == "fail"
    assert "PRAGMA journal_mode=WAL" in found["remedy"]


def test_a_name_steers_neither_the_terminal_nor_the_text(tmp_path: Path, server: FakeChirpStack) -> None:
    server.add_device(TWO, "\x1b[2J{0.__class__} {names}\n", key=KEY)
    (tmp_path / "token").write_text(server.read_only_token)
    api = f'[lns.api]\nserver = "{server.address}"\ntenant = "{server.tenant}"\ntoken_file = "token"\n'
    path = config(tmp_path, broker(free_port(), lns=api))
    for language in ("vi", "en"):
        done = CliRunner().invoke(main, ["doctor", "-c", str(path), "--listen", "1s", "--lang", language])
        assert done.exit_code == 1
        assert "\x1b" not in done.output
        assert "[2J{0.__class__} {names}" in done.output
