"""The vectors as data: every decoder's file under tests/decoders/vectors, read once."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from decoders.base import Absent, Decoded, Reading, Reason
from decoders.catalog import built_in
from decoders.quantities import QUANTITIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from decoders.base import Decoder

VECTORS = Path(__file__).parent / "vectors"
FROM_OUTSIDE = frozenset({"vendor", "captured", "independent"})
"""The origins that count for `verified`."""


class Vector(NamedTuple):
    """One payload and what it must become: `decoded`, or the `kind` of the refusal.

    `origin` says where it is from:
        vendor: payload and values stand in the maker's documents, examples or tests.
        captured: a device in the field sent it, and somebody noted what it then measured.
        independent: payload and values stand in another project's documents or tests.
        codec: the payload was written here; the values are what the maker's own published codec makes of it.
        synthetic: both were written here from the layout.
    """

    decoder: Decoder
    name: str
    origin: str
    source: str
    f_port: int
    payload: bytes
    decoded: Decoded
    kind: str


def read_vectors(decoder: Decoder) -> list[Vector]:
    """Every vector of a decoder; none where it has no file."""
    path = VECTORS / f"{decoder.key}.json"
    if not path.exists():
        return []
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["model"] == decoder.key
    return [_vector(decoder, row) for row in content["vectors"]]


@cache
def owners() -> Mapping[tuple[bytes, str], str]:
    """Of each payload from outside and its source, the key of the one model that it counts for.

    That is the one of which it tells the most readings, of equals the first: a document of one payload verifies one
    model, however many sisters send the same bytes.
    """
    claims: dict[tuple[bytes, str], tuple[int, str]] = {}
    for decoder in built_in().decoders:
        for vector in read_vectors(decoder):
            if vector.origin in FROM_OUTSIDE:
                claim = (-len(vector.decoded.readings), decoder.key)
                case = (vector.payload, vector.source)
                claims[case] = min(claim, claims.get(case, claim))
    return {case: key for case, (_, key) in claims.items()}


def proves(vector: Vector) -> bool:
    """Whether somebody else says by it what its model measures, beyond battery and the like.

    Of a model that is about nothing but itself, the quantity that it is bought for.
    """
    decoder = vector.decoder
    measured = {name for name in decoder.quantities if QUANTITIES[name].domain != "device"} or {decoder.quantities[0]}
    return (
        vector.origin in FROM_OUTSIDE
        and owners()[vector.payload, vector.source] == decoder.key
        and any(reading.quantity in measured for reading in vector.decoded.readings)
    )


def _vector(decoder: Decoder, row: dict[str, Any]) -> Vector:
    known = {"name", "origin", "source", "f_port", "payload", "readings", "absent", "error"}
    assert set(row) <= known, f"{decoder.key}: unknown keys {set(row) - known}"
    assert ("readings" in row) != ("error" in row), f"{decoder.key}, {row['name']}: either readings or an error"
    readings = tuple(Reading(*reading) for reading in row.get("readings", ()))
    absent = tuple(Absent(name, Reason(reason), *channel) for name, reason, *channel in row.get("absent", ()))
    return Vector(
        decoder=decoder,
        name=row["name"],
        origin=row["origin"],
        source=row["source"],
        f_port=row["f_port"],
        payload=bytes.fromhex(row["payload"]),
        decoded=Decoded(readings, absent),
        kind=row.get("error", ""),
    )
