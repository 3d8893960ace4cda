"""Do codecs in ChirpStack return an infinity? In JSON that loses the whole uplink, and says nothing.

In Protobuf the infinity arrives, and is seen. In JSON there is only a counter that is left out; so a device that has a
codec and misses none has lost none by it.
"""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from chirpstack_api.integration.integration_pb2 import UplinkEvent
from google.protobuf.message import DecodeError

from gateways.uplink import Uplink
from ingest.doctor.finding import listed
from ingest.doctor.journal_case import found
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateways.uplink import MalformedEvent, Message
    from ingest.doctor.finding import Finding
    from ingest.doctor.journal_case import Seen
    from ingest.journal.entry import Entry

_parse: Callable[[bytes], Any] = UplinkEvent.FromString


class Infinities:
    """The uplinks of devices whose codec is in ChirpStack."""

    NAME = "codecs that give infinity"

    def __init__(self) -> None:
        self._infinite: set[str] = set()
        self._missing: dict[str, int] = {}
        self._decoded = 0

    def add(self, entry: Entry, message: Message | MalformedEvent) -> None:
        """Look at an uplink with an object, and at what came before it."""
        if not isinstance(message, Uplink) or not message.object:
            return
        self._decoded += 1
        name = message.device.profile_name or message.device.dev_eui
        if entry.payload[:1] == b"{":
            self._missing[name] = self._missing.get(name, 0) + entry.gap
        elif b"null" in message.object and _infinite(entry.payload):
            self._infinite.add(name)

    def findings(self, seen: Seen) -> Iterator[Finding]:
        """What was seen is a failure; where a counter is left out, nobody can tell."""
        remedy = said("doctor_journal.infinity_remedy")
        missing = {name: count for name, count in self._missing.items() if count > 0}
        if self._infinite:
            names = listed(sorted(self._infinite))
            yield found(self.NAME, "fail", said("doctor_journal.infinity", names=names), remedy)
        elif not self._decoded:
            yield found(self.NAME, "ok", said("doctor_journal.infinity_no_codec", hours=seen.hours))
        elif missing:
            names = listed(sorted(missing, key=lambda name: -missing[name]))
            observed = said("doctor_journal.infinity_unknown", missing=sum(missing.values()), names=names)
            yield found(self.NAME, "unknown", observed, remedy)
        else:
            yield found(self.NAME, "ok", said("doctor_journal.infinity_none", uplinks=self._decoded, hours=seen.hours))


def _infinite(payload: bytes) -> bool:
    with suppress(DecodeError):
        return _holds(_parse(payload).object.fields.values())
    return False


def _holds(values: Any) -> bool:
    for value in values:
        match value.WhichOneof("kind"):
            case "number_value":
                if math.isinf(value.number_value):
                    return True
            case "struct_value":
                if _holds(value.struct_value.fields.values()):
                    return True
            case "list_value":
                if _holds(value.list_value.values):
                    return True
    return False
