"""Lines beyond the retention, and what hides behind them: what it costs to find them, by the strict fake."""

import random
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from ingest.decoding.point import Point
from ingest.errors import SinkUnavailable
from tests.fakes.http import Answer, Fault
from tests.fakes.influxdb import FakeInfluxDB
from tests.fakes.points import START, batch, point
from tests.fakes.rig import Rig, sink_on

DECADES = 20 * 365 * 86_400_000_000_000
RETENTION = START - DECADES // 2


def late(index: int) -> Point:
    """A point of a device whose clock is decades behind."""
    return replace(point(index), time=point(index).time - DECADES)


def requests(rig: Rig, points: Sequence[Point], bad: Sequence[int]) -> int:
    """Write; the sink refuses these and counts the others, each once. How many requests that took."""
    rig.server.requests.clear()
    accepted = rig.sink.accepted
    assert [refusal.index for refusal in rig.sink.write(points)] == list(bad)
    assert rig.sink.accepted - accepted == len(points) - len(bad)
    return len(rig.server.writes)


def test_late_lines_cost_three_requests_and_then_two(rig: Rig) -> None:
    rig.server.oldest = RETENTION
    for first, expected in ((0, 3), (1000, 2), (2000, 2)):  # their clocks go on, too
        bad = list(range(37, 1000, 100))
        points = batch(first + 1000, {first + place: late(first + place) for place in bad})[first:]
        assert requests(rig, points, bad) == expected
    assert len(rig.server.points) == 3 * 990


def test_late_lines_are_found_by_every_version_and_cheaply_the_second_time(any_rig: Rig) -> None:
    any_rig.server.oldest = RETENTION
    bad = list(range(37, 1000, 100))
    points = batch(1000, {place: late(place) for place in bad})
    requests(any_rig, points, bad)
    assert len(any_rig.server.points) == 990
    assert requests(any_rig, points, bad) <= 2 * len(bad)
    assert sum(request.body.count(b"environment") for request in any_rig.server.writes) < 1100


def test_batches_without_a_late_line_cost_one_request_as_ever(rig: Rig) -> None:
    rig.server.oldest = RETENTION
    requests(rig, batch(100, {7: late(7)}), [7])
    assert requests(rig, batch(100), []) == 1
    assert requests(rig, [late(7)], [0]) <= 2  # alone, a line known to be good is asked for


def test_a_longer_retention_is_noticed(rig: Rig) -> None:
    rig.server.oldest = RETENTION
    points = batch(100, {7: late(7)})
    requests(rig, points, [7])
    rig.server.oldest = 0
    assert requests(rig, points, []) == 2
    assert requests(rig, points, []) == 1


def test_the_limit_is_learned_anew_where_it_moves(rig: Rig) -> None:
    rig.server.oldest = RETENTION
    requests(rig, batch(100, {7: late(7)}), [7])
    rig.server.oldest = point(50).time
    assert requests(rig, batch(100), range(50)) == 3
    assert requests(rig, batch(100), range(50)) == 2
    assert requests(rig, batch(100, {7: late(7)}), range(50)) == 2


@pytest.mark.parametrize("words", ["points beyond retention policy", "outside retention policy, upper bound"])
def test_a_guess_that_is_wrong_costs_requests_and_no_point(any_rig: Rig, words: str) -> None:
    """A 1.x takes an old line where its shard still stands, and a newer 2.x can drop the youngest."""
    bad = {point(place).time for place in (3, 500, 998, 999)}
    any_rig.server.refuses = lambda line: words if line.time in bad else ""
    for _ in range(2):
        requests(any_rig, batch(1000), [3, 500, 998, 999])
        assert len(any_rig.server.points) == 996


def test_three_kinds_of_badness_behind_each_other(any_rig: Rig) -> None:
    any_rig.server.oldest = RETENTION
    any_rig.sink.write([point(0)])
    bad = {3: late(3), 4: replace(point(4), fields=(("co2", "x"),)), 90: point(90, "text"), 200: late(200)}
    unreadable = {50: point(50, site="unreadable")}
    any_rig.server.refuses = lambda line: "no such site" if ("site", "unreadable") in line.tags else ""
    for _ in range(3):
        requests(any_rig, batch(1000, {**bad, **unreadable}), [3, 4, 50, 90, 200])
        assert len(any_rig.server.points) == 995


def test_what_a_partial_refusal_stored_is_counted_once_and_only_after_a_yes() -> None:
    """The connection is lost after the server said how many lines it dropped: nothing may be counted."""
    with FakeInfluxDB("v1") as server:
        server.oldest = RETENTION
        sink = sink_on(server, "v1")
        points = batch(100, {7: late(7)})
        server.faults.extend([Fault(Answer(400, b'{"error":"partial write: dropped=1"}'), after_the_work=True)])
        server.faults.append(Fault(Answer(503)))
        with pytest.raises(SinkUnavailable, match="503"):
            sink.write(points)
        assert sink.accepted == 0
        assert [refusal.index for refusal in sink.write(points)] == [7]
        assert sink.accepted == 99
        sink.close()


@pytest.mark.parametrize("count", [1, 30])
def test_where_only_the_number_is_known_the_batch_is_cut_into_more_parts(rig: Rig, count: int) -> None:
    bad = sorted(random.Random(count).sample(range(3000), count))
    times = {point(place).time for place in bad}
    rig.server.refuses = lambda line: "max-values-per-tag limit exceeded" if line.time in times else ""
    requests(rig, batch(3000), bad)
    sent = sum(request.body.count(b"\n") + 1 for request in rig.server.writes)
    assert sent < 4 * 3000  # 2.7 times as many; by halves 7.2


@pytest.mark.parametrize("seed", range(6))
def test_any_mixture_is_sorted_out(any_rig: Rig, seed: int) -> None:
    """Every refused line is bad, every good one is stored and counted once, whatever was remembered before."""
    chance = random.Random(seed)
    any_rig.server.oldest = RETENTION
    any_rig.sink.write([point(0), point(0, measurement="water")])
    kinds = (late, lambda place: point(place, "text"), lambda place: replace(point(place), time=2**63))
    for _ in range(4):
        bad = {place: chance.choice(kinds)(place) for place in chance.sample(range(200), chance.randint(0, 40))}
        any_rig.server.refuses = lambda line: "time outside range" if line.time >= 2**63 else ""
        requests(any_rig, batch(200, bad), sorted(bad))
        assert len(any_rig.server.points) <= 202
    requests(any_rig, batch(200), [])
    assert len(any_rig.server.points) == 201
