"""devices.csv and the directory: who wins, what is cleaned, what is reported, what it costs."""

from __future__ import annotations

import timeit
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.uplink import DeviceInfo
from ingest.device_sheet import Problem, parse, read
from ingest.devices import LONGEST, Device, Directory, Metadata, clean
from ingest.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

EUI = "a81758fffe0312ab"
OTHER = "24e124136b502217"
HEADER = "dev_eui,model,site,ward,name,latitude,longitude,installed_by\n"


def info(dev_eui: str = EUI, **tags: str) -> DeviceInfo:
    return DeviceInfo(dev_eui, profile_id="2a40", profile_name="Milesight, KL 1.0.3", tags=tags)


def test_a_full_row_is_read_with_the_columns_that_we_do_not_know() -> None:
    sheet = parse(HEADER + f"{EUI},elsys/ers,Cầu Rồng,Sơn Trà,Trạm 1,16.0611,108.2272,Lan\n")
    extra = (("installed_by", "Lan"),)
    assert sheet.devices == (Device(EUI, "Cầu Rồng", "Sơn Trà", "elsys/ers", "Trạm 1", 16.0611, 108.2272, extra),)
    assert sheet.problems == ()


@pytest.mark.parametrize(
    "written", ["A81758FFFE0312AB", "a8:17:58:ff:fe:03:12:ab", "A8-17-58-FF-FE-03-12-AB", " 0xa81758fffe0312ab "]
)
def test_every_usual_way_to_write_a_dev_eui_is_the_same_device(written: str) -> None:
    assert parse(f"dev_eui,site\n{written},x\n").devices == (Device(EUI, "x"),)


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeffdev_eui;site;latitude;longitude\r\n{EUI};x;16,05;108,2\r\n",
        f"DEV_EUI\tSite\tLatitude\tLongitude\n{EUI}\tx\t16.05\t108.2\n",
        f"dev_eui,site,latitude,longitude,,\n\n,,,,,\n{EUI},x,16.05,108.2,,,,,\n",
    ],
)
def test_what_spreadsheets_write_is_read(text: str) -> None:
    assert parse(text)[:2] == ((Device(EUI, "x", latitude=16.05, longitude=108.2),), ())


def test_bad_rows_are_reported_with_line_and_remedy_and_the_others_are_used() -> None:
    sheet = parse(
        "dev_eui,site,latitude,longitude\n"
        "1.23E+15,a,,\n"
        "beef,b,,\n"
        f"{EUI},c,91,108\n"
        f"{OTHER},d,16.05,108.2\n"
        f"{EUI},e,,\n"
        '"x"y,f,,\n'
        "0000000000000001,Cầu, Rồng,16,108\n"
    )
    assert sheet.devices == (Device(EUI, "c"), Device(OTHER, "d", latitude=16.05, longitude=108.2))
    assert sheet.problems == (
        Problem(2, 'dev_eui "1.23E+15" is no DevEUI', "format the column as text: the spreadsheet made a number of it"),
        Problem(3, 'dev_eui "beef" is no DevEUI', "write the 16 hex digits that stand on the device's label"),
        Problem(
            4,
            'latitude "91", longitude "108" is no position; the rest is used',
            "write degrees such as 16.0544 and 108.2022",
        ),
        Problem(6, f"dev_eui {EUI} stands on an earlier line too", "keep one of them"),
        Problem(7, "cannot be read: ',' expected after '\"'", 'check the quotes: "..." around a whole cell only'),
        Problem(8, "has more cells than the header", 'put "..." around a cell that holds a comma'),
    )


@pytest.mark.parametrize("position", ["nan,1", "1,inf", "16,", ",108", "x,y"])
def test_half_a_position_is_none(position: str) -> None:
    sheet = parse(f"dev_eui,latitude,longitude\n{EUI},{position}\n")
    assert sheet.devices == (Device(EUI),)
    assert [problem.line for problem in sheet.problems] == [2]


def test_a_file_that_is_no_device_list_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "devices.csv"
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        read(path)
    path.write_bytes("dev_eui,site\n".encode("utf-16"))
    with pytest.raises(ConfigError, match="is not UTF-8"):
        read(path)
    path.write_text("eui,site\n")
    with pytest.raises(ConfigError, match=r"devices\.csv: has no column dev_eui") as caught:
        read(path)
    assert caught.value.hint == "begin it with the line dev_eui,model,site,ward,name,latitude,longitude"


def test_the_csv_wins_over_the_tags_and_the_tags_over_the_profile() -> None:
    directory = Directory([Device(EUI, site="Cầu Rồng")], {"2a40": "milesight/em300-th"})
    assert directory.resolve(info(site="x", ward="Sơn Trà")) == ("Cầu Rồng", "Sơn Trà", "milesight/em300-th")
    assert directory.resolve(info(OTHER, site="x", model="elsys/ers")) == ("x", "unassigned", "elsys/ers")
    assert Directory([Device(EUI, model="a/b")]).resolve(info(model="c/d")) == ("unassigned", "unassigned", "a/b")


def test_a_profile_is_found_by_name_too_and_its_id_goes_first() -> None:
    by_name = {"Milesight, KL 1.0.3": "milesight/em300-th"}
    assert Directory(profiles=by_name).resolve(info()).model == "milesight/em300-th"
    assert Directory(profiles={**by_name, "2a40": "elsys/ers"}).resolve(info()).model == "elsys/ers"


def test_who_is_unknown_is_unassigned() -> None:
    assert Directory().resolve(info(site=" \n", ward="")) == Metadata("unassigned", "unassigned", "")


def test_conflicts_are_counted_per_field_once_a_device_and_go_when_they_are_mended() -> None:
    directory = Directory([Device(EUI, "a", "w", "Milesight EM300-TH"), Device(OTHER, "b")])
    for _ in range(2):
        directory.resolve(info(site="z", ward="W", model="milesight/em300-th"))
        directory.resolve(info(OTHER, site="z", ward="w"))
    assert directory.conflicts == {"site": {EUI, OTHER}, "ward": set(), "model": set()}
    directory.resolve(info(site="a"))
    assert directory.conflicts["site"] == {OTHER}


@pytest.mark.parametrize("tag", ["milesight/em500_co2", "Milesight EM500\u2011CO\u2082", "MILESIGHT EM500.CO2"])
def test_two_spellings_of_one_model_are_no_conflict(tag: str) -> None:
    directory = Directory([Device(EUI, model="Milesight EM500-CO2")])
    directory.resolve(info(model=tag))
    assert directory.conflicts["model"] == set()
    directory.resolve(info(model="Milesight EM500-CO3"))
    assert directory.conflicts["model"] == {EUI}


def test_a_tag_that_changes_is_seen_at_the_next_uplink() -> None:
    directory = Directory()
    assert [directory.resolve(info(site=site)).site for site in ("a", "a", "b", "a")] == ["a", "a", "b", "a"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (unicodedata.normalize("NFD", "Hải Châu"), "Hải Châu"),
        ("a\nb\t c\x00\x1b[31m", "a b c[31m"),
        ("\u200b\ufeff", ""),
        ("\ud800x", "x"),
        ("a\u200b\u0301 \u200b b", "á b"),
        ("a b,c=d", "a b,c=d"),
        ("ệ" * 10_000, "ệ" * LONGEST),
        ("x" * 127 + " yz", "x" * 127),
    ],
)
def test_values_are_cleaned(given: str, kept: str) -> None:
    assert clean(given) == kept


@given(st.text())
def test_a_clean_value_is_clean_whatever_it_was(text: str) -> None:
    value = clean(text)
    assert clean(value) == value == unicodedata.normalize("NFC", value)
    assert len(value) <= LONGEST
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in value)
    value.encode()


def test_the_cache_is_bounded_in_devices_and_in_the_length_of_hostile_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.devices._CACHED_DEVICES", 100)
    monkeypatch.setattr("ingest.devices._POOLED", 50)
    directory = Directory()
    for number in range(1000):
        assert directory.resolve(info(f"{number:016x}", site=f"s{number}")).site == f"s{number}"
        assert directory.resolve(info(f"{number:015x}f", site="x" * 10_000)).site == "x" * LONGEST
    assert len(directory._cache) <= 100
    assert len(directory._pool) <= 50
    assert not any(len(text or "") > 512 for seen, *_ in directory._cache.values() for text in seen)


def test_a_known_device_costs_no_more_than_a_few_dictionary_look_ups() -> None:
    """A ratio of one run, so that a slow machine does not fail it."""
    directory = Directory([Device(EUI, site="Cầu Rồng")], {"2a40": "a/b"})
    uplinks = [info(site="x", ward="Sơn Trà", owner="so-xay-dung") for _ in range(1000)]
    pairs = [(uplink.dev_eui, uplink.tags) for uplink in uplinks]

    def floor() -> None:
        for dev_eui, tags in pairs:
            _ = (dev_eui, tags.get("site"), tags.get("ward"), tags.get("model"))

    def resolved() -> None:
        for uplink in uplinks:
            directory.resolve(uplink)

    assert min(timeit.repeat(resolved, number=3)) < 12 * min(timeit.repeat(floor, number=3))
