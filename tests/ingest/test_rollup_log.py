"""The second log: appended in order, read from any place, forgotten from the front."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest.errors import DataDirError
from ingest.rollup import derived_log
from ingest.rollup.derived_log import DerivedReader, append, drop
from ingest.sqlite import transaction
from tests.fakes.rollups import BEGIN, Rolling, row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def rolling(tmp_path: Path) -> Iterator[Rolling]:
    with Rolling(tmp_path) as found:
        yield found


@pytest.fixture
def reader(rolling: Rolling) -> Iterator[DerivedReader]:
    found = DerivedReader(rolling.folder)
    yield found
    found.close()


def some(rolling: Rolling, *counts: int) -> None:
    for number, count in enumerate(counts):
        with transaction(rolling.db):
            append(rolling.db, [row(BEGIN + place, {"co2": 1.0}) for place in range(count)], BEGIN + number)


def test_points_come_back_as_they_were_appended(rolling: Rolling, reader: DerivedReader) -> None:
    points = [row(BEGIN, {"co2": 1.5}), row(BEGIN, {"co2": 2.0}, site="Cầu Rồng")]
    with transaction(rolling.db):
        append(rolling.db, points, BEGIN)
        append(rolling.db, [], BEGIN)
    assert [(block.seq, block.points) for block in reader.read(0, 1)] == [(1, points)]
    assert reader.head() == 1


def test_whole_blocks_are_read_until_there_are_enough_points(rolling: Rolling, reader: DerivedReader) -> None:
    some(rolling, 3, 3, 3)
    assert [block.seq for block in reader.read(0, 4)] == [1, 2]
    assert [block.seq for block in reader.read(2, 100)] == [3]
    assert reader.read(3, 100) == []
    assert (reader.pending(0), reader.pending(2)) == (9, 3)


def test_a_large_append_is_several_blocks(
    rolling: Rolling, reader: DerivedReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derived_log, "BLOCK", 4)
    some(rolling, 10)
    assert [len(block.points) for block in reader.read(0, 100)] == [4, 4, 2]


def test_numbers_never_repeat_after_everything_was_dropped(rolling: Rolling, reader: DerivedReader) -> None:
    some(rolling, 2, 2)
    with transaction(rolling.db):
        assert drop(rolling.db, 2) == 4
    assert (reader.head(), reader.oldest()) == (2, 3)
    some(rolling, 1)
    assert [block.seq for block in reader.read(0, 100)] == [3]
    assert reader.oldest() == 3


def test_an_append_that_is_rolled_back_leaves_nothing(rolling: Rolling, reader: DerivedReader) -> None:
    def fail() -> None:
        with transaction(rolling.db):
            append(rolling.db, [row(BEGIN, {"co2": 1.0})], BEGIN)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (reader.head(), reader.read(0, 1)) == (0, [])


def test_where_there_is_no_file_the_log_is_empty(tmp_path: Path) -> None:
    reader = DerivedReader(tmp_path / "nowhere")
    assert (reader.head(), reader.read(0, 10), reader.pending(0)) == (0, [], 0)
    reader.close()


def test_a_damaged_block_is_told(rolling: Rolling, reader: DerivedReader) -> None:
    some(rolling, 1)
    rolling.db.execute("UPDATE derived SET data = x'00'")
    with pytest.raises(DataDirError, match="block 1"):
        reader.read(0, 10)
