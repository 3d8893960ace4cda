"""What is remembered of a device: the same bytes by the fast way and by the slow one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from decoders.quantities import QUANTITIES
from ingest.derive import past
from ingest.derive.past import (
    EVERY,
    HORIZON,
    KEPT,
    KEY,
    LOOK_BACK,
    NOTHING,
    PLACE,
    SECOND,
    SIZE,
    STAYS,
    Past,
    Series,
)

START = 1_790_000_000 * SECOND
HEAD = past.place("site", "model")
RECORD = past.key("humidity", 0)
VALUES = st.lists(
    st.tuples(st.sampled_from([1, 900 * SECOND, HORIZON, HORIZON + 1]), st.sampled_from([1.0, 2.0]), st.integers(0, 8)),
    min_size=1,
    max_size=2 * KEPT,
)


def test_a_device_costs_so_many_bytes() -> None:
    assert [PLACE + count * SIZE for count in (1, 3, 8)] == [178, 526, 1396]


def test_a_memory_says_where_the_device_was_and_what_it_was() -> None:
    heads = {past.place(site, model) for site, model in (("a", "b"), ("a", "c"), ("c", "b"), ("ab", ""), ("", "ab"))}
    assert len(heads) == 5
    assert {len(head) for head in heads} == {PLACE}


def test_no_two_quantities_have_one_record() -> None:
    assert len({past.hash_of(name) for name in QUANTITIES}) == len(QUANTITIES)
    keys = {past.key(name, channel) for name in QUANTITIES for channel in (0, 1, 65_535)}
    assert len(keys) == 3 * len(QUANTITIES)


def test_a_record_is_found_wherever_it_stands() -> None:
    keys = [past.key(name, channel) for name in ("humidity", "air_temperature") for channel in (0, 7)]
    memory = past.with_records(HEAD, [(-1, Series(key).packed()) for key in keys])
    assert [past.find(memory, key) for key in keys] == [PLACE + place * SIZE for place in range(4)]
    assert past.find(memory, past.key("humidity", 1)) == -1
    assert past.find(b"", RECORD) == past.find(HEAD, RECORD) == -1
    assert past.records(memory, 7) == {
        past.hash_of("humidity"): PLACE + SIZE,
        past.hash_of("air_temperature"): PLACE + 3 * SIZE,
    }


def test_what_looks_like_a_key_among_the_values_is_none() -> None:
    other = past.key("humidity", 1)
    value = int.from_bytes(other + b"\1\0", "little")  # a time whose bytes begin with it
    series = Series(RECORD)
    series.put(value, 1.0)
    assert past.find(HEAD + series.packed(), other) == -1


@given(VALUES)
def test_a_value_in_front_is_as_one_put_among(given_values: list[tuple[int, float, int]]) -> None:
    memory, time = past.with_records(HEAD, [(-1, Series(RECORD).packed())]), START
    last: tuple[int, float, int] | None = None
    for pause, value, cause in given_values:
        time += pause
        series = Series.of(memory, PLACE)
        index = series.put(time, value)
        series.causes[index] = cause
        since = last[2] if last and value == last[1] and time - last[0] <= HORIZON else past.second(time)
        if last:
            assert past.before(memory, PLACE, time) == series.past(index)
            assert past.believed_before(memory, PLACE, time) == past.seen(series.past(index), EVERY)
        new = bytearray(memory)
        past.put_in_front(new, PLACE + KEY, time, value, since, cause, memory[PLACE + KEY : PLACE + STAYS])
        memory = bytes(new)
        assert series.packed() == memory[PLACE:]
        assert past.newest_value(memory, PLACE + KEY) == (time, value, since, cause)
        assert past.newest(memory) == time
        last = time, value, since


@given(VALUES, st.data())
def test_a_value_put_among_others_is_as_if_it_had_come_in_time(
    given_values: list[tuple[int, float, int]], data: st.DataObject
) -> None:
    time, in_time = START, []
    for pause, value, _cause in given_values[:KEPT]:
        time += pause
        in_time.append((time, value))
    expected, found = Series(RECORD), Series(RECORD)
    for value_at in in_time:
        expected.put(*value_at)
    for value_at in data.draw(st.permutations(in_time)):
        found.put(*value_at)
    assert found.packed() == expected.packed()
    assert [found.past(index) for index in range(len(in_time))] == [
        expected.past(index) for index in range(len(in_time))
    ]


def test_only_so_many_are_seen_and_none_too_old() -> None:
    series = Series(RECORD)
    for number in range(LOOK_BACK + 2):
        series.put(START + number * SECOND, float(number))
    now = START + (LOOK_BACK + 2) * SECOND
    memory = HEAD + series.packed()
    seen = range(2, LOOK_BACK + 2)
    expected = Past(tuple(START + n * SECOND for n in seen), tuple(map(float, seen)), (0,) * LOOK_BACK, now - SECOND)
    assert past.before(memory, PLACE, now) == expected
    edge = START + 4 * SECOND + HORIZON
    assert past.before(memory, PLACE, edge).values == (4.0, 5.0)
    assert past.before(memory, PLACE, edge + SECOND + 1) == NOTHING


def test_since_when_a_value_is_the_same_outlasts_what_is_kept() -> None:
    series = Series(RECORD)
    memory = HEAD + series.packed()
    for number in range(3 * KEPT):
        series = Series.of(memory, PLACE)
        series.put(START + number * 900 * SECOND, 5.0)
        memory = HEAD + series.packed()
    assert past.before(memory, PLACE, START + 3 * KEPT * 900 * SECOND).same_since == START


def test_a_clock_of_the_next_century_breaks_nothing() -> None:
    far = 2**63 - 1
    series = Series(RECORD)
    series.put(far, 1.0)
    assert Series.of(HEAD + series.packed(), PLACE).times == [far]


def test_a_record_with_one_value_is_as_one_put_into_an_empty_one() -> None:
    series = Series(RECORD)
    series.causes[series.put(START, 25.0)] = 3
    assert past.first_record(RECORD, START, 25.0, 3) == series.packed()


def test_only_what_lies_before_all_of_a_full_record_is_older() -> None:
    series = Series(RECORD)
    for number in range(KEPT):
        assert not past.is_older(START - 1, HEAD + series.packed(), RECORD, START + KEPT)
        series.put(START + number, 25.0)
    memory = HEAD + series.packed()
    assert past.is_older(START - 1, memory, RECORD, START + KEPT)
    assert not past.is_older(START, memory, RECORD, START + KEPT), "it may be the oldest, again"
    assert not past.is_older(START - 1, memory, RECORD, START + KEPT - 1), "the newest is of a clock that was wrong"
    assert not past.is_older(START - 1, memory, past.key("pressure", 0), START + KEPT)
