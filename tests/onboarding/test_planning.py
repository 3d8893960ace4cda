"""What is to be done for a device, against all that can be there already."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from gateways.chirpstack.admin.answers import Application, Profile, ServerDevice, ServerKeys
from ingest.devices import FOREVER
from ingest.onboarding.planning import NO_KEY, Known, Plan, plan
from ingest.onboarding.wanted import RootKey, Wanted
from ingest.registry.site import EMPTY, Placement, Site

EUI, JOIN = "24e124136b000017", "24e124c0002a0001"
KEY, OTHER = "8f3c1a7be2905d4466bb01cc9a2f7e31", "00112233445566778899aabbccddeeff"
NOW = 1_800_000_000_000_000_000
APPLICATION = Application("a", "Drainage")
MODEL = "Milesight EM500-UDL"
WANTED = Wanted(dev_eui=EUI, join_eui=JOIN, app_key=RootKey(KEY), model=MODEL, name="Cầu Rồng", site="cau-rong")
DEVICE = ServerDevice(
    dev_eui=EUI, name="Cầu Rồng", application="a", profile="p", join_eui=JOIN, tags={"model": MODEL}
)  # fmt: skip
KEYS = ServerKeys(nwk_key=KEY, app_key=NO_KEY)
SITES = EMPTY.with_site(Site(id="cau-rong"))
PLACED = SITES.with_device(EUI, [Placement(EUI, "cau-rong", 0, FOREVER)])


def a_profile(**fields: Any) -> Profile:
    usual: dict[str, Any] = {
        "id": "p", "name": "EM500", "region": "AS923_2", "mac_version": "1.0.3", "otaa": True, "uplink_interval": 600,
        "codec": False, "own": True, "tags": {"model": MODEL},
    }  # fmt: skip
    return Profile(**(usual | fields))


def known(**fields: Any) -> Known:
    return Known((APPLICATION,), (a_profile(),), SITES)._replace(**fields)


def wanted(**fields: Any) -> Wanted:
    return msgspec.structs.replace(WANTED, **fields)


def compared(one: Wanted, there: Known, *, update: bool = False) -> Plan:
    return plan(one, there, since=NOW, update=update)


def blocked(work: Plan) -> list[str]:
    assert work.empty
    return [one.key for one in work.blocked]


def test_a_new_device_is_made_with_keys_and_site() -> None:
    work = compared(WANTED, known())
    assert (work.create, work.keys, work.blocked) == (DEVICE, KEYS, ())
    assert work.placed.registry is not None
    assert work.placed.registry.placements[EUI] == (Placement(EUI, "cau-rong", NOW, FOREVER),)


def test_all_as_it_should_be_is_nothing_to_do() -> None:
    work = compared(WANTED, known(device=DEVICE, keys=KEYS, registry=PLACED))
    assert work.empty
    assert (work.missing, work.differences, work.blocked) == ((), (), ())


def test_the_keys_of_1_1_stand_in_their_places() -> None:
    there = known(profiles=(a_profile(mac_version="1.1.0"),))
    assert compared(wanted(nwk_key=RootKey(OTHER)), there).keys == ServerKeys(nwk_key=OTHER, app_key=KEY)
    assert blocked(compared(WANTED, there)) == ["plan.key_two"]
    assert blocked(compared(wanted(app_key=None, nwk_key=RootKey(OTHER)), known())) == ["plan.key_app"]


@pytest.mark.parametrize("keys", [None, ServerKeys(nwk_key=NO_KEY, app_key=KEY)])
def test_a_half_made_device_is_completed(keys: ServerKeys | None) -> None:
    work = compared(WANTED, known(device=DEVICE, keys=keys, registry=PLACED))
    assert (work.create, work.update, work.keys, work.differences) == (None, None, KEYS, ())
    assert [one.what for one in work.missing] == ["key"]


def test_what_is_missing_is_added_and_what_differs_only_told() -> None:
    before = msgspec.structs.replace(DEVICE, name="old", tags={"owner": "us"}, join_eui="0" * 16, variables={"a": "b"})
    there = known(device=before, keys=ServerKeys(nwk_key=OTHER, app_key=NO_KEY), registry=PLACED)
    work = compared(WANTED, there)
    assert work.update == msgspec.structs.replace(before, tags={"owner": "us", "model": MODEL}, join_eui=JOIN)
    assert [(one.what, one.before, one.after) for one in work.differences] == [
        ("name", "old", "Cầu Rồng"), ("key", "…eeff", "…7e31"),
    ]  # fmt: skip
    assert work.keys is None
    changed = compared(WANTED, there, update=True)
    assert changed.update == msgspec.structs.replace(
        before, name="Cầu Rồng", tags={"owner": "us", "model": MODEL}, join_eui=JOIN
    )
    assert changed.keys == KEYS


def test_what_nobody_has_said_changes_nothing() -> None:
    assert compared(Wanted(dev_eui=EUI), known(device=DEVICE, keys=KEYS), update=True).empty


def test_a_device_at_another_site_moves_only_when_allowed() -> None:
    there = known(device=DEVICE, keys=KEYS, registry=PLACED.with_site(Site(id="other")))
    work = compared(wanted(site="other"), there)
    assert (work.empty, work.differences[0][:]) == (True, ("site", "cau-rong", "other"))
    moved = compared(wanted(site="other"), there, update=True).placed.registry
    assert moved is not None
    assert moved.placements[EUI][-1] == Placement(EUI, "other", NOW, FOREVER)


def test_a_site_that_is_made_has_position_and_ward() -> None:
    work = compared(wanted(latitude=16.0612, longitude=108.2233, height=2.5, datum="ground"), known(registry=EMPTY))
    assert work.placed.registry is not None
    site = work.placed.registry.sites["cau-rong"]
    assert (site.latitude, site.longitude, bool(site.ward)) == (16.0612, 108.2233, True)
    assert site.references[0].height == 2.5
    assert not work.doubts


@pytest.mark.parametrize(("site", "key"), [("cau-rongg", "plan.site_near"), ("xyz", "plan.site_unknown")])
def test_a_site_that_nobody_knows_is_not_made_without_a_position(site: str, key: str) -> None:
    assert blocked(compared(wanted(site=site), known())) == [key]
    assert blocked(compared(wanted(site=site), known(device=DEVICE, keys=KEYS, registry=PLACED))) == [key]


def test_applications_and_profiles_are_told_by_name() -> None:
    there = known(
        applications=(APPLICATION, Application("b", "Air")),
        profiles=(a_profile(), a_profile(id="q", name="Other", tags={})),
        device=DEVICE, keys=KEYS, registry=PLACED,
    )  # fmt: skip
    work = compared(wanted(application="Air", profile="Other"), there, update=True)
    assert work.differences == (("application", "Drainage", "Air"), ("profile", "EM500", "Other"))
    assert work.update is not None
    assert (work.update.application, work.update.profile) == ("b", "q")


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"latitude": 21.03, "longitude": 105.85}, "sheets.outside_city"),
        ({"site": "", "latitude": 16.06, "longitude": 108.22}, "plan.no_site"),
        ({"model": "Acme X1", "profile": "EM500"}, "plan.model_unknown"),
        ({"nwk_key": RootKey(OTHER)}, "plan.key_surplus"),
    ],
)
def test_doubts_are_told_and_done_nevertheless(fields: dict[str, Any], key: str) -> None:
    work = compared(wanted(**fields), known())
    assert key in [one.key for one in work.doubts]
    assert work.create is not None


@pytest.mark.parametrize(
    ("fields", "there", "key"),
    [
        ({"application": "Parking"}, {}, "plan.application_unknown"),
        ({}, {"applications": (APPLICATION, Application("b", "Parking"))}, "plan.application_which"),
        ({"profile": "EM300"}, {}, "plan.profile_unknown"),
        ({"model": ""}, {}, "plan.model_missing"),
        ({"model": "Dragino LHT65"}, {}, "plan.profile_none"),
        ({}, {"profiles": (a_profile(), a_profile(id="q"))}, "plan.profile_which"),
        ({}, {"profiles": (a_profile(region="EU868"),)}, "plan.profile_region"),
        ({"profile": "EM500"}, {"profiles": (a_profile(otaa=False),)}, "plan.profile_abp"),
        ({"app_key": None}, {}, "plan.key_missing"),
        ({"height": 2.0}, {}, "plan.registry"),
        ({"latitude": 16.0}, {}, "plan.registry"),
    ],
)
def test_what_cannot_be_done_says_why(fields: dict[str, Any], there: dict[str, Any], key: str) -> None:
    work = compared(wanted(**fields), known(**there))
    assert blocked(work) == [key]
    for one in work.blocked:
        assert KEY not in one.in_("vi") + one.in_("en")


def test_a_profile_of_another_region_that_is_named_is_a_doubt() -> None:
    work = compared(wanted(profile="EM500"), known(profiles=(a_profile(region="EU868"),)))
    assert [one.key for one in work.doubts] == ["plan.region"]


def test_a_profile_is_found_by_any_name_of_the_model() -> None:
    there = known(profiles=(a_profile(tags={}, name="Milesight EM500-UDL"), a_profile(id="x", name="X", tags={})))
    assert compared(wanted(model="em500 udl"), there).create is not None
    device = known(device=DEVICE, keys=KEYS, registry=PLACED)
    assert compared(wanted(model="milesight/em500_udl"), device, update=True).empty
