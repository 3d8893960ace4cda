"""Days that differ from those of the neighbours are marked as they are made, and unmarked as late values say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from ingest.cli import main
from ingest.derive.rules import RULES
from ingest.registry.site import Site
from ingest.rollup import closing, drift, judging
from ingest.rollup.reading import Rollups
from ingest.rollup.sink import Outside
from ingest.rollup.summarise import Places
from ingest.sqlite import transaction
from tests.fakes.rollups import BEGIN, HOUR, Rolling, row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ingest.decoding.point import Point

DAY = 24 * HOUR
SITES = ("bridge-1", "drain-2", "school-4", "street-3")
ODD = "school-4"
PLACES = Places(interval=lambda _site, _quantity: HOUR)


def day(
    number: int, value: float, site: str = ODD, *, hours: Sequence[int] = range(24), ward: str = "hai-chau"
) -> list[Point]:
    """A site's day, hour by hour."""
    return [
        row(BEGIN + number * DAY + hour * HOUR, {"pm2_5": value, "humidity": 70.0}, site=site, ward=ward)
        for hour in hours
    ]


def days(count: int, odd: float = 60.0, sites: Sequence[str] = SITES) -> list[Point]:
    """Days of a ward in which one site shows more than the others."""
    return [
        point for number in range(count) for site in sites for point in day(number, odd if site == ODD else 20.0, site)
    ]


def opened(folder: Path, places: Places = PLACES) -> Rolling:
    return Rolling(folder, Outside(places=lambda: places))


@pytest.fixture
def rolling(tmp_path: Path) -> Iterator[Rolling]:
    with opened(tmp_path) as found:
        yield found


def done(rolling: Rolling, points: Sequence[Point], count: int) -> None:
    """All of it has come, and the days are over."""
    rolling.write(*points)
    rolling.until(BEGIN + count * DAY + HOUR)


def marked(rolling: Rolling) -> set[tuple[str, int]]:
    """Which days of which sites are marked, by what is kept of them."""
    rollups = Rollups(rolling.db)
    return {
        (site, (one.start - BEGIN) // DAY)
        for site in rollups.sites()
        for one in rollups.days(site, BEGIN, BEGIN + 400 * DAY)
        if one.indices.get("pm2_5_drift")
    }


def told(rolling: Rolling, number: int, site: str = ODD) -> dict[str, float | str]:
    """What the rows of a day say of particles."""
    found = rolling.rows("environment_1d")[site, "0", BEGIN + number * DAY]
    return {name: value for name, value in found.items() if name.startswith(("pm2_5", "vn_aqi"))}


def test_the_third_day_is_doubtful_and_no_index_rests_on_it(rolling: Rolling) -> None:
    done(rolling, days(4), 4)

    assert marked(rolling) == {(ODD, 2), (ODD, 3)}
    assert told(rolling, 1)["pm2_5_mean"] == 60.0
    assert "vn_aqi" in told(rolling, 1)
    third = told(rolling, 2)
    assert third == {f"pm2_5_suspect_{name}": value for name, value in (
        ("mean", 60.0), ("min", 60.0), ("max", 60.0), ("p95", 60.0), ("count", 24.0), ("coverage", 1.0)
    )}  # fmt: skip
    assert "vn_aqi" in told(rolling, 2, "drain-2")
    assert rolling.rows("environment_1h")[ODD, "0", BEGIN + 3 * DAY]["pm2_5_mean"] == 60.0, "an hour is as measured"
    kept = Rollups(rolling.db).days(ODD, BEGIN + 2 * DAY, BEGIN + 3 * DAY)[0]
    assert {series.quantity for series in kept.values} == {"pm2_5", "humidity"}, "and so is the day that is kept"
    assert not any("drift" in name for point in rolling.told() for name, _value in point.fields)


def test_the_names_that_were_written_before_are_gone(rolling: Rolling) -> None:
    done(rolling, days(3), 3)

    *_, last = [point for point in rolling.told() if point.measurement == "environment_1d" and point.tags[0] == ODD]
    assert last.revises
    assert {"pm2_5_mean", "vn_aqi"} <= set(last.gone)


def test_a_late_correction_takes_the_mark_back_from_all_days_that_rested_on_it(rolling: Rolling) -> None:
    done(rolling, days(5), 5)
    assert marked(rolling) == {(ODD, 2), (ODD, 3), (ODD, 4)}

    done(rolling, day(2, 30.0), 5)

    assert marked(rolling) == set()
    assert told(rolling, 4)["pm2_5_mean"] == 60.0
    assert "vn_aqi" in told(rolling, 4)
    assert not any("suspect" in name for number in range(5) for name in told(rolling, number))

    done(rolling, day(2, 60.0), 5)
    assert marked(rolling) == {(ODD, 2), (ODD, 3), (ODD, 4)}


def test_what_the_neighbours_say_late_counts_as_well(rolling: Rolling) -> None:
    done(rolling, [point for point in days(4) if point.tags[1] != "drain-2"], 4)
    assert marked(rolling) == set(), "two are too few"

    done(rolling, [point for point in days(4) if point.tags[1] == "drain-2"], 4)
    assert marked(rolling) == {(ODD, 2), (ODD, 3)}

    done(rolling, [point for number in range(1, 3) for point in day(number, 55.0, "drain-2")], 4)
    assert marked(rolling) == {(ODD, 2), (ODD, 3)}, "the median of the three is what it was"


def test_a_day_of_which_too_little_is_left_is_marked_no_more(rolling: Rolling) -> None:
    done(rolling, days(3), 3)
    doubtful = [
        row(point.time, {"pm2_5": 60.0, "humidity": 70.0}, site=ODD, causes={"pm2_5": 2})
        for point in day(2, 60.0, hours=range(10))
    ]

    done(rolling, doubtful, 3)

    assert marked(rolling) == set()
    assert told(rolling, 2)["pm2_5_count"] == 14.0
    assert "pm2_5_suspect_count" not in told(rolling, 2)


def test_without_neighbours_nothing_is_marked(rolling: Rolling) -> None:
    done(
        rolling,
        [
            *days(3, sites=(ODD,)),
            *[p for n in range(3) for s in SITES if s != ODD for p in day(n, 20.0, s, ward="son-tra")],
        ],
        3,
    )

    assert marked(rolling) == set()
    assert rolling.count("drift_due WHERE start < (SELECT days FROM rollup_state)") == 0


def test_unassigned_is_no_neighbourhood(rolling: Rolling) -> None:
    points = [p for n in range(3) for s in SITES for p in day(n, 60.0 if s == ODD else 20.0, s, ward="unassigned")]

    done(rolling, points, 3)

    assert marked(rolling) == set()


@pytest.mark.parametrize(("own", "found"), [(50.0, set()), (None, set()), (39.0, {(ODD, 2)})])
def test_a_site_may_ask_otherwise(tmp_path: Path, own: float | None, found: set[tuple[str, int]]) -> None:
    rule = RULES["pm2_5"]._replace(drift=own)

    with opened(tmp_path, PLACES._replace(drift=drift.allowed_by(RULES, {ODD: {"pm2_5": rule}}))) as rolling:
        done(rolling, days(3), 3)
        assert marked(rolling) == found


def test_a_quantity_may_have_a_bound_at_one_site_only(tmp_path: Path) -> None:
    rules = {**RULES, "pm2_5": RULES["pm2_5"]._replace(drift=None)}

    with opened(tmp_path, PLACES._replace(drift=drift.allowed_by(rules, {ODD: {"pm2_5": RULES["pm2_5"]}}))) as rolling:
        done(rolling, days(3), 3)
        assert marked(rolling) == {(ODD, 2)}


def test_positions_and_wards_of_the_registry_come_first(tmp_path: Path) -> None:
    near = {site: Site(id=site, latitude=16.05, longitude=108.2) for site in SITES}
    far = {**near, "drain-2": Site(id="drain-2", latitude=16.15, longitude=108.2)}

    for name, sites, found in (("near", near, {(ODD, 2)}), ("far", far, set())):
        (tmp_path / name).mkdir()
        with opened(tmp_path / name, PLACES._replace(sites=sites)) as rolling:
            done(rolling, days(3), 3)
            assert marked(rolling) == found


def test_it_goes_on_where_the_slice_ended_or_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path) as rolling:
        done(rolling, days(4), 4)
        wanted = rolling.rows("environment_1d")
    (tmp_path / "slices").mkdir()
    monkeypatch.setattr(judging, "PORTION", 1)
    monkeypatch.setattr(closing, "SLICE_SECONDS", 0.0)
    with opened(tmp_path / "slices") as rolling:
        rolling.write(*days(4))
    more = True
    while more:
        with opened(tmp_path / "slices") as rolling:
            rolling.now = BEGIN + 4 * DAY + HOUR
            more = rolling.idle(tidy=True)
    with opened(tmp_path / "slices") as rolling:
        assert rolling.rows("environment_1d") == wanted


def test_means_that_were_forgotten_are_read_again(rolling: Rolling) -> None:
    done(rolling, days(5), 5)
    with transaction(rolling.db):
        rolling.db.execute("DELETE FROM day_mean")
        rolling.db.execute("DELETE FROM day_held")

    done(rolling, day(2, 30.0), 5)

    assert marked(rolling) == set()


def test_means_are_forgotten_with_the_values(rolling: Rolling) -> None:
    for number in range(14):
        for site in SITES:
            rolling.write(*day(number, 20.0, site))
        rolling.until(BEGIN + (number + 1) * DAY + HOUR)

    (oldest,) = rolling.db.execute("SELECT min(start) FROM day_mean").fetchone()
    assert BEGIN + 2 * DAY <= oldest <= BEGIN + 4 * DAY


def test_what_has_changed_waits_for_its_turn(rolling: Rolling) -> None:
    done(rolling, days(4), 4)
    rolling.write(*day(2, 30.0))
    rolling.sink._tidied = -1e9  # dirty, but nobody has asked for more
    while rolling.idle():
        pass
    assert marked(rolling) == {(ODD, 2), (ODD, 3)}

    rolling.until(rolling.now)

    assert marked(rolling) == set()


def test_the_report_tells_of_it(tmp_path: Path) -> None:
    with opened(tmp_path) as rolling:
        done(rolling, days(3), 3)
    span = ("--since", "2026-01-01", "--until", "2026-01-04")

    said = CliRunner().invoke(main, ["quality", "report", "--data", str(tmp_path), *span, "--json"])

    assert said.exit_code == 0, said.output
    found = {one["site"]: one["drift"] for one in json.loads(said.stdout)["sites"]}
    assert found == {**{site: [] for site in SITES}, ODD: [{"quantity": "pm2_5", "day": "2026-01-02T17:00:00Z"}]}
