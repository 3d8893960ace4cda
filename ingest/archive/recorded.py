"""Recorded events: one line of a file to the event that it holds. Pure.

Two forms are read, and nobody has to say which: citylora's own (`{"topic", "payload" or "payload_b64" or "payload_hex",
"received_at"}`, with whatever other keys; `citylora export` writes it), and what `mosquitto_sub -F %J` or `%j` prints
(`tst`, `payloadlen`, the payload as JSON or as text). With `%J` the exact bytes are gone: Mosquitto has parsed and
printed the payload anew, so white space and the digits of a number may differ from what was on the wire. Protobuf comes
through neither (`%J` leaves it out, `%j` cuts it at its first zero); it does as `payload_hex`, by mosquitto_sub's
`-F '{"topic":"%t","payload_hex":"%x","retain":%r,"tst":"@Y-@m-@dT@H:@M:@S.@N@z"}'`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from gateways import rfc3339
from gateways.uplink import Cut, MalformedEvent, Uplink

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateways.uplink import Message

_ZONE = re.compile(r"Z?([+-]\d\d):?(\d\d)$", re.ASCII)
"""Mosquitto 2.0.11 ends `tst` in "Z+0700", which is local time; other versions in "+0700"."""


class Recorded(NamedTuple):
    """One recorded event.

    Attributes:
        topic: "" where an export says of what was no event when it came.
        at: when the recorder had it, ns UTC; None where the line does not say, or not so that it can be read.
        cut: of an oversized payload of which an export has only the head, what all of it was.
    """

    topic: str
    payload: bytes
    at: int | None
    retained: bool = False
    cut: Cut | None = None


class _Times(msgspec.Struct, gc=False, kw_only=True):
    received_at: Any = None
    tst: Any = None


class _Text(_Times, gc=False, kw_only=True):
    """The form of almost every line."""

    topic: str
    payload: str
    payloadlen: Any = None
    retain: Any = False


class _Line(_Times, gc=False, kw_only=True):
    """Every form."""

    topic: str
    payload: msgspec.Raw = msgspec.Raw()
    payload_b64: bytes | None = None
    payload_hex: str | None = None
    payloadlen: Any = None
    retain: Any = False
    cut: Cut | None = None


_decode_times = msgspec.json.Decoder(_Times).decode
_decode_text = msgspec.json.Decoder(_Text).decode
_decode_line = msgspec.json.Decoder(_Line).decode


def read(line: bytes) -> Recorded | None:
    """The event of a line; None where the line holds none."""
    try:
        try:
            found: _Text | _Line = _decode_text(line)
        except msgspec.ValidationError:
            found = _decode_line(line)
        payload = _text(found, line) if isinstance(found, _Text) else _payload(found)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    at = _moment(found)
    # MQTT has no empty topic, and what has neither topic nor payload was no message.
    if payload is None or not (found.topic or (found.received_at and at is not None)):
        return None
    cut = found.cut if isinstance(found, _Line) and found.cut and found.cut.length > len(payload) else None
    return Recorded(found.topic, payload, at, bool(found.retain), cut)


def time_of(line: bytes) -> int | None:
    """The time alone that a line gives to its event, ns UTC; a tenth of the work of `read`."""
    try:
        return _moment(_decode_times(line))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def own_time(parse: Callable[[str, bytes], Message], topic: str, payload: bytes) -> int | None:
    """When the network had an event, by what the event itself says, ns UTC; None where it does not."""
    try:
        message = parse(topic, payload)
    except MalformedEvent:
        return None
    stamps = [link.ns_time for link in message.links if link.ns_time] if isinstance(message, Uplink) else []
    return min(stamps, default=message.time)


def _text(found: _Text, line: bytes) -> bytes:
    """The bytes of a payload that stands in the line as text."""
    payload = found.payload.encode()
    if found.payloadlen in (None, len(payload)):
        return payload
    # A message that is itself a JSON text looks like any other text, but for its length: the quotes were part of it.
    return bytes(_decode_line(line).payload)


def _payload(found: _Line) -> bytes | None:
    """The bytes of a payload that stands in the line as base64, digits or JSON; None where there is none."""
    if found.payload_b64 is not None:
        return found.payload_b64
    if found.payload_hex is not None:
        return _from_hex(found.payload_hex)
    raw = bytes(found.payload)
    if raw == b"null" and found.payloadlen == 0:
        return b""
    return msgspec.json.format(raw, indent=-1) if raw else None


def _from_hex(digits: str) -> bytes | None:
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return None


def _moment(times: _Times) -> int | None:
    text = times.tst if times.received_at is None else times.received_at
    if not isinstance(text, str):
        return None
    try:
        return rfc3339.parse(_ZONE.sub(r"\1:\2", text))
    except (ValueError, OverflowError):
        return None
