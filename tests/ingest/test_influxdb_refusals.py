"""400 and 422: which lines are bad, what it costs to find them, and when the server is to blame."""

import math

import pytest

from ingest.errors import SinkUnavailable
from ingest.ports import Refusal
from ingest.sinks.influxdb import SAMPLE
from tests.fakes.http import Answer, Fault
from tests.fakes.points import batch, point
from tests.fakes.rig import Rig


@pytest.mark.parametrize("place", [0, 2500, 4999])
def test_one_bad_line_of_5000_is_found(any_rig: Rig, place: int) -> None:
    any_rig.sink.write([point(1)])
    any_rig.server.requests.clear()
    refusals = any_rig.sink.write(batch(5000, {place: point(place, "text")}))
    assert [refusal.index for refusal in refusals] == [place]
    assert "type conflict" in refusals[0].reason
    assert len(any_rig.server.points) == 4999
    assert len(any_rig.server.writes) <= 2 * math.ceil(math.log2(5000)) + 2


@pytest.mark.parametrize("place", [0, 2500, 4999])
def test_one_bad_line_is_found_without_any_hint(rig: Rig, place: int) -> None:
    bad = point(place).time
    rig.server.refuses = lambda line: "it does not say" if line.time == bad else ""
    refusals = rig.sink.write(batch(5000))
    assert [refusal.index for refusal in refusals] == [place]
    assert "it does not say" in refusals[0].reason
    assert rig.server.measurements.count("environment") == 4999
    assert len(rig.server.writes) <= 2 * math.ceil(math.log2(5000)) + 2


def test_fifty_bad_lines_are_found_and_the_others_stored(any_rig: Rig) -> None:
    any_rig.sink.write(batch(1))
    any_rig.server.requests.clear()
    bad = range(17, 1000, 20)
    refusals = any_rig.sink.write(batch(1000, {place: point(place, "text") for place in bad}))
    assert [refusal.index for refusal in refusals] == list(bad)
    assert len(any_rig.server.points) == 950
    assert len(any_rig.server.writes) <= 2 * len(bad) * math.ceil(math.log2(1000 / len(bad)) + 2)


def test_a_conflict_that_the_server_names_costs_three_requests_and_then_two(rig: Rig) -> None:
    rig.sink.write(batch(1))
    conflicting = batch(5000, {place: point(place, "text") for place in range(0, 5000, 3)})
    for requests in (3, 2, 2):
        rig.server.requests.clear()
        assert len(rig.sink.write(conflicting)) == 1667
        assert len(rig.server.writes) == requests


def test_every_refusal_carries_the_words_for_its_own_line(rig: Rig) -> None:
    rig.sink.write([point(0), point(0, measurement="water")])
    bad = {3: point(3, "text"), 4: point(4, "text", measurement="water")}
    refusals = rig.sink.write(batch(10, bad))
    assert [refusal.index for refusal in refusals] == [3, 4]
    assert ['"environment"' in refusals[0].reason, '"water"' in refusals[1].reason] == [True, True]


def test_a_point_that_cannot_be_written_is_refused_without_asking(rig: Rig) -> None:
    refusals = rig.sink.write(batch(10, {4: point(4, math.nan), 6: point(6, site="")}))
    assert refusals == [Refusal(4, "not a finite number: nan"), Refusal(6, "an empty tag or name")]
    assert len(rig.server.points) == 8
    assert len(rig.server.writes) == 1


def test_half_of_a_character_does_not_stop_the_flow(rig: Rig) -> None:
    """JSON can carry a lone surrogate, which has no UTF-8."""
    assert rig.sink.write(batch(3, {1: point(1, site="a\ud800b")})) == []
    assert len(rig.server.points) == 3


def test_a_hint_that_misleads_costs_requests_and_no_point(rig: Rig) -> None:
    bad = point(700).time
    words = 'field type conflict: input field "air_temperature" on measurement "environment" is type integer, dropped=3'
    rig.server.refuses = lambda line: words if line.time == bad else ""
    others = {place: point(place, measurement="water") for place in range(0, 1000, 2)}
    refusals = rig.sink.write(batch(1000, {**others, 700: point(700)}))
    assert [refusal.index for refusal in refusals] == [700]
    assert len(rig.server.points) == 999


# every line refused


@pytest.mark.parametrize("size", [1, 3, 5000])
def test_a_server_that_refuses_everything_is_to_blame(rig: Rig, size: int) -> None:
    rig.server.refuses = lambda _: "the disk is full of bees"
    with pytest.raises(SinkUnavailable, match="bees") as raised:
        rig.sink.write(batch(size))
    assert raised.value.alarm
    assert len(rig.server.writes) <= 15 + SAMPLE
    rig.server.refuses = lambda _: ""
    assert rig.sink.write(batch(size)) == []


@pytest.mark.parametrize("size", [1, 3, 5000])
def test_lines_are_to_blame_where_a_good_one_is_accepted(rig: Rig, size: int) -> None:
    rig.sink.write([point(0)])
    refusals = rig.sink.write([point(index, "text") for index in range(size)])
    assert [refusal.index for refusal in refusals] == list(range(size))
    assert len(rig.server.points) == 1


def test_without_a_line_that_was_accepted_before_a_probe_decides(rig: Rig) -> None:
    rig.server.refuses = lambda line: "" if line.measurement == "citylora_probe" else "no"
    assert [refusal.index for refusal in rig.sink.write(batch(4))] == [0, 1, 2, 3]
    ((measurement, _, moment),) = rig.server.points
    assert (measurement, moment % 60_000_000_000) == ("citylora_probe", 0)


def test_all_but_the_last_line_refused_is_no_fault_of_the_server(rig: Rig) -> None:
    rig.server.refuses = lambda line: "" if line.time == point(9).time else "not in my schema"
    assert [refusal.index for refusal in rig.sink.write(batch(10))] == list(range(9))
    assert len(rig.server.points) == 1


def test_an_error_while_bad_lines_are_searched_keeps_the_whole_batch(rig: Rig) -> None:
    rig.sink.write([point(0)])
    rig.server.faults.extend([Fault(Answer(400, b'{"error":"one is bad"}')), Fault(Answer(503))])
    with pytest.raises(SinkUnavailable):
        rig.sink.write(batch(100, {50: point(50, "text")}))
    assert [refusal.index for refusal in rig.sink.write(batch(100, {50: point(50, "text")}))] == [50]
    assert len(rig.server.points) == 99
