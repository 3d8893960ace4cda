"""The recorded events in either encoding, as they came and as they are understood."""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from gateways.chirpstack.events import parse
from gateways.rfc3339 import parse as parse_time
from gateways.uplink import Event, Log, Message, Notice, Uplink

FORMS = ("json", "protobuf")
_FOLDER = Path(__file__).parents[1] / "wire"


class Seen(NamedTuple):
    """One recorded event, and what it says."""

    scenario: str
    event: Event
    message: Message


@lru_cache(maxsize=2)
def _all(form: str) -> tuple[Seen, ...]:
    text = (_FOLDER / "chirpstack" / f"events.{form}.jsonl").read_text(encoding="utf-8")
    return tuple(_seen(json.loads(line)) for line in text.splitlines())


def _seen(line: dict[str, str]) -> Seen:
    payload = line["payload"].encode() if "payload" in line else base64.b64decode(line["payload_b64"], validate=True)
    event = Event("main", line["topic"], payload, parse_time(line["received_at"]))
    return Seen(line["scenario"], event, parse(event.topic, event.payload))


def seen(form: str, scenario: str = "") -> list[Seen]:
    """Of one scenario or of all, in the order of arrival."""
    return [one for one in _all(form) if scenario in ("", one.scenario)]


def uplinks(form: str, scenario: str = "") -> list[Uplink]:
    """The uplinks among them."""
    return [one.message for one in seen(form, scenario) if isinstance(one.message, Uplink)]


def notices(form: str, scenario: str = "") -> list[Notice]:
    """All others."""
    return [one.message for one in seen(form, scenario) if isinstance(one.message, Notice)]


def logs(form: str, scenario: str = "") -> list[Log]:
    """The logs alone."""
    return [notice for notice in notices(form, scenario) if isinstance(notice, Log)]
