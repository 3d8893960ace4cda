"""Milesight WTS506, WTS505 and WTS305: weather station; only the first has a rain gauge.

Source: WTS series user guide, chapter 5 "Device Payload"; the maker's payload table for WTS506.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery          1 byte, %
    03 67  air temperature  2 bytes signed, 0.1 °C
    04 68  humidity         1 byte, 0.5 %
    05 84  wind direction   2 bytes, 0.1 ° (WTS305: 1 °)
    06 73  pressure         2 bytes, 0.1 hPa
    07 92  wind speed       2 bytes, 0.1 m/s
    08 77  rain             2 bytes total, 0.01 mm, 1 byte counter
    08 ec  rain             4 bytes total, 0.01 mm, 1 byte counter (newer firmware)
    83 67, 86 73, 87 92, 88 ec  the value as above, 1 byte 0 released or 1 beyond a threshold
    20 ce  history          4 bytes time (s since 1970), temperature, humidity, pressure, direction, speed, 2 bytes rain
    21 ce  history          the same with 4 bytes of rain

The rain adds up for as long as the owner has set and then begins at 0 again; the counter counts the reports of that
time, and stays at 255. So the total does not wrap: where it falls, a new time began. The channel of an alarm is the
maker's of the value: 3 temperature, 6 pressure, 7 wind, 8 rain. No sentinel is named; all bits set is not possible for
any of the unsigned values and told so.

The user guide has the WTS305's direction in whole degrees; the codec that the maker gave to a device repository divides
it by ten for that model too. The guide is followed, with its example, where 0001 is 256 °. The stations without a gauge
have a rain field in their history all the same; it is passed over.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, NEVER, Decoder
from decoders.bits import i16_le, u16_le, u32_le
from decoders.milesight.protocol import (
    ALARM,
    BYTE,
    Entry,
    Field,
    Table,
    history,
    i16,
    reads,
    record,
    replies,
    table,
    u8,
    u16,
    u32,
)

_QUANTITIES = ("wind_speed", "wind_direction", "air_temperature", "humidity", "pressure", "alarm", "battery")


def _alarm(length: int, channel: int, value: Field) -> Entry:
    return record(length, value, Field(length - 1, ALARM, "alarm", 1, channel))


def _table(degree: int, *, rain: bool) -> Table:
    stored = (
        Field(4, i16_le, "air_temperature", 10),
        Field(6, BYTE, "humidity", 2),
        Field(7, u16_le, "pressure", 10),
        Field(9, u16_le, "wind_direction", degree),
        Field(11, u16_le, "wind_speed", 10),
    )
    short, long = Field(13, u16_le, "rain_total", 100), Field(13, u32_le, "rain_total", 100)
    return table(
        replies({0x6E: 2}),
        {
            0x0175: u8("battery"),
            0x0367: i16("air_temperature", 10),
            0x0468: u8("humidity", 2),
            0x0584: u16("wind_direction", degree),
            0x0673: u16("pressure", 10),
            0x0792: u16("wind_speed", 10),
            0x0877: u16("rain_total", 100, length=3) if rain else Entry(3),
            0x08EC: u32("rain_total", divisor=100, length=5) if rain else Entry(5),
            0x8367: _alarm(3, 3, Field(0, i16_le, "air_temperature", 10)),
            0x8673: _alarm(3, 6, Field(0, u16_le, "pressure", 10)),
            0x8792: _alarm(3, 7, Field(0, u16_le, "wind_speed", 10)),
            0x88EC: _alarm(6, 8, Field(0, u32_le, "rain_total", 100)) if rain else Entry(6),
            0x20CE: history(15, *stored, *((short,) if rain else ())),
            0x21CE: history(17, *stored, *((long,) if rain else ())),
        },
    )


_RAIN = Decoder(
    vendor="Milesight",
    model="WTS506",
    ports=ANY_PORT,
    quantities=(*_QUANTITIES[:2], "rain_total", *_QUANTITIES[2:]),
    decode=reads(_table(10, rain=True)),
    wraps={"rain_total": NEVER},
    verified=True,
    differs=("How many reports the rain total is of (`rainfall_counter`) is not told: it measures nothing.",),
)

_DRY = replace(
    _RAIN, model="WTS505", quantities=_QUANTITIES, decode=reads(_table(10, rain=False)), wraps={}, differs=()
)

DECODERS = (
    _RAIN,
    _DRY,
    replace(
        _DRY,
        model="WTS305",
        decode=reads(_table(1, rain=False)),
        differs=("Wind direction is in whole degrees, as in the user guide; the maker's codec divides it by ten.",),
    ),
)
