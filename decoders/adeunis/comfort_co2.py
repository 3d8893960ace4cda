"""Adeunis Comfort CO2: CO2, air temperature and humidity of a room, two digital inputs.

Source: Adeunis user guide and the maker's codec (TheThingsNetwork/lorawan-devices, vendor/adeunis, comfort-co2). FPort
1. The frame is described in `protocol`. Frames, with the places of their data:

    6a  samples of 5 bytes: temperature 2, signed, 0.1 °C; humidity 1, %; CO2 2, ppm
    6b  alarm: which 1 (bit 4 temperature, bit 0 humidity, bit 5 CO2), temperature 2, humidity 1, CO2 2
    51, 52  a digital input changed, see `protocol`

Bit 2 of the status announces the time.
"""

from __future__ import annotations

from decoders.adeunis.protocol import INPUTS, ONLY_NEWEST, PORT, Frame, bit, every, i16, of, u8, u16
from decoders.base import Decoder

_TABLE = {
    0x6A: Frame(every(i16("air_temperature", 2, 10), u8("humidity", 4), u16("co2", 5)), 0, 5),
    0x6B: Frame(every(i16("air_temperature", 3, 10), u8("humidity", 5), u16("co2", 6), bit("alarm", 2, 0x31)), 6),
    **INPUTS,
}


DECODER = Decoder(
    vendor="Adeunis",
    model="Comfort CO2",
    ports=(PORT,),
    quantities=("co2", "air_temperature", "humidity", "alarm", "input", "pulses", "battery_low"),
    decode=of(_TABLE, timed=True),
    wraps={"pulses": 2**32},
    verified=True,
    differs=(ONLY_NEWEST,),
)
