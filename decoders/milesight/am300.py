"""What the AM300 series has in common: its channels and its stored frame. AM307, AM308 and AM319 add to it.

    01 75  battery          1 byte, %
    03 67  air temperature  2 bytes signed, 0.1 °C
    04 68  humidity         1 byte, 0.5 %
    05 00  motion           1 byte, 0 none or 1 seen (infrared)
    05 6a  activity         2 bytes, of the AM100 series; in an example of the maker for this one
    06 cb  light            1 byte, level 0 to 5
    07 7d  CO2              2 bytes, ppm
    08 7d  TVOC             2 bytes, 0.01 of the rating
    08 e6  TVOC             2 bytes, µg/m³, where the device is set so
    09 73  pressure         2 bytes, 0.1 hPa
    0e 01  buzzer           1 byte
    20 ce  history          4 bytes time (s since 1970), temperature, humidity in 2 bytes, 0.5 %, motion, light, CO2,
                            TVOC as in 08 7d, pressure, then what the model adds
    21 ce  history          the same, TVOC as in 08 e6

CO2 fffe is a sensor that is not ready and ffff one that failed, as the maker has it for its gas sensors; all bits set
in another unsigned value is taken for a failed measurement. Activity and buzzer are passed over.
"""

from __future__ import annotations

from decoders.base import Reason
from decoders.bits import i16_le, u16_le
from decoders.milesight.protocol import BYTE, POLARIZED, Codes, Entry, Field, history, i16, replies, u8, u16

_FAILED = 0xFFFF

NOT_READ: Codes = {_FAILED: Reason.DEVICE_ERROR}
"""Of the unsigned values of a history frame."""

QUANTITIES = (
    "co2",
    "air_temperature",
    "humidity",
    "pressure",
    "tvoc_rating",
    "tvoc",
    "light_level",
    "motion",
    "battery",
)

LIVE = {
    0x0175: u8("battery"),
    0x0367: i16("air_temperature", 10),
    0x0468: u8("humidity", 2),
    0x0500: u8("motion"),
    0x056A: Entry(2),
    0x06CB: u8("light_level"),
    0x077D: u16("co2", codes=POLARIZED),
    0x087D: u16("tvoc_rating", 100, failed=_FAILED),
    0x08E6: u16("tvoc", failed=_FAILED),
    0x0973: u16("pressure", 10, failed=_FAILED),
    0x0E01: Entry(1),
}

SETTINGS = replies({0x25: 1, 0x2D: 1, 0x39: 5, 0x3A: 2, 0x65: 2, 0x66: 1})

_STORED = (
    Field(4, i16_le, "air_temperature", 10),
    Field(6, u16_le, "humidity", 2),
    Field(8, BYTE, "motion"),
    Field(9, BYTE, "light_level"),
    Field(10, u16_le, "co2", 1, 0, POLARIZED),
    Field(14, u16_le, "pressure", 10, 0, NOT_READ),
)
_RATING = Field(12, u16_le, "tvoc_rating", 100, 0, NOT_READ)
_MASS = Field(12, u16_le, "tvoc", 1, 0, NOT_READ)


def stored(length: int, *more: Field) -> dict[int, Entry]:
    """Both kinds of history, `length` bytes long."""
    return {
        0x20CE: history(length, *_STORED, _RATING, *more),
        0x21CE: history(length, *_STORED, _MASS, *more),
    }
