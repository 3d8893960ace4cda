"""Site and ward are as of the uplink: what the registry says of its time, over devices.csv, over tags."""

from __future__ import annotations

from typing import Any

import pytest

from gateways.uplink import DeviceInfo
from ingest.devices import EVER, FOREVER, LATEST, Device, Directory, Stay, ward_name

EUI = "a81758fffe0312ab"
LEFT = ("unassigned", "unassigned")


def info(dev_eui: str = EUI, **tags: Any) -> DeviceInfo:
    return DeviceInfo(dev_eui, profile_id="2a40", profile_name="", tags=tags)


STAYS = {
    EUI: (Stay("bridge", "Cẩm Lệ", 100, 200), Stay("street", "", 200, 300), Stay("drain", "Hải Châu", 400, FOREVER))
}


@pytest.mark.parametrize(
    ("at", "site", "ward"),
    [
        (EVER, "by-csv", "by-tag"),  # before the registry knows the device, whoever else knows it
        (99, "by-csv", "by-tag"),
        (100, "bridge", "Cẩm Lệ"),
        (199, "bridge", "Cẩm Lệ"),
        (200, "street", "by-tag"),  # a site without a ward
        (299, "street", "by-tag"),
        (300, *LEFT),  # it has left: the sheet and the tag are older than that
        (399, *LEFT),
        (400, "drain", "Hải Châu"),
        (LATEST, "drain", "Hải Châu"),
    ],
)
def test_the_placement_of_the_time_counts(at: int, site: str, ward: str) -> None:
    directory = Directory([Device(EUI, "by-csv")], stays=STAYS)
    for _ in range(2):  # the second time it is known
        assert directory.resolve(info(site="by-tag", ward="by-tag"), at)[:2] == (site, ward)


def test_uplinks_round_a_move_that_come_in_any_order_have_each_their_own_site() -> None:
    directory = Directory(stays=STAYS)
    times = [199, 200, 150, 299, 100, 400, 99]
    assert [directory.resolve(info(), at).site for at in times * 3] == [
        "bridge", "street", "bridge", "street", "bridge", "drain", "unassigned"
    ] * 3  # fmt: skip


def test_a_device_that_has_left_for_good_is_unassigned_and_its_tag_a_conflict() -> None:
    directory = Directory(stays={EUI: (Stay("bridge", "Cẩm Lệ", EVER, 200),)})
    assert directory.resolve(info(site="bridge"), 100).site == "bridge"
    assert directory.conflicts["site"] == set()
    assert directory.resolve(info(site="bridge"), 200)[:2] == LEFT
    assert directory.conflicts["site"] == {EUI}


def test_a_conflict_of_the_past_is_none() -> None:
    directory = Directory([Device(EUI, "drain")], stays=STAYS)
    directory.resolve(info(), 150)
    assert directory.conflicts == {"site": set(), "ward": set(), "model": set()}
    directory.resolve(info(site="elsewhere"), 500)
    assert directory.conflicts["site"] == {EUI}


def test_the_model_is_not_the_registrys() -> None:
    directory = Directory([Device(EUI, model="a/b")], stays=STAYS)
    assert directory.resolve(info(model="c/d"), 150).model == "a/b"
    assert directory.resolve(info(model="c/d"), 350).model == "a/b"


@pytest.mark.parametrize(
    "written", ["Hoà Khánh", "Phường Hòa Khánh", "HOA KHANH", "hoa-khanh", "P. Hòa Khánh", "Hoa Khanh Ward"]
)
def test_a_ward_that_is_written_otherwise_is_no_conflict(written: str) -> None:
    directory = Directory(stays={EUI: (Stay("a", "Hòa Khánh", EVER, FOREVER),)})
    assert directory.resolve(info(ward=written)).ward == "Hòa Khánh"
    assert directory.conflicts["ward"] == set()
    assert ward_name(written) == "hoa khanh"


def test_a_placed_device_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """From then on it costs what one costs that is not placed: every uplink asks."""
    stays = {f"{number:016x}": (Stay("a", "b", EVER, 50), Stay("c", "d", 50, FOREVER)) for number in range(100)}
    uplinks = [info(dev_eui, site="x", ward="y") for dev_eui in stays]
    directory = Directory(stays=stays)
    looked: list[str] = []
    stay = directory.stay

    def noted(dev_eui: str, at: int) -> Stay:
        looked.append(dev_eui)
        return stay(dev_eui, at)

    monkeypatch.setattr(directory, "stay", noted)
    for _ in range(3):
        assert {directory.resolve(uplink, 1000).site for uplink in uplinks} == {"c"}
    assert looked == list(stays)
