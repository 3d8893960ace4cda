"""Dragino CPL03-LB: one dry contact outdoors, or three pulse counters.

Source: Dragino CPL03-LB decoders v1.0 and v1.1.1; test of TagoIO's decoder. Report on FPort 2 as delivered.

    2  FF CCCCCC LLLLLL NNNNNNNN        one contact, 11 bytes; see `contact`. F bit 0 open, bit 5 count since the
       previous report
    2  FF CCCCCC CCCCCC CCCCCC          three counters (PA8, PA4, PB15), 10 bytes; v1.1.1: bit 3 of F is set, and
       one more byte says which of them changed fast
    3  data log of one contact; with bit 3 of F in an entry of three counters: not read, its layout is not certain
    4  settings
    5  device status
    7  levels and interrupts of three pins (v1.1.1): not read, the decoder has open and closed the other way round

The channel is the counter; of one contact it is 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Decoded, Decoder, Reading, UnsupportedMessage
from decoders.bits import u24_be
from decoders.dragino.contact import WRAP, Contact
from decoders.dragino.protocol import (
    DATA_LOG,
    ENTRY,
    ROLLING_LOG,
    SETTINGS,
    STATUS,
    ByPort,
    data_log,
    expect,
    settings,
    status,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_THREE = 10
_IS_THREE, _PART = 0x08, 0x20
_CONTACT = Contact("input", "pulses", 1, 1, _PART, "pulse_count")


def _report(payload: bytes) -> Decoded:
    expect(payload, _THREE, ENTRY)
    if len(payload) == ENTRY and not payload[0] & _IS_THREE:
        return _CONTACT.report(payload)
    quantity = "pulse_count" if payload[0] & _PART else "pulses"
    return Decoded(tuple(Reading(quantity, float(u24_be(payload, 3 * channel - 2)), channel) for channel in (1, 2, 3)))


def _entry(payload: bytes, position: int, at: int) -> Iterator[Reading]:
    if payload[position] & _IS_THREE:
        raise UnsupportedMessage("data log of three counters, whose layout is not certain")
    return _CONTACT.entry(payload, position, at)


def _pins(_payload: bytes) -> Decoded:
    raise UnsupportedMessage("levels of three pins, of which the maker has two meanings")


DECODER = Decoder(
    vendor="Dragino",
    model="CPL03-LB",
    ports=ANY_PORT,
    quantities=("pulses", "pulse_count", "input", "alarm", "battery_voltage", "report_interval"),
    decode=ByPort(_report, {DATA_LOG: data_log(_entry), SETTINGS: settings(11), STATUS: status, ROLLING_LOG: _pins}),
    wraps={"pulses": WRAP},
    aliases=("CPL03-LS",),
    verified=True,
)
