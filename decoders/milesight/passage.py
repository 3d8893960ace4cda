"""What the counters of a passage share: Milesight VS350, VS351 and VS360 send the same counts, alarms and history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.bits import u16_le
from decoders.milesight.parts import kinds, with_alarm
from decoders.milesight.protocol import Entry, Field, history, i16, record

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPERATURE_ALARM, TOTAL_ALARM, PERIOD_ALARM = 3, 4, 5
"""Channels of `alarm`: the maker's channel of the value that it is about."""

COUNT_QUANTITIES = ("people_in_count", "people_out_count", "people_in", "people_out")
WRAPS: Mapping[str, float] = {"people_in": 2**16, "people_out": 2**16}

_HEATED = {0: 0.0, 1: 1.0, 3: 1.0, 4: 0.0}
"""Threshold passed back and passed; too hot, and no longer too hot."""


def _total(at: int = 0) -> tuple[Field, Field]:
    return Field(at, u16_le, "people_in"), Field(at + 2, u16_le, "people_out")


def _period(at: int = 0) -> tuple[Field, Field]:
    return Field(at, u16_le, "people_in_count"), Field(at + 2, u16_le, "people_out_count")


COUNTS: Mapping[int, Entry] = {
    0x04CC: record(4, *_total()),
    0x05CC: record(4, *_period()),
    0x84CC: with_alarm(record(5, *_total()), channel=TOTAL_ALARM),
    0x85CC: with_alarm(record(5, *_period()), channel=PERIOD_ALARM),
    0x0AEF: Entry(4),
    0x20CE: kinds(4, {0: history(9, *_period(5)), 1: history(13, *_period(5), *_total(9))}),
}

TEMPERATURE: Mapping[int, Entry] = {
    0x0367: i16("device_temperature", 10),
    0x8367: with_alarm(i16("device_temperature", 10, length=3), _HEATED, TEMPERATURE_ALARM),
}
