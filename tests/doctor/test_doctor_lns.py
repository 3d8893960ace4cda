"""What the doctor says of what is in a network server, by plain values: each check both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gateways.chirpstack.admin.answers import Application, Profile, ServerDevice, ServerGateway
from ingest.config import load
from ingest.devices import EVER, FOREVER
from ingest.doctor import lns_gateways, lns_places, lns_region, lns_registry, lns_silent, lns_unheard
from ingest.doctor.server_case import Fleet, ServerCase
from ingest.i18n import said
from ingest.registry import file
from ingest.registry.site import Placement, Registry, Site
from tests.doctor.rig import broker, config
from tests.fakes.house import House
from tests.fakes.uplinks import SECOND, START, uplink

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ingest.config import Settings
    from ingest.doctor.finding import Finding, Told

HOUR = 3600 * SECOND
NOW = START + 24 * HOUR
APPLICATION, OTHER = "52f14cd4-c6f1-4fbd-8f87-4025e1d49241", "52f14cd4-c6f1-4fbd-8f87-4025e1d49242"
ONE, TWO = "02c1710000000001", "02c1710000000002"


class Known(ServerCase):
    """A server of which everything is known already."""

    def __init__(self, settings: Settings, fleet: Fleet) -> None:
        super().__init__(settings, settings.lns[0], None, lambda _: said("doctor.tls_here"), NOW)  # type: ignore[arg-type]
        self.known = fleet

    def fleet(self) -> Fleet:
        """Nobody is asked."""
        return self.known


def profile(**changed: Any) -> Profile:
    fields: dict[str, Any] = {
        "id": "profile", "name": "EM500-CO2", "region": "AS923_2", "mac_version": "1.0.3", "otaa": True,
        "uplink_interval": 600, "codec": False, "own": True, "tags": {},
    }  # fmt: skip
    return Profile(**(fields | changed))


def device(dev_eui: str = ONE, **changed: Any) -> ServerDevice:
    fields: dict[str, Any] = {
        "dev_eui": dev_eui, "name": f"cảm biến {dev_eui[-1]}", "application": APPLICATION, "profile": "profile",
        "last_seen": NOW - 5 * 60 * SECOND, "tags": {"model": "milesight/em500-co2"},
    }  # fmt: skip
    return ServerDevice(**(fields | changed))


def gateway(**changed: Any) -> ServerGateway:
    fields: dict[str, Any] = {
        "id": "02c171ffff000001", "name": "cổng 1", "latitude": 16.06, "longitude": 108.22, "state": "online",
    }  # fmt: skip
    return ServerGateway(**(fields | changed))


def case(
    folder: Path, *devices: ServerDevice, profiles: Iterable[Profile] = (), gateways: Iterable[ServerGateway] = (),
    others: Iterable[str] = (), more: str = "",
) -> Known:  # fmt: skip
    settings = load(config(folder, f"{broker(1883)}{more}"))
    found = {one.id: one for one in profiles} or {"profile": profile()}
    fleet = Fleet(
        (Application(APPLICATION, "Đà Nẵng"),), found, tuple(gateways), {one.dev_eui: one for one in devices},
        frozenset(others),
    )  # fmt: skip
    return Known(settings, fleet)


def told(findings: Iterable[Finding]) -> dict[str, Told]:
    found = list(findings)
    for one in found:
        assert one.told("vi").observed
        assert bool(one.told("vi").remedy) == bool(one.told("en").remedy)
    return {one.check: one.told("en") for one in found}


@pytest.mark.parametrize(("region", "state"), [("AS923_2", "ok"), ("AS923", "fail"), ("EU868", "fail")])
def test_the_region_of_profiles(tmp_path: Path, region: str, state: str) -> None:
    found = told(lns_region.check(case(tmp_path, device(), profiles=[profile(region=region)])))["region of profiles"]
    assert found.state == state
    if state == "fail":
        assert f"EM500-CO2 ({region})" in found.observed
        assert "AS923_2" in found.remedy


def test_a_profile_of_another_tenant(tmp_path: Path) -> None:
    known = case(tmp_path, device(), device(TWO, profile="elsewhere", last_seen=None))
    found = told(lns_region.check(known))
    assert found["profiles of another tenant"].state == "fail"
    assert "1 devices have a profile of another tenant: cảm biến 2" in found["profiles of another tenant"].observed
    for check in (lns_silent.check, lns_places.check):
        assert told(check(known))  # which go on without it
    assert "profiles of another tenant" not in told(lns_region.check(case(tmp_path, device())))


def test_without_devices_nothing_is_known(tmp_path: Path) -> None:
    empty = case(tmp_path)
    for check in (lns_region.check, lns_silent.check, lns_places.check, lns_unheard.check):
        assert {one.state for one in told(check(empty)).values()} == {"unknown"}


@pytest.mark.parametrize(
    ("gateways", "online", "placed"),
    [
        ([gateway()], "ok", "ok"),
        ([gateway(), gateway(id="02c171ffff000002", state="offline")], "warn", "ok"),
        ([gateway(state="never", latitude=None, longitude=None)], "warn", "warn"),
        ([], "warn", None),
    ],
)
def test_gateways(tmp_path: Path, gateways: list[ServerGateway], online: str, placed: str | None) -> None:
    found = told(lns_gateways.check(case(tmp_path, gateways=gateways)))
    assert found["gateways online"].state == online
    assert (found["gateways' positions"].state if "gateways' positions" in found else None) == placed


@pytest.mark.parametrize(
    ("minutes", "interval", "state"), [(29, 600, "ok"), (31, 600, "warn"), (179, 0, "ok"), (181, 0, "warn")]
)
def test_silent_devices(tmp_path: Path, minutes: int, interval: int, state: str) -> None:
    silent = device(last_seen=NOW - minutes * 60 * SECOND)
    found = told(lns_silent.check(case(tmp_path, silent, profiles=[profile(uplink_interval=interval)])))
    assert found["silent devices"].state == state
    assert found["devices never heard"].state == "ok"


def test_devices_that_were_never_heard(tmp_path: Path) -> None:
    found = told(lns_silent.check(case(tmp_path, device(), device(TWO, last_seen=None))))
    assert found["silent devices"].state == "ok"
    assert found["devices never heard"].state == "warn"
    assert f"citylora device check {TWO}" in found["devices never heard"].remedy
    found = told(lns_silent.check(case(tmp_path, device(), device(TWO, last_seen=None, disabled=True))))
    assert found["devices never heard"].state == "ok"  # it is switched off


def registry(folder: Path, *placements: Placement, **site: Any) -> None:
    def change(_: Registry) -> Registry:
        found = Registry({"cau-rong": Site(id="cau-rong", **site)}, {})
        for one in placements:
            found = found.with_device(one.dev_eui, [one])
        return found

    (folder / "data").mkdir(exist_ok=True)
    file.edit(folder / "data", "test", NOW, change)


HERE = {"latitude": 16.0611, "longitude": 108.2272}


def test_devices_of_which_everything_is_known(tmp_path: Path) -> None:
    registry(tmp_path, Placement(ONE, "cau-rong"), **HERE)
    found = told(lns_places.check(case(tmp_path, device())))
    assert {one.state for one in found.values()} == {"ok"}
    assert list(found) == ["devices' models", "devices' sites", "devices' positions"]


def test_devices_without_model_site_or_position(tmp_path: Path) -> None:
    registry(tmp_path, Placement(ONE, "cau-rong"))
    found = told(lns_places.check(case(tmp_path, device(tags={}), device(TWO, tags={"model": "no/such"}))))
    assert {name: one.state for name, one in found.items()} == dict.fromkeys(found, "warn")
    assert "2 of 2 devices" in found["devices' models"].observed
    assert "1 of 2 devices are at no site: cảm biến 2" in found["devices' sites"].observed
    assert "1 of 2 devices are at a site without a position: cảm biến 1" in found["devices' positions"].observed
    assert f"citylora device tag {ONE} model=" in found["devices' models"].remedy


def test_a_model_may_be_the_profiles_or_a_mapping(tmp_path: Path) -> None:
    tagged = case(tmp_path, device(tags={}), profiles=[profile(tags={"model": "milesight/em500-co2"})])
    assert told(lns_places.check(tagged))["devices' models"].state == "ok"
    more = '[decoders.profiles]\n"EM500-CO2" = "Milesight EM500-CO2"\n'
    assert told(lns_places.check(case(tmp_path, device(tags={}), more=more)))["devices' models"].state == "ok"
    mapping = '[[decoders.object]]\nmodel = "acme/thl_1"\nprofiles = ["EM500-CO2"]\nkeys = { t = "air_temperature" }\n'
    mapped = told(lns_places.check(case(tmp_path, device(tags={}), more=mapping)))
    assert mapped["devices' models"].state == "ok"


def test_registry_and_server_know_the_same(tmp_path: Path) -> None:
    registry(tmp_path, Placement(ONE, "cau-rong"), Placement(TWO, "cau-rong", EVER, NOW - HOUR))
    one = case(tmp_path, device())
    found = told(lns_registry.check(one.settings, [one]))["registry against network server"]
    assert found.state == "ok"  # the second has left its site


def test_a_device_at_a_site_that_no_server_has(tmp_path: Path) -> None:
    registry(tmp_path, Placement(ONE, "cau-rong"), Placement(TWO, "cau-rong", EVER, FOREVER))
    one = case(tmp_path, device())
    found = told(lns_registry.check(one.settings, [one]))["registry against network server"]
    assert found.state == "warn"
    assert f"citylora device remove {TWO}" in found.remedy
    left = case(tmp_path, device(), others=[TWO])  # of an application that another worker has
    assert told(lns_registry.check(left.settings, [left]))["registry against network server"].state == "ok"
    two = case(tmp_path, device(), more='[[lns]]\nname = "other"\ntopic_prefix = "other/"\n')
    found = told(lns_registry.check(two.settings, [two]))["registry against network server"]
    assert found.state == "unknown"  # the other server was not asked


def test_a_device_at_a_site_that_is_switched_off(tmp_path: Path) -> None:
    registry(tmp_path, Placement(ONE, "cau-rong"))
    one = case(tmp_path, device(disabled=True))
    found = told(lns_registry.check(one.settings, [one]))["registry against network server"]
    assert found.state == "warn"
    assert "disabled" in found.observed


@pytest.mark.parametrize(("minutes", "state"), [(0, "ok"), (4, "ok"), (6, "fail")])
def test_what_the_server_hears_comes_to_the_journal(tmp_path: Path, minutes: int, state: str) -> None:
    seen = NOW - HOUR
    with House(tmp_path / "data") as house:
        house.take([uplink(at=seen - minutes * 60 * SECOND)])
        house.journal.remember(house.intake.take_changed(), house.intake.network())
    found = told(lns_unheard.check(case(tmp_path, device(last_seen=seen))))["events against network server"]
    assert found.state == state
    if state == "fail":
        assert "[integration] enabled" in found.remedy


def test_nothing_at_all_comes_to_the_journal(tmp_path: Path) -> None:
    found = told(lns_unheard.check(case(tmp_path, device(last_seen=NOW - HOUR), device(TWO, last_seen=NOW - HOUR))))
    assert found["events against network server"].state == "fail"
    just_now = case(tmp_path, device(last_seen=NOW - SECOND))  # the worker may not have written it down yet
    assert told(lns_unheard.check(just_now))["events against network server"].state == "unknown"
    long_ago = case(tmp_path, device(last_seen=NOW - 25 * HOUR))
    assert told(lns_unheard.check(long_ago))["events against network server"].state == "unknown"
