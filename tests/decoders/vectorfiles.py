"""The vectors as data: every decoder's file under tests/decoders/vectors, read once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from decoders.base import Absent, Decoded, Reading, Reason

if TYPE_CHECKING:
    from decoders.base import Decoder

VECTORS = Path(__file__).parent / "vectors"


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
