"""A summary as bytes, as the tables `hourly` and `daily` hold it. Pure."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from ingest.rollup.rows import Made
from ingest.rollup.summary import Aggregate, Series, Summary

_Packed: TypeAlias = tuple[
    int, list[tuple[Series, Aggregate]], dict[str, dict[int, int]], dict[str, int], dict[str, dict[str, float]]
]

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Packed).decode


def pack(one: Made) -> bytes:
    """The bytes; site, ward and start are columns beside them."""
    summary = one.summary
    return _encode((summary.end, [*summary.values.items()], summary.doubts, summary.invalid, one.meaning))


def unpack(site: str, ward: str, start: int, data: bytes) -> Made:
    """The summary and what it means.

    Raises:
        ValueError: the bytes are damaged.
    """
    end, values, doubts, invalid, meaning = _decode(data)
    indices = {name: value for fields in meaning.values() for name, value in fields.items()}
    return Made(Summary(site, ward, start, end, dict(values), doubts, invalid, indices), meaning)
