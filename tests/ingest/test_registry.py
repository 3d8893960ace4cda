"""The registry: devices come, move, leave and are replaced; who changed what; two commands at once."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.config import load
from ingest.data_dir import REGISTRY, open_registry, schema_known
from ingest.devices import EVER, FOREVER
from ingest.errors import CityloraError, DataDirError
from ingest.registry import file, moves
from ingest.registry.directory import stays_of
from ingest.registry.site import (
    EMPTY,
    Calibration,
    Placement,
    Reference,
    Registry,
    Site,
    calibrated,
    referred,
)
from ingest.replay.fingerprint import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

OLD, NEW = "a81758fffe0312ab", "a81758fffe0499c0"
NOW = 1_790_000_000_000_000_000
CITY = Registry({name: Site(id=name, ward="20260") for name in ("bridge", "street", "drain")}, {})


def at(site: str, since: int = EVER, until: int = FOREVER) -> Placement:
    return Placement(OLD, site, since, until)


def own(registry: Registry, dev_eui: str = OLD) -> list[tuple[str, int, int]]:
    return [one[1:] for one in registry.placements.get(dev_eui, ())]


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ([at("bridge")], [("bridge", EVER, FOREVER)]),
        ([at("bridge"), at("bridge", 100)], [("bridge", EVER, FOREVER)]),  # is there already
        ([at("bridge", 100), at("bridge", 50)], [("bridge", 50, FOREVER)]),  # was there earlier than was known
        ([at("bridge"), at("street", 100)], [("bridge", EVER, 100), ("street", 100, FOREVER)]),  # moves
        ([at("bridge", 100), at("street", 100)], [("street", 100, FOREVER)]),  # a mistake is corrected
        ([at("bridge", 100), at("street", 50, 100)], [("street", 50, 100), ("bridge", 100, FOREVER)]),
        ([at("bridge", 50, 80), at("street", 100)], [("bridge", 50, 80), ("street", 100, FOREVER)]),
        ([at("bridge", 50), at("bridge", 60, 90)], [("bridge", 50, 90)]),  # its end has become known
        ([at("bridge", 50, 80), at("bridge", 80)], [("bridge", 50, FOREVER)]),  # goes on
    ],
)
def test_a_device_is_at_one_site_at_a_time(steps: Sequence[Placement], found: list[tuple[str, int, int]]) -> None:
    registry = CITY
    for step in steps:
        registry = moves.place(registry, step)
        assert moves.place(registry, step) == registry
    assert own(registry) == found


@pytest.mark.parametrize(
    ("before", "wanted", "words"),
    [
        (at("bridge", 100), at("street", 50), "is at bridge from .* until today"),
        (at("bridge", 100, 200), at("street", 150), "is at bridge"),
        (at("bridge"), at("nowhere"), "there is no site 'nowhere'"),
        (at("bridge"), at("street", 100, 100), "is not after"),
    ],
)
def test_what_cannot_have_been_is_refused(before: Placement, wanted: Placement, words: str) -> None:
    with pytest.raises(CityloraError, match=words):
        moves.place(moves.place(CITY, before), wanted)


def test_a_replacement_takes_the_place_and_the_history_stays() -> None:
    registry = moves.replace(moves.place(CITY, at("bridge", 100)), OLD, NEW, "bridge", 500)
    assert own(registry) == [("bridge", 100, 500)]
    assert own(registry, NEW) == [("bridge", 500, FOREVER)]
    assert [one.dev_eui for one in registry.at_site("bridge")] == [OLD, NEW]
    with pytest.raises(CityloraError, match=r"is not at bridge .*, it is at no site"):
        moves.replace(registry, OLD, NEW, "bridge", 600)
    with pytest.raises(CityloraError, match="came to bridge"):
        moves.replace(registry, NEW, OLD, "bridge", 500)


def test_a_device_that_leaves_and_one_that_was_never_there() -> None:
    registry = moves.place(CITY, at("bridge", 100))
    assert own(moves.remove(registry, OLD, 300)) == [("bridge", 100, 300)]
    assert moves.remove(registry, OLD, 100) == CITY
    with pytest.raises(CityloraError, match="is at no site"):
        moves.remove(registry, OLD, 99)


SITES = st.sampled_from(["bridge", "street", "drain"])
STEPS = st.one_of(
    st.tuples(st.just("place"), SITES, st.integers(0, 9), st.integers(1, 10) | st.just(FOREVER)),
    st.tuples(st.just("remove"), SITES, st.integers(0, 9), st.just(0)),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(STEPS, max_size=12))
def test_whatever_is_done_no_two_stays_of_a_device_overlap(steps: list[tuple[str, str, int, int]]) -> None:
    registry = CITY
    for what, site, since, until in steps:
        before = registry
        try:
            if what == "place":
                registry = moves.place(registry, at(site, since, until))
                assert any(one == site and begin <= since < end for one, begin, end in own(registry))
            else:
                registry = moves.remove(registry, OLD, since)
        except CityloraError:
            registry = before
        stays = own(registry)
        assert all(begin < end for _, begin, end in stays)
        assert all(one[2] <= other[1] for one, other in pairwise(stays))


def test_heights_and_calibrations_hold_from_their_time_on() -> None:
    site = referred(referred(Site(id="a"), Reference(7.42, "national")), Reference(7.39, "national", 100))
    assert [site.reference(moment).height for moment in (EVER, 99, 100, FOREVER)] == [7.42, 7.42, 7.39, 7.39]  # type: ignore[union-attr]
    assert referred(site, Reference(7.0, "station")).references == (Reference(7.0, "station"),)
    assert Site(id="a").reference(0) is None
    site = calibrated(calibrated(site, Calibration("distance", -12, 1, 50)), Calibration("distance", -9, 1, 100))
    assert [one and one.offset for one in (site.calibration("distance", when) for when in (49, 50, 99, 100))] == [
        None, -12, -12, -9,
    ]  # fmt: skip
    assert site.calibration("pm2_5", 100) is None
    assert calibrated(site, Calibration("distance")).calibrations == ()


def placed(folder: Path, *steps: Placement) -> None:
    for step in steps:
        file.edit(folder, "device place", NOW, lambda registry, step=step: moves.place(registry, step))  # type: ignore[misc]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data directory with three sites."""
    file.edit(tmp_path, "site add", NOW, lambda _: CITY)
    return tmp_path


def test_what_is_written_is_read(folder: Path) -> None:
    placed(folder, at("bridge", 100), at("street", 200))
    assert file.read(folder) == moves.place(moves.place(CITY, at("bridge", 100)), at("street", 200))
    assert stays_of(file.read(folder)) == {OLD: (("bridge", "Cẩm Lệ", 100, 200), ("street", "Cẩm Lệ", 200, FOREVER))}
    assert file.read(folder / "none") == EMPTY


def test_every_change_is_noted_with_who_and_what(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "lan")
    monkeypatch.setenv("SUDO_USER", "minh")
    placed(folder, at("bridge", 100), at("bridge", 100), at("street", 200))
    found = file.changes(folder, OLD)
    assert [(one.at, one.who, one.what) for one in found] == [(NOW, "lan (minh)", "device place")] * 2
    assert json.loads(found[0].before) == [[OLD, "bridge", 100, FOREVER]]
    assert json.loads(found[0].after) == [[OLD, "bridge", 100, 200], [OLD, "street", 200, FOREVER]]
    assert found[1].before == ""
    assert [one.what for one in file.changes(folder, "bridge")] == ["device place", "device place", "site add"]
    assert [one.what for one in file.changes(folder, "drain")] == ["site add"]
    assert {one.subject for one in file.changes(folder)} == {"bridge", "street", "drain", OLD}


def test_a_change_that_fails_and_one_that_is_only_tried_write_nothing(folder: Path) -> None:
    before = file.content(folder), file.changes(folder)
    with pytest.raises(CityloraError):
        placed(folder, at("nowhere"))
    tried = file.edit(folder, "device place", NOW, lambda registry: moves.place(registry, at("bridge")), dry=True)
    assert [one.subject for one in tried] == [OLD]
    assert (file.content(folder), file.changes(folder)) == before
    assert file.edit(folder / "new", "site import", NOW, lambda _: CITY, dry=True)
    assert not (folder / "new").exists()


def test_the_content_tells_every_change_and_nothing_else(folder: Path) -> None:
    contents = [file.content(folder)]
    placed(folder, at("bridge", 100))
    contents.append(file.content(folder))
    placed(folder, at("bridge", 100))
    assert file.content(folder) == contents[-1]
    file.edit(folder, "site set", NOW, lambda registry: registry.with_site(Site(id="bridge", kind="bridge")))
    contents.append(file.content(folder))
    assert len(set(contents)) == 3


def test_commands_at_once_wait_for_each_other_and_a_reader_sees_whole_changes(folder: Path) -> None:
    """Two commands place and take away twenty devices each, ten times; whoever reads meanwhile sees all or none."""
    done = threading.Event()

    def taken_away(registry: Registry, name: str) -> Registry:
        return Registry(registry.sites, {one: own for one, own in registry.placements.items() if one[0] != name})

    def brought(registry: Registry, name: str) -> Registry:
        for number in range(20):
            registry = moves.place(registry, Placement(f"{name}{number:02d}", "bridge", 100))
        return registry

    def write(name: str) -> None:
        for _ in range(10):
            file.edit(folder, "device place", NOW, lambda registry: brought(registry, name))
            file.edit(folder, "device remove", NOW, lambda registry: taken_away(registry, name))

    def look() -> int:
        looks = 0
        while not done.is_set() or not looks:
            names = [dev_eui[0] for dev_eui in file.read(folder).placements]
            assert {names.count(name) for name in "ab"} <= {0, 20}
            looks += 1
        return looks

    with ThreadPoolExecutor(3) as threads:
        looking = threads.submit(look)
        try:
            assert list(threads.map(write, "ab")) == [None, None]
        finally:
            done.set()
        assert looking.result() > 0
    assert len(file.changes(folder, "a00", 1000)) == 20


def test_a_newer_file_and_a_damaged_one_are_refused(folder: Path) -> None:
    with sqlite3.connect(folder / REGISTRY) as db:
        db.execute(f"PRAGMA user_version = {schema_known(REGISTRY) + 1}")
    db.close()
    for refused in (lambda: file.read(folder), lambda: placed(folder, at("bridge"))):
        with pytest.raises(DataDirError, match=f"{REGISTRY} has schema version {schema_known(REGISTRY) + 1}"):
            refused()
    for path in folder.glob(f"{REGISTRY}-*"):
        path.unlink()
    (folder / REGISTRY).write_bytes(b"SQLite format 3\0" + b"x" * 8192)
    with pytest.raises(DataDirError, match="cannot be read"):
        file.read(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_makes_belongs_to_whose_the_directory_is(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, 12345)
    file.edit(tmp_path, "site add", NOW, lambda _: CITY)
    placed(tmp_path, at("bridge"))
    db = open_registry(tmp_path)
    db.execute("SELECT * FROM site").fetchall()
    assert {path.stat().st_uid for path in tmp_path.glob(f"{REGISTRY}*")} == {12345}
    db.close()


def test_the_hash_that_a_replay_goes_on_by_has_the_places_in_it(tmp_path: Path) -> None:
    """A replay that was cut off before a device was moved does not go on after it with other tags."""
    config = load(None, tmp_path / "data")
    hashes = [fingerprint(config)]
    file.edit(config.data_dir, "site add", NOW, lambda _: CITY)
    hashes.append(fingerprint(config))
    placed(config.data_dir, at("bridge"))
    hashes.append(fingerprint(config))
    assert fingerprint(config) == hashes[-1]
    assert len(set(hashes)) == 3
    placed(config.data_dir, at("street", 100))
    assert fingerprint(config) not in hashes
