"""The JSON that ChirpStack writes of a Protobuf message: imitates the Rust crate pbjson 0.9 as its build.rs uses it.

- Keys are in camelCase; bytes are base64; enums are names; 64-bit integers are strings.
- `integration.*` has every scalar, list and map, also at its default (`emit_fields`); `gw.*` and `common.*` leave out
  what is at its default. A message that is not set is left out in both; one that is set and empty is `{}`.
- A Timestamp is RFC 3339 with `+00:00` and 0, 3, 6 or 9 decimals, a Duration the same number of seconds with `s`.
- A `float` has as few digits as tell it apart; a not-a-number or an infinity is null (serde_json).
- A Struct's numbers are doubles; its not-a-number is null (the codec's runner made it so), its infinity an error, with
  which the server loses the event.
What it writes of the events that were recorded in JSON is what was recorded (tests/conformance/test_events.py).
"""

from __future__ import annotations

import base64
import json
import math
import struct
from datetime import UTC, datetime
from typing import Any


def to_json(message: Any) -> bytes:
    """The event as a server with `json = true` publishes it."""
    return json.dumps(_message(message), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _message(message: Any) -> Any:
    match message.DESCRIPTOR.full_name:
        case "google.protobuf.Timestamp":
            moment = datetime.fromtimestamp(message.seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
            return f"{moment}{_fraction(message.nanos)}+00:00"
        case "google.protobuf.Duration":
            return f"{message.seconds}{_fraction(message.nanos)}s"
        case "google.protobuf.Struct":
            return {key: _value(value) for key, value in message.fields.items()}
    emits = message.DESCRIPTOR.full_name.startswith("integration.")
    return {
        field.json_name: _field(field, getattr(message, field.name))
        for field in message.DESCRIPTOR.fields
        if _stands(field, message, emits=emits)
    }


def _stands(field: Any, message: Any, *, emits: bool) -> bool:
    if field.has_presence:
        return bool(message.HasField(field.name))
    value = getattr(message, field.name)
    return emits or (len(value) > 0 if field.is_repeated else bool(value))


def _field(field: Any, value: Any) -> Any:
    if not field.is_repeated:
        return _single(field, value)
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        inner = field.message_type.fields_by_name["value"]
        return {str(key): _single(inner, value[key]) for key in value}
    return [_single(field, one) for one in value]


def _single(field: Any, value: Any) -> Any:
    if field.enum_type is not None:
        name = field.enum_type.values_by_number.get(value)
        return name.name if name is not None else value
    if field.message_type is not None:
        return _message(value)
    if field.type == field.TYPE_BYTES:
        return base64.b64encode(value).decode()
    if field.type == field.TYPE_FLOAT:
        return _float(value)
    if field.type == field.TYPE_DOUBLE:
        return value if math.isfinite(value) else None
    return str(value) if field.type in (field.TYPE_UINT64, field.TYPE_INT64) else value


def _float(value: float) -> float | None:
    if not math.isfinite(value):
        return None
    texts = (f"{value:.{digits}g}" for digits in range(6, 10))
    return next(float(text) for text in texts if struct.pack("<f", float(text)) == struct.pack("<f", value))


def _fraction(nanos: int) -> str:
    for size, digits in ((1_000_000_000, 0), (1_000_000, 3), (1000, 6)):
        if nanos % size == 0:
            return f".{nanos // (1_000_000_000 // 10**digits):0{digits}d}" if digits else ""
    return f".{nanos:09d}"


def _value(value: Any) -> Any:
    match value.WhichOneof("kind"):
        case "struct_value":
            return _message(value.struct_value)
        case "list_value":
            return [_value(one) for one in value.list_value.values]
        case "number_value" if math.isnan(value.number_value):
            return None
        case "number_value" if math.isinf(value.number_value):
            raise ValueError("Cannot serialize infinity as google.protobuf.Value.number_value")
        case None | "null_value":
            return None
        case kind:
            return getattr(value, kind)
