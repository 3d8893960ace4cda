"""Hours and days are closed when they are over, and made again where a value comes late."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from ingest.registry.invalid import Invalid, Invalidations, Stretch
from ingest.registry.site import Site
from ingest.rollup import closing, sink
from ingest.rollup.reading import open_rollups
from ingest.rollup.sink import Outside
from ingest.rollup.summarise import Places
from ingest.rollup.summary import Series
from ingest.sqlite import transaction
from tests.fakes.rollups import BEGIN, HOUR, MINUTE, Rolling, fields, row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ingest.decoding.point import Point

DAY = 24 * HOUR


@pytest.fixture
def rolling(tmp_path: Path) -> Iterator[Rolling]:
    with Rolling(tmp_path) as found:
        yield found


def quarters(hour: int, values: tuple[float, ...], quantity: str = "air_temperature") -> list[Point]:
    return [row(BEGIN + hour * HOUR + place * 15 * MINUTE, {quantity: value}) for place, value in enumerate(values)]


def test_an_hour_is_closed_once_events_of_the_next_have_come(rolling: Rolling) -> None:
    rolling.now = BEGIN + DAY
    rolling.write(*quarters(0, (20.0, 21.0, 25.0, 22.0)))
    rolling.idle(caught_up=False)
    assert rolling.told() == []
    rolling.write(row(BEGIN + HOUR + 3 * MINUTE, {"air_temperature": 23.0}))
    rolling.idle(caught_up=False)
    found = fields(rolling.told(), "environment_1h")
    assert {name: value for name, value in found.items() if name.startswith("air_temperature")} == {
        "air_temperature_mean": 22.0, "air_temperature_min": 20.0, "air_temperature_max": 25.0,
        "air_temperature_p95": 25.0, "air_temperature_count": 4.0, "air_temperature_coverage": 1.0,
    }  # fmt: skip
    (point,) = [one for one in rolling.told() if one.measurement == "environment_1h"]
    assert (point.tags, point.time) == (("bridge-1", "hai-chau", "0"), BEGIN)


def test_the_clock_closes_an_hour_when_nothing_more_comes(rolling: Rolling) -> None:
    rolling.write(*quarters(0, (20.0,)))
    rolling.until(BEGIN + HOUR + sink.GRACE - 1)
    assert rolling.rows("environment_1h") == {}
    rolling.until(BEGIN + HOUR + sink.GRACE)
    assert list(rolling.rows("environment_1h")) == [("bridge-1", "0", BEGIN)]


def test_a_day_has_the_exact_percentile_of_its_values_and_the_mean_coverage_of_its_hours(rolling: Rolling) -> None:
    values = [float(number % 97) for number in range(96)]
    for hour in range(24):
        rolling.write(*quarters(hour, tuple(values[4 * hour : 4 * hour + (4 if hour < 12 else 2)])))
    rolling.until(BEGIN + DAY + HOUR)
    kept = sorted(value for hour in range(24) for value in values[4 * hour : 4 * hour + (4 if hour < 12 else 2)])
    (found,) = rolling.rows("environment_1d").values()
    assert found["air_temperature_count"] == len(kept) == 72.0
    assert found["air_temperature_p95"] == kept[68]  # the 69th of 72: 68.4 are 95 %
    assert found["air_temperature_mean"] == pytest.approx(sum(kept) / 72)
    assert found["air_temperature_coverage"] == 0.75


def test_a_late_value_changes_its_own_hour_and_day_only(rolling: Rolling) -> None:
    for hour in range(24):
        rolling.write(*quarters(hour, (20.0, 21.0)))
    rolling.until(BEGIN + DAY + HOUR)
    before, head = rolling.rows("environment_1h"), rolling.head()
    rolling.write(row(BEGIN + 5 * HOUR + 40 * MINUTE, {"air_temperature": 40.0}, received=rolling.now))
    rolling.until(rolling.now + MINUTE)
    told = [(point.measurement, point.time) for point in rolling.told(head) if point.measurement != "station"]
    assert told == [("environment_1h", BEGIN + 5 * HOUR), ("environment_1d", BEGIN)]
    after = rolling.rows("environment_1h")
    assert [key for key in after if after[key] != before[key]] == [("bridge-1", "0", BEGIN + 5 * HOUR)]
    assert after["bridge-1", "0", BEGIN + 5 * HOUR]["air_temperature_max"] == 40.0


def test_a_value_that_turns_out_doubtful_leaves_the_hour_and_its_fields_are_gone(rolling: Rolling) -> None:
    at = BEGIN + 10 * MINUTE
    rolling.write(row(at, {"air_temperature": 60.0, "co2": 500.0}))
    rolling.until(BEGIN + 2 * HOUR)
    revised = replace(
        row(at, {"air_temperature": 60.0}, causes={"air_temperature": 2}), revises=True, gone=("air_temperature",)
    )
    rolling.write(revised)
    rolling.until(rolling.now + MINUTE)
    (found,) = rolling.rows("environment_1h").values()
    assert sorted(name for name in found if name.startswith("air_temperature")) == []
    assert found["co2_mean"] == 500.0
    rollups = open_rollups(rolling.folder)
    assert rollups is not None
    (hour,) = rollups.hours("bridge-1", BEGIN, BEGIN + HOUR)
    rollups.close()
    assert hour.doubts == {"air_temperature": {2: 1}}


def test_a_derived_value_that_is_no_more_is_taken_out(rolling: Rolling) -> None:
    at = BEGIN + 10 * MINUTE
    rolling.write(row(at, {"rain": 3.0, "co2": 500.0}))
    rolling.until(BEGIN + 2 * HOUR)
    rolling.write(replace(row(at, {}), revises=True, gone=("rain",)))
    rolling.until(rolling.now + MINUTE)
    (found,) = rolling.rows("environment_1h").values()
    assert not any(name.startswith("rain") for name in found)


def test_what_comes_after_the_values_were_dropped_is_counted_and_changes_nothing(
    rolling: Rolling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "KEPT_BUCKETS", 2 * DAY)
    for hour in range(0, 5 * 24, 2):
        rolling.write(*quarters(hour, (20.0,)))
        rolling.until(BEGIN + (hour + 1) * HOUR + 10 * MINUTE, tidy=False)
        rolling.now = BEGIN + (hour + 2) * HOUR
    rows, oldest = rolling.rows("environment_1h"), rolling.db.execute("SELECT min(hour) FROM bucket").fetchone()[0]
    assert oldest >= BEGIN + DAY
    rolling.write(row(BEGIN + HOUR, {"air_temperature": 99.0}))
    rolling.until(rolling.now + MINUTE)
    assert rolling.tally("rollup.too_late") == 1
    assert rolling.rows("environment_1h") == rows


def test_a_clock_that_is_ahead_by_a_year_closes_nothing(rolling: Rolling) -> None:
    rolling.write(row(BEGIN, {"air_temperature": 20.0}, received=BEGIN + 365 * DAY))
    rolling.idle(caught_up=False)
    rolling.write(row(BEGIN + MINUTE, {"air_temperature": 22.0}))
    rolling.until(BEGIN + 2 * HOUR)
    (found,) = rolling.rows("environment_1h").values()
    assert found["air_temperature_mean"] == 21.0


def test_every_point_given_is_counted_and_what_is_at_no_site_is_left_alone(rolling: Rolling) -> None:
    rolling.write(row(BEGIN, {"air_temperature": 20.0}, site="unassigned"), row(BEGIN, {"air_temperature": 20.0}))
    rolling.until(BEGIN + 2 * HOUR)
    assert rolling.sink.accepted == 2
    assert {key[0] for key in rolling.rows("environment_1h")} == {"bridge-1"}


def test_what_waits_is_bounded_and_outlives_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sink, "PENDING_BYTES", 2_000)
    with Rolling(tmp_path) as rolling:
        for number in range(200):
            rolling.write(row(BEGIN + number * 1_000_000, {"air_temperature": float(number)}))
            (held,) = rolling.db.execute("SELECT coalesce(sum(length(data)), 0) FROM pending").fetchone()
            assert held <= 2_100
    with Rolling(tmp_path) as rolling:
        rolling.until(BEGIN + 2 * HOUR)
        (found,) = rolling.rows("environment_1h").values()
        assert found["air_temperature_count"] == 200.0
        assert rolling.count("pending") == 0


def test_of_what_waits_nothing_counts_that_was_rolled_back(rolling: Rolling) -> None:
    def fails(turn: Callable[[], object]) -> None:
        with transaction(rolling.db):
            turn()
            raise InterruptedError

    rolling.write(row(BEGIN, {"co2": 1.0}))
    with pytest.raises(InterruptedError):
        fails(lambda: rolling.sink.write([row(BEGIN + MINUTE, {"co2": 100.0})]))
    rolling.write(row(BEGIN + 2 * MINUTE, {"co2": 3.0}))
    rolling.now = BEGIN + 2 * HOUR
    with pytest.raises(InterruptedError):
        fails(lambda: rolling.sink.idle(caught_up=True))  # it has put all of it into buckets
    rolling.until(rolling.now)
    (found,) = rolling.rows("environment_1h").values()
    assert (found["co2_count"], found["co2_mean"]) == (2.0, 2.0)


def test_closing_goes_on_where_the_slice_ended(rolling: Rolling, monkeypatch: pytest.MonkeyPatch) -> None:
    rolling.write(*[row(BEGIN, {"air_temperature": 20.0}, site=f"site-{number}") for number in range(400)])
    rolling.now = BEGIN + 2 * HOUR
    monkeypatch.setattr(time, "monotonic", iter(range(10**6)).__next__)
    turns = 1
    while rolling.idle():
        turns += 1
    assert turns > 6
    assert len(rolling.rows("environment_1h")) == 400


def test_a_period_declared_invalid_does_not_count_and_counts_again_when_restored(tmp_path: Path) -> None:
    wrong = Invalid(id=1, site="bridge-1", quantity="air_temperature", since=BEGIN, until=BEGIN + 30 * MINUTE,
                    reason="soiled", by="me", at=BEGIN)  # fmt: skip
    known = [Places()]
    said: list[Stretch] = []
    outside = Outside(lambda: known[0], lambda change: [one for one in said if one.change > change])
    with Rolling(tmp_path, outside) as rolling:
        rolling.write(*quarters(0, (10.0, 10.0, 20.0, 20.0)))
        rolling.until(BEGIN + 2 * HOUR)
        said.append(Stretch(1, "bridge-1", BEGIN, BEGIN + 30 * MINUTE))
        rolling.until(rolling.now + MINUTE)  # the registry was not read anew yet
        known[0] = Places(invalid=Invalidations([wrong]), change=1)
        rolling.until(rolling.now + MINUTE)
        (found,) = rolling.rows("environment_1h").values()
        assert (found["air_temperature_mean"], found["air_temperature_count"]) == (20.0, 2.0)
        said.append(Stretch(2, "bridge-1", BEGIN, BEGIN + 30 * MINUTE))
        known[0] = Places(change=2)
        rolling.until(rolling.now + MINUTE)
        (found,) = rolling.rows("environment_1h").values()
        assert found["air_temperature_mean"] == 15.0


def test_what_was_declared_while_nobody_ran_counts_at_the_first_turn(tmp_path: Path) -> None:
    with Rolling(tmp_path) as rolling:
        rolling.write(*quarters(0, (10.0, 10.0, 20.0, 20.0)))
        rolling.until(BEGIN + 2 * HOUR)
    wrong = Invalid(id=1, site="bridge-1", quantity="", since=BEGIN, until=BEGIN + 30 * MINUTE,
                    reason="soiled", by="me", at=BEGIN)  # fmt: skip
    said = [Stretch(1, "bridge-1", BEGIN, BEGIN + 30 * MINUTE)]
    places = Places(invalid=Invalidations([wrong]), change=1)
    outside = Outside(lambda: places, lambda change: [one for one in said if one.change > change])
    with Rolling(tmp_path, outside) as rolling:
        rolling.now = BEGIN + 2 * HOUR + MINUTE
        while rolling.idle():
            pass
        (found,) = rolling.rows("environment_1h").values()
        assert (found["air_temperature_mean"], found["air_temperature_count"]) == (20.0, 2.0)


def test_a_site_has_a_row_of_station_and_another_when_it_falls_silent(tmp_path: Path) -> None:
    sites = {"bridge-1": Site(id="bridge-1", latitude=16.06, longitude=108.22)}
    with Rolling(tmp_path, Outside(lambda: Places(sites=sites))) as rolling:
        rolling.write(row(BEGIN, {"air_temperature": 25.0}), row(BEGIN, {"air_temperature": 25.0}, site="drain-2"))
        rolling.until(BEGIN + 2 * HOUR)
        for hour in range(2, 8):
            rolling.write(row(BEGIN + hour * HOUR, {"air_temperature": 25.0}, site="drain-2"))
            rolling.until(BEGIN + (hour + 1) * HOUR + 10 * MINUTE)
        states = [(one.tags[0], dict(one.fields)["state"]) for one in rolling.told() if one.measurement == "station"]
        assert sorted(states[:2]) == [("bridge-1", 1.0), ("drain-2", 1.0)]
        assert states[2:] == [("bridge-1", 0.0)]
        first = next(one for one in rolling.told() if one.measurement == "station" and one.tags[0] == "bridge-1")
        assert dict(first.fields)["latitude"] == 16.06


def test_a_site_is_not_silent_before_its_first_value(tmp_path: Path) -> None:
    sites = {"bridge-1": Site(id="bridge-1", kind="bridge", station="cam_le")}
    with Rolling(tmp_path, Outside(lambda: Places(sites=sites))) as rolling:
        told_at_once = row(BEGIN + 8 * HOUR - MINUTE, {"water_level": 2.6}, domain="water")
        others = [row(BEGIN + hour * HOUR, {"air_temperature": 25.0}, site="drain-2") for hour in range(9)]
        rolling.write(*others, told_at_once)  # as in a drain: the whole day at once, and its hours are made after it
        rolling.until(BEGIN + 10 * HOUR)
        states = [(one.tags[0], dict(one.fields)["state"]) for one in rolling.told() if one.measurement == "station"]
        assert ("bridge-1", 0.0) not in states
        assert ("bridge-1", 4.0) in states


def test_the_hours_and_days_can_be_read_while_it_works(rolling: Rolling) -> None:
    for hour in range(25):
        rolling.write(*quarters(hour, (float(hour),)))
        rolling.write(row(BEGIN + hour * HOUR, {"air_temperature": 1.0}, site="drain-2"))
    rolling.until(BEGIN + 26 * HOUR)
    rollups = open_rollups(rolling.folder)
    assert rollups is not None
    assert rollups.sites() == ["bridge-1", "drain-2"]
    hours = rollups.hours("bridge-1", BEGIN + 3 * HOUR, BEGIN + 6 * HOUR)
    assert [one.values[Series("air_temperature", 0)].mean for one in hours] == [3.0, 4.0, 5.0]
    (day,) = rollups.days("bridge-1", BEGIN - DAY, BEGIN + 5 * DAY)
    assert (day.start, day.end, day.values[Series("air_temperature", 0)].count) == (BEGIN, BEGIN + DAY, 24)
    rollups.close()


def test_there_is_nothing_to_read_where_nothing_was_made(tmp_path: Path) -> None:
    assert open_rollups(tmp_path) is None
