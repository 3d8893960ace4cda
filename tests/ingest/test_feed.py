"""What a consumer gets is the same from memory and from disk, and nothing is decoded twice that need not be."""

import threading
import time
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.uplink import Event
from ingest.consumer.feed import Kept
from ingest.derive.memory import Memory
from ingest.journal.entry import Block
from tests.fakes.house import House
from tests.fakes.uplinks import city, raw, uplink


def any_kind(number: int) -> Event:
    """Good, repeated, undecodable and malformed events by turns."""
    return [uplink(number), uplink(0), uplink(number, model=None), raw(b"{")][number % 4]


def everything(house: House, events: int) -> tuple[list[Block], list[Kept]]:
    """All that the feed gives to a reader of its own, taken that many at a time."""
    reader, memory = house.journal.reader(), Memory()
    blocks: list[Block] = []
    kept: list[Kept] = []
    while True:
        taken = house.feed.take(reader, blocks[-1].last if blocks else 0, events, memory)
        if not taken.blocks:
            reader.close()
            return blocks, kept
        blocks += taken.blocks
        kept += taken.kept


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.integers(min_value=1, max_value=5), min_size=1, max_size=8),
    st.integers(min_value=1, max_value=20),
    st.integers(min_value=1, max_value=9),
)
def test_memory_and_disk_give_the_same(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], tail: int, events: int
) -> None:
    numbers = count()
    with House(tmp_path_factory.mktemp("feed"), tail_events=tail) as house:
        for size in sizes:
            house.take([any_kind(next(numbers)) for _ in range(size)])
        from_memory = everything(house, events)
        house.feed._tail.clear()
        from_disk = everything(house, events)
        assert from_memory == from_disk
        assert [block.last for block in from_disk[0]] == [sum(sizes[: end + 1]) for end in range(len(sizes))]
        assert [kept.ordinal for kept in from_disk[1]] == list(range(1, len(from_disk[1]) + 1))


def test_a_block_is_decoded_once_for_all_consumers_that_keep_pace(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        decoded: list[object] = []
        decode = house.feed.decode

        class Counts:
            def __call__(self, *about: Any) -> Any:
                decoded.append(about)
                return decode(*about)

        house.feed.decode = Counts()  # type: ignore[assignment]
        readers = [house.journal.reader() for _ in range(3)]
        house.take(city(10))
        taken = [house.feed.take(reader, 0, 100, Memory()) for reader in readers]
        assert len(decoded) == 10
        assert taken[0] == taken[1] == taken[2]
        for reader in readers:
            reader.close()


def test_memory_is_bounded_by_count_whoever_lags(tmp_path: Path) -> None:
    with House(tmp_path, tail_events=30) as house:
        for seed in range(10):
            house.take(city(10, seed=seed))
        assert sum(len(live.block.entries) for live in house.feed._tail) <= 30
        assert house.feed._held_events == sum(len(live.block.entries) for live in house.feed._tail)
        assert len(everything(house, 7)[1]) == 100


def test_a_consumer_that_lags_behind_the_tail_keeps_nothing_in_it(tmp_path: Path) -> None:
    with House(tmp_path, tail_events=30) as house:
        lagging, following = house.journal.reader(), house.journal.reader()
        for seed in range(5):
            house.take(city(10, seed=seed))
        house.feed.take(lagging, 0, 10, Memory())
        house.feed.take(following, 50, 10, Memory())
        assert list(house.feed._tail) == []
        # One that is only a little behind finds there what it still lacks.
        house.take(city(10, seed=7))
        house.feed.take(lagging, 50, 10, Memory())
        house.feed.take(following, 60, 10, Memory())
        assert [live.block.last for live in house.feed._tail] == [60]
        house.feed.take(lagging, 60, 10, Memory())
        assert list(house.feed._tail) == []
        assert everything(house, 7)[0][-1].last == 60
        lagging.close()
        following.close()


@pytest.mark.timeout(20)
def test_waiting_ends_with_news_and_with_wake(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        assert not house.feed.wait(0, 0.01)
        answers: list[bool] = []
        waiting = threading.Thread(target=lambda: answers.append(house.feed.wait(0, 10)))
        waiting.start()
        house.take([uplink(1)])
        waiting.join(5)
        assert answers == [True]
        assert house.feed.wait(0, 0)
        waiting = threading.Thread(target=lambda: answers.append(house.feed.wait(1, 10)))
        waiting.start()
        house.feed.wake()
        waiting.join(5)
        assert not waiting.is_alive()
        assert answers == [True, False]


@pytest.mark.timeout(60)
def test_who_waits_for_several_events_is_woken_by_the_last_of_them_alone(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.take(city(2))
        woken: list[str] = []

        def wait(name: str, events: int) -> threading.Thread:
            def waiting() -> None:
                assert house.feed.wait(0, 20.0, events)
                woken.append(f"{name} at {house.feed._head}")

            thread = threading.Thread(target=waiting)
            thread.start()
            return thread

        patient, hasty = wait("patient", 5), wait("hasty", 3)
        while len(house.feed._waiting) < 2:
            time.sleep(0.001)
        house.take(city(3)[2:])
        hasty.join()
        house.take(city(4)[3:])
        assert house.feed._waiting == [5]
        house.take(city(5)[4:])
        patient.join()
        assert woken == ["hasty at 3", "patient at 5"]
        assert house.feed.wait(0, 0.0, 9), "there are some, if fewer"
        assert not house.feed.wait(5, 0.0, 9)
        assert house.feed._waiting == []
