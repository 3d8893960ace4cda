"""The tables of limits and classes are well formed, and each says where it comes from and whether it is verified."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from decoders.bands import Band, Table, table, tables

every_table = pytest.mark.parametrize("one", tables().values(), ids=lambda one: one.key)

PAGE = Path(__file__).parents[2] / "docs" / "indices.md"

UNVERIFIED = {"epa_aqi", "vn_wqi", "heat_index", "hot_day", "street_flood"}
"""Tables that nobody has read in the original: taking one off this list needs the document."""


@every_table
def test_source_names_the_document_and_its_days(one: Table) -> None:
    source = one.source
    assert len(source.text) > 20
    assert source.name.vi.strip() == source.name.vi != ""
    assert source.name.en.strip() == source.name.en != ""
    assert source.verified is (one.key not in UNVERIFIED)
    assert source.valid_from is None or date(2000, 1, 1) < source.valid_from < date(2027, 1, 1)
    assert source.valid_until is None or source.valid_from is None or source.valid_from <= source.valid_until


@every_table
def test_what_is_unverified_says_so_in_both_languages(one: Table) -> None:
    assert one.source.shown("en").endswith("(unverified)") is not one.source.verified
    assert one.source.shown("vi").endswith("(chưa kiểm chứng)") is not one.source.verified
    assert one.source.shown("en", verified=False).endswith("(unverified)")


@every_table
def test_bands_ascend_and_can_be_told_apart(one: Table) -> None:
    assert all((low.low, low.open) < (high.low, high.open) for low, high in pairwise(one.bands))
    for shown in (lambda band: band.key, lambda band: band.label.vi, lambda band: band.label.en, _colour):
        assert len({shown(band) for band in one.bands}) == len(one.bands)
    assert all(re.fullmatch("#[0-9a-f]{6}", band.colour) for band in one.bands)


def _colour(band: Band) -> str:
    return band.colour


@every_table
def test_curves_ascend_and_limits_leave_room(one: Table) -> None:
    for curve in one.curves.values():
        assert all(low.at <= high.at for low, high in pairwise(curve.points))
    for limit in one.limits:
        assert limit.low is not None or limit.high is not None
        assert limit.low is None or limit.high is None or limit.low < limit.high
        assert limit.period in {"", "1h", "8h", "24h", "1y", "06-21", "21-06"}


@every_table
def test_stations_have_three_levels_and_say_what_is_doubtful(one: Table) -> None:
    for station in one.stations.values():
        metres = [level.metres for level in station.levels]
        assert len(metres) == 3
        assert metres == sorted(set(metres))
        assert all(level.verified for level in station.levels) or station.note


def test_a_band_begins_where_it_says() -> None:
    rain = table("rain_24h")

    keys = [rain.band(amount).key for amount in (-1, 0, 0.1, 5.9, 6, 15, 15.1, 16, 50, 50.5, 51, 100, 100.1, 400)]

    assert keys == [
        *("none", "none", "small", "small", "rain", "rain", "moderate", "moderate", "moderate"),
        *("heavy", "heavy", "heavy", "very_heavy", "very_heavy"),
    ]


def test_the_limit_of_a_day_is_the_one_in_force() -> None:
    air = table("qcvn_05")

    def high(on: date) -> float | None:
        limit = air.limit("pm2_5", "24h", on=on)
        return limit.high if limit else None

    assert high(date(2023, 9, 11)) is None, "nothing is known of the days before"
    assert high(date(2023, 9, 12)) == 50
    assert high(date(2025, 12, 31)) == 50
    assert high(date(2026, 1, 1)) == 45
    assert high(date(2026, 11, 22)) == 45


def test_the_colours_of_the_decision_are_its_own() -> None:
    colours = [band.colour for band in table("vn_aqi").bands]

    assert colours == ["#00e400", "#ffff00", "#ff7e00", "#ff0000", "#8f3f97", "#7e0023"]
    assert all(band.effect for band in table("vn_aqi").bands), "what is published names the effect on health"


@every_table
def test_the_page_says_of_each_table_how_far_it_is_verified(one: Table) -> None:
    rows = [limit.verified for limit in one.limits]
    rows += [level.verified for station in one.stations.values() for level in station.levels]
    expected = "no" if not one.source.verified else "yes" if all(rows) else "in part"

    line = next(line for line in PAGE.read_text("utf-8").splitlines() if line.startswith(f"| `{one.key}` |"))

    assert line.endswith(f"| {expected} |")
    if one.source.valid_from:
        assert f"| {one.source.valid_from:%d/%m/%Y} |" in line


def test_the_page_has_every_flood_level() -> None:
    page = PAGE.read_text("utf-8")

    for station in table("flood_alarm").stations.values():
        levels = " | ".join(f"{level.metres:.1f}" for level in station.levels)
        doubtful = ", ".join(f"BĐ{rank}" for rank, level in enumerate(station.levels, start=1) if not level.verified)
        assert f"| {station.name} ({station.river}) | {levels} | {doubtful}" in page
        assert doubtful or f"| {levels} | |" in page
