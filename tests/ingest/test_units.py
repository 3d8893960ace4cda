"""Sizes and durations as people write them."""

from __future__ import annotations

import pytest

from ingest.units import parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [("10 GiB", 10 * 1024**3), ("1.5MB", 1_500_000), ("64 KiB", 65_536), ("2kB", 2000), ("7 B", 7), ("7", 7), (7, 7)],
)
def test_sizes(text: str | int, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("15m", 900), ("15 min", 900), ("12h", 43_200), ("30d", 2_592_000), ("2w", 1_209_600), (30, 30)],
)
def test_durations(text: str | int, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "GiB", "-1", "1 G", "1 gib", "1e3", "1 2", "٣", -1, True])
def test_what_is_none_is_refused_with_the_form_that_is_one(text: str | int) -> None:
    with pytest.raises(ValueError, match='such as "10 GiB"'):
        parse_size(text)
    with pytest.raises(ValueError, match='such as "30d"'):
        parse_duration(text)
