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

The table names no sentinel. All bits set is taken for a failed measurement, as the maker's other air sensors send it,
and CO2 fffe for a sensor that is not ready; a temperature of -0.1 °C has the same bits and stays. Cause and change of
an alarm are not kept: the maker numbers the causes one way here and the other way in the sister models.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder, Reason
from decoders.bits import i16_le, u16_le
from decoders.milesight.protocol import BYTE, POLARIZED, Field, history, i16, reads, replies, table, u8, u16

_FAILED_8, _FAILED_16 = 0xFF, 0xFFFF

_TABLE = table(
    replies({0x18: 2, 0x39: 5, 0x87: 3}),
    {
        0x0175: u8("battery"),
        0x0367: i16("air_temperature", 10),
        0x0468: u8("humidity", 2, failed=_FAILED_8),
        0x057D: u16("co2", codes=POLARIZED),
        0x0673: u16("pressure", 10, failed=_FAILED_16),
        0x83D7: i16("air_temperature", 10, length=5),
        0x20CE: history(
            11,
            Field(4, u16_le, "co2", 1, 0, POLARIZED),
            Field(6, u16_le, "pressure", 10, 0, {_FAILED_16: Reason.DEVICE_ERROR}),
            Field(8, i16_le, "air_temperature", 10),
            Field(10, BYTE, "humidity", 2, 0, {_FAILED_8: Reason.DEVICE_ERROR}),
        ),
    },
)

DECODER = Decoder(
    vendor="Milesight",
    model="EM500-CO2",
    ports=ANY_PORT,
    quantities=("co2", "air_temperature", "humidity", "pressure", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
