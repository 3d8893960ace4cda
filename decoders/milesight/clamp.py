"""What the current transformers share: Milesight CT101 to CT105 have one clamp, CT303 to CT310 three."""

from __future__ import annotations

from decoders.base import Absent, Reason
from decoders.bits import u16_le
from decoders.milesight.parts import FAILED_TEMPERATURE, with_alarm
from decoders.milesight.protocol import Entry, Found, i16, u8, u16, u32

_FAILED = 0xFFFF
_RAISED = 0b0101
"""In the alarm byte: beyond the threshold, out of range; the bits above each of them say that it is over."""

CHARGE_WRAPS = ENERGY_WRAPS = 2**32 / 100


def clamp(number: int, kind: int, divisor: int, channel: int) -> dict[int, Entry]:
    """Charge, current, energy and alarm of one clamp.

    Args:
        number: 1 to 3.
        kind: the type of a current, 98 in hundredths or 99 in tenths of an ampere, hexadecimal.
        divisor: those parts.
        channel: of the readings: 0 where there is one clamp.
    """
    row = (number - 1) << 9
    alarm_channel = 2 * number + 2

    def alarm(payload: bytes, at: int, found: Found) -> None:
        raw = u16_le(payload, at + 4)
        if raw == _FAILED:
            found.absent.append(Absent("current", Reason.DEVICE_ERROR, channel))
        else:
            found.add("current", raw / divisor, channel)
        found.add("alarm", 1.0 if payload[at + 6] & _RAISED else 0.0, alarm_channel)

    return {
        0x0397 + row: u32("charge", channel, 100),
        0x0400 + row + kind: u16("current", divisor, channel, failed=_FAILED),
        0x1063 + (row >> 1): u32("energy", channel, 100),
        0x8400 + row + kind: Entry(7, alarm),
    }


CABLE = {
    0x0967: i16("object_temperature", 10, codes=FAILED_TEMPERATURE),
    0x8967: with_alarm(i16("object_temperature", 10, length=3, codes=FAILED_TEMPERATURE), channel=9),
    0x1375: u8("battery_low"),
    0x0000: Entry(0),
}
"""Temperature of the cable, low voltage, and the zeros that may follow."""
