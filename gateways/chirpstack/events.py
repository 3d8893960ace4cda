"""ChirpStack's events, from the topic and the bytes of an MQTT message to an `Uplink` or a `Notice`. Pure.

A server writes JSON or Protobuf, and nothing in the message says which: the bytes must. The result is the same.
Source: ChirpStack's api/proto/integration/integration.proto and gw/gw.proto, and events recorded from ChirpStack 4.20.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from gateways.chirpstack.json_events import OF_DEVICE
from gateways.chirpstack.json_events import read as read_json
from gateways.chirpstack.json_events import read_unknown as read_unknown_json
from gateways.uplink import MalformedEvent, Message, Notice

if TYPE_CHECKING:
    from collections.abc import Callable

_WHITE_SPACE = b" \t\r\n"
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What no text holds. Every event in Protobuf does: the tag of its deviceInfo (0x12 or 0x1a) or gatewayId is one."""

_KNOWN_OF_GATEWAY = frozenset({("event", "stats"), ("state", "conn")})


def parse(topic: str, payload: bytes) -> Message:
    """Understand one event.

    Args:
        topic: its last level is the kind of event, whatever stands before: `application/<id>/device/<DevEUI>/event/up`.
            A gateway's ends in `gateway/<id>/event/<kind>` or `gateway/<id>/state/conn`.
        payload: JSON or Protobuf.

    Returns:
        Of an unknown kind, a plain `Notice` with what could be read.

    Raises:
        MalformedEvent: with reason `not_json` (text that is none), `not_protobuf` (other bytes), `wrong_shape` (a
            field) or `wrong_time`.
    """
    if topic[-3:] == "/up" and "gateway/" not in topic:
        kind, known = "up", True  # almost every event: it pays to ask no more
    else:
        kind, known = _kind(topic)
    if payload[:1] == b"{":
        return read_json(kind, payload) if known else read_unknown_json(kind, payload)
    return _read_known(kind, payload) if known else _read_unknown(kind, payload)


def _kind(topic: str) -> tuple[str, bool]:
    """The kind of an event, and whether we know it. A gateway's raw frame is no device's uplink."""
    levels = topic.rsplit("/", 4)
    kind = levels[-1]
    if levels[-4:-3] != ["gateway"]:
        return kind, kind in OF_DEVICE
    if (levels[-2], kind) in _KNOWN_OF_GATEWAY:
        return kind, True
    return f"gateway_{kind}", False


def _read_known(kind: str, payload: bytes) -> Message:
    """Understand what does not begin as JSON does."""
    if not payload:
        raise MalformedEvent("wrong_shape", f"no payload: an event of kind {kind} has one")
    if _is_text(payload):
        return read_json(kind, payload)
    spaced: MalformedEvent | None = None
    if payload.lstrip(_WHITE_SPACE)[:1] == b"{":
        # A line feed is a tag of Protobuf as well, and a brace a length.
        try:
            return read_json(kind, payload)
        except MalformedEvent as malformed:
            if malformed.reason != "not_json":
                raise
            spaced = malformed
    try:
        return _protobuf_reader()(kind, payload)
    except MalformedEvent as malformed:
        if spaced is None:
            raise
        raise spaced from malformed


def _read_unknown(kind: str, payload: bytes) -> Notice:
    """Keep what we do not know."""
    if not kind:
        return read_unknown_json("", payload)
    if payload.lstrip(_WHITE_SPACE)[:1] == b"{":
        try:
            return read_unknown_json(kind, payload)
        except MalformedEvent:
            pass
    return Notice(kind)


def _is_text(payload: bytes) -> bool:
    if b"\x12" in payload or _CONTROL.search(payload):
        return False
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True


@cache
def _protobuf_reader() -> Callable[[str, bytes], Message]:
    """Imported with the first event that needs it: a worker that only gets JSON spares its memory."""
    from gateways.chirpstack import protobuf_events  # noqa: PLC0415

    return protobuf_events.read
