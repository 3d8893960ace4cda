"""Milesight EM500-CO2 (formerly Ursalink): carbon dioxide, temperature, humidity and air pressure.

Source: Milesight EM500-CO2 user guide, chapter "Payload Format"; the maker's payload table for this model.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery           1 byte, %
    03 67  air temperature   2 bytes signed, 0.1 °C
    04 68  humidity          1 byte, 0.5 %
    05 7d  CO2               2 bytes, ppm
    06 73  pressure          2 bytes, 0.1 hPa
    83 d7  temperature alarm 2 bytes temperature, 2 bytes change since the last one, both signed 0.1 °C, 1 byte cause
    20 ce  history           4 bytes time (s since 1970), CO2, pressure, temperature, humidity as above

The table names no sentinel. All bits set is taken for a failed measurement, as the maker's other air sensors send it;
a temperature of -0.1 °C has the same bits and stays. Cause and change of an alarm are not kept.
"""

from __future__ import annotations

from decoders.base import Absent, Decoded, Decoder, Reason
from decoders.bits import i16_le, u16_le
from decoders.tlv import Entry, Found, i16, table, time_of, u8, u16, walk

_FAILED_8, _FAILED_16 = 0xFF, 0xFFFF


def _history(payload: bytes, at: int, found: Found) -> None:
    when = time_of(payload, at)
    raw = (u16_le(payload, at + 4), u16_le(payload, at + 6), payload[at + 10])
    rows = (("co2", 1, _FAILED_16), ("pressure", 10, _FAILED_16), ("humidity", 2, _FAILED_8))
    for value, (quantity, divisor, failed) in zip(raw, rows, strict=True):
        if value == failed:
            found.absent.append(Absent(quantity, Reason.DEVICE_ERROR))
        else:
            found.add(quantity, value / divisor, at=when)
    found.add("air_temperature", i16_le(payload, at + 8) / 10, at=when)


_TABLE = table(
    {
        0x0175: u8("battery"),
        0x0367: i16("air_temperature", 10),
        0x0468: u8("humidity", 2, failed=_FAILED_8),
        0x057D: u16("co2", failed=_FAILED_16),
        0x0673: u16("pressure", 10, failed=_FAILED_16),
        0x83D7: i16("air_temperature", 10, length=5),
        0x20CE: Entry(11, _history),
    }
)


def _decode(payload: bytes, _f_port: int) -> Decoded:
    return walk(payload, _TABLE)


DECODER = Decoder(
    vendor="Milesight",
    model="EM500-CO2",
    ports=(85,),
    quantities=("co2", "air_temperature", "humidity", "pressure", "battery"),
    decode=_decode,
    verified=True,
)
