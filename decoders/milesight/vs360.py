"""Milesight VS360: people through a door, counted either way by two infrared beams between two boxes.

Source: the maker's payload table for VS360, with its examples.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery         1 byte, %: of the main box, channel 1
    02 75  battery         1 byte, %: of the other box, the node, channel 2
    03 f4  event           1 byte kind: 0 counts anomalous, 1 no answer from the node, 2 boxes misaligned;
                           1 byte: 0 over, 1 begun
    04 cc  totals          in and out, 2 bytes each: they start again at 0 after 65535, or when the owner clears them
    05 cc  since last      in and out since the last report, 2 bytes each
    0a ef  time            4 bytes (s since 1970): when the device wrote the report; the uplink's own time is as good
    84 cc  total alarm        the totals and 1 byte: 0 released, 1 threshold
    85 cc  since last, alarm  the counts and 1 byte: 0 released, 1 threshold
    20 ce  history         4 bytes time, 1 byte kind, since last; of kind 1 also the totals

An event is a fault of the device, `sensor_fault` on channel 1, 2 or 3 in the order above. Channel of an alarm: 4
totals, 5 counts since the last report.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder, OutOfRange
from decoders.milesight.passage import COUNT_QUANTITIES, COUNTS, WRAPS
from decoders.milesight.protocol import Entry, Found, reads, replies, table, u8

_EVENTS = 3


def _event(payload: bytes, at: int, found: Found) -> None:
    kind = payload[at]
    if kind >= _EVENTS:
        raise OutOfRange(f"event {kind} at position {at}: there are 0 to {_EVENTS - 1}")
    found.add("sensor_fault", float(payload[at + 1]), kind + 1)


_TABLE = table(
    replies({0x75: 6, 0xFC: 1, 0xFD: 1}, {0x10: 1}),
    COUNTS,
    {0x0175: u8("battery", channel=1), 0x0275: u8("battery", channel=2), 0x03F4: Entry(2, _event)},
)


DECODER = Decoder(
    vendor="Milesight",
    model="VS360",
    ports=ANY_PORT,
    quantities=(*COUNT_QUANTITIES, "alarm", "sensor_fault", "battery"),
    decode=reads(_TABLE),
    wraps=WRAPS,
    verified=True,
)
