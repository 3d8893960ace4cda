"""Adeunis Comfort: air temperature and humidity of a room, two digital inputs.

Source: Adeunis user guide and the maker's codec (TheThingsNetwork/lorawan-devices, vendor/adeunis, comfort). FPort 1.
The frame is described in `protocol`. Frames, with the places of their data:

    4c  samples of 3 bytes: temperature 2, signed, 0.1 °C; humidity 1, %
    4d  alarm: which 1 (bits 4 to 7 temperature, bit 0 humidity), temperature 2, humidity 1
    51, 52  a digital input changed, see `protocol`

Bit 2 of the status announces the time. This is the Comfort of firmware 2 and later.
"""

from __future__ import annotations

from decoders.adeunis.protocol import INPUTS, ONLY_NEWEST, PORT, Frame, bit, every, i16, of, u8
from decoders.base import Decoder

_TABLE = {
    0x4C: Frame(every(i16("air_temperature", 2, 10), u8("humidity", 4)), 0, 3),
    0x4D: Frame(every(i16("air_temperature", 3, 10), u8("humidity", 5), bit("alarm", 2, 0xF1)), 4),
    **INPUTS,
}


DECODER = Decoder(
    vendor="Adeunis",
    model="Comfort",
    ports=(PORT,),
    quantities=("air_temperature", "humidity", "alarm", "input", "pulses", "battery_low"),
    decode=of(_TABLE, timed=True),
    wraps={"pulses": 2**32},
    verified=True,
    differs=(ONLY_NEWEST,),
)
