"""Values that an operator declares invalid: of which site, quantity and time; kept for good, and taken back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.data_dir import REGISTRY, REGISTRY_VERSIONS
from ingest.derive.catalogue import following
from ingest.devices import EVER, FOREVER
from ingest.errors import CityloraError
from ingest.registry import file, invalid
from ingest.registry.invalid import Invalid, Invalidations, Restored, Stretch
from ingest.registry.site import EMPTY, Registry, Site

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_790_000_100_000_000_000


def said(
    since: int, until: int = FOREVER, *, site: str = "bridge", quantity: str = "", back: Restored | None = None
) -> Invalid:
    return Invalid(
        id=0, site=site, quantity=quantity, since=since, until=until, reason="soiled", by="Lan", at=NOW, restored=back
    )


def back(since: int = EVER, at: int = NOW) -> Restored:
    return Restored(by="Minh", reason="it was right", at=at, since=since)


@pytest.mark.parametrize(
    ("site", "quantity", "time", "covered"),
    [
        ("bridge", "distance", 9, False),
        ("bridge", "distance", 10, True),
        ("bridge", "distance", 19, True),
        ("bridge", "distance", 20, False),  # the end is not included
        ("bridge", "water_level", 15, False),  # another quantity of that time
        ("bridge", "water_level", 45, True),  # all of them
        ("bridge", "distance", 35, True),  # two that overlap
        ("bridge", "distance", 1 << 62, True),  # no end is said
        ("street", "distance", 15, False),
        ("street", "noise_level", EVER, True),
    ],
)
def test_what_is_covered(site: str, quantity: str, time: int, *, covered: bool) -> None:
    found = Invalidations(
        [
            said(10, 20, quantity="distance"),
            said(30, 40, quantity="distance"),
            said(33, 50),
            said(60, quantity="distance"),
            said(EVER, 5, site="street"),
        ]
    )
    assert found.covers(site, quantity, time) is covered


def test_what_follows_from_an_invalid_value_does_not_count_either() -> None:
    assert {"water_level", "water_rise"} <= following("distance")
    assert "distance" not in following("water_level")
    found = Invalidations([said(10, 20, quantity="distance"), said(30, 40, quantity="water_level")], following)
    assert [found.covers("bridge", "water_level", time) for time in (9, 10, 30, 40)] == [False, True, True, False]
    assert not found.covers("bridge", "distance", 30)


SPANS = st.tuples(st.integers(0, 12), st.integers(1, 6), st.sampled_from(["", "distance", "noise_level"]))


@settings(max_examples=300, deadline=None)
@given(st.lists(SPANS, max_size=8), st.lists(st.integers(0, 12) | st.none(), max_size=8))
def test_it_says_what_a_look_at_each_declaration_would(
    spans: list[tuple[int, int, str]], ends: list[int | None]
) -> None:
    all_of_them = [
        said(since, since + length, quantity=quantity, back=None if end is None else back(end))
        for (since, length, quantity), end in zip(spans, [*ends, *[None] * 8], strict=False)
    ]
    found = Invalidations(all_of_them)
    for quantity in ("distance", "noise_level", "water_level"):
        for time in range(-1, 20):
            plain = any(one.quantity in ("", quantity) and one.since <= time < one.end for one in all_of_them)
            assert found.covers("bridge", quantity, time) is plain
    assert found.concern("bridge") is any(one.counts for one in all_of_them)


def declare(folder: Path, *wanted: Invalid) -> Registry:
    for one in wanted:
        file.edit(folder, "quality invalidate", NOW, lambda registry, one=one: invalid.declared(registry, one))  # type: ignore[misc]
    return file.read(folder)


def restore(folder: Path, number: int, why: Restored) -> Registry:
    file.edit(folder, "quality restore", NOW, lambda registry: invalid.restored(registry, number, why))
    return file.read(folder)


def test_it_is_kept_with_who_and_why_and_so_is_its_restoration(tmp_path: Path) -> None:
    found = declare(tmp_path, said(10, 20, quantity="distance"), said(30))
    assert [(one.id, one.quantity, one.since, one.until, one.counts) for one in found.invalid] == [
        (1, "distance", 10, 20, True),
        (2, "", 30, FOREVER, True),
    ]
    found = restore(tmp_path, 1, back())
    first, second = found.invalid
    assert (first.reason, first.by, first.restored, first.counts) == ("soiled", "Lan", back(), False)
    assert (first.since, first.until) == (10, 20)  # what was said stays to be read
    assert not Invalidations(found.invalid).covers("bridge", "distance", 15)
    assert second.counts
    noted = file.changes(tmp_path, "bridge")
    assert [(one.what, bool(one.before)) for one in noted] == [
        ("quality restore", True),
        ("quality invalidate", False),
        ("quality invalidate", False),
    ]
    assert not any(one.of_device for one in noted)


def test_values_count_again_from_a_time_on(tmp_path: Path) -> None:
    declare(tmp_path, said(10))
    found = Invalidations(restore(tmp_path, 1, back(25)).invalid)
    assert [found.covers("bridge", "distance", time) for time in (9, 10, 24, 25)] == [False, True, True, False]
    found = Invalidations(restore(tmp_path, 1, back()).invalid)  # and then all of them
    assert not found.concern("bridge")


def test_whoever_makes_roll_ups_is_told_of_each_change_since_the_last_one(tmp_path: Path) -> None:
    assert invalid.changes_after(tmp_path, 0) == []
    file.edit(tmp_path, "site add", NOW, lambda registry: registry.with_site(Site(id="bridge")))
    assert invalid.changes_after(tmp_path, 0) == []
    declare(tmp_path, said(10, 20), said(30, site="street"))
    assert invalid.changes_after(tmp_path, 0) == [Stretch(2, "bridge", 10, 20), Stretch(3, "street", 30, FOREVER)]
    restore(tmp_path, 1, back(15))
    # all that was said of it, whatever of that is restored: hours are made anew, and whether they differ is their own
    assert invalid.changes_after(tmp_path, 3) == [Stretch(4, "bridge", 10, 20)]
    assert invalid.changes_after(tmp_path, 4) == []
    for path in tmp_path.glob(f"{REGISTRY}*"):
        path.write_bytes(b"damaged" * 1000)
    assert invalid.changes_after(tmp_path, 0) == []  # it does not end the worker


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (said(20, 20), "is not after"),
        (said(20, 10), "is not after"),
        (Invalid(id=0, site="bridge", since=1, reason="", by="Lan", at=NOW), "a reason is missing"),
    ],
)
def test_what_cannot_be_declared(wanted: Invalid, words: str) -> None:
    with pytest.raises(CityloraError, match=words):
        invalid.declared(EMPTY, wanted)


@pytest.mark.parametrize(
    ("number", "why", "words"),
    [
        (3, back(), "there is no declaration 3"),
        (1, back(20), "ends at .*: what is later counts already"),
        (1, Restored(by="Minh", reason="", at=NOW), "a reason is missing"),
        (2, back(), "2 was restored already, by Minh at 2026-09-21T"),
    ],
)
def test_what_cannot_be_restored(number: int, why: Restored, words: str) -> None:
    registry = invalid.declared(invalid.declared(EMPTY, said(10, 20)), said(30))
    registry = invalid.restored(registry, 2, back())
    with pytest.raises(CityloraError, match=words):
        invalid.restored(registry, number, why)


def test_overlapping_is_about_the_same_values() -> None:
    one = said(10, 20, quantity="distance")
    assert one.overlaps(said(19, 30))
    assert one.overlaps(said(0, quantity="distance"))
    assert not one.overlaps(said(20, 30))
    assert not one.overlaps(said(10, 20, quantity="water_level"))
    assert not one.overlaps(said(10, 20, site="street"))
    assert not one.overlaps(said(10, 20, back=back()))


def test_other_commands_leave_it_alone(tmp_path: Path) -> None:
    declare(tmp_path, said(10))
    file.edit(tmp_path, "site add", NOW, lambda registry: registry.with_site(Site(id="street")))
    assert len(file.read(tmp_path).invalid) == 1


def test_a_registry_of_before_has_none_and_takes_it(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / REGISTRY)) as db:
        db.executescript(f"{REGISTRY_VERSIONS[0]};PRAGMA user_version = 1")
        db.execute("INSERT INTO site VALUES ('bridge', '{\"id\":\"bridge\"}')")
        db.commit()
    assert file.read(tmp_path) == Registry({"bridge": Site(id="bridge")}, {})
    assert invalid.changes_after(tmp_path, 0) == []
    assert declare(tmp_path, said(10)).invalid[0].id == 1
