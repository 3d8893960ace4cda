"""Adeunis Delta P: differential pressure of a duct or over a filter, a 0-10 V input, two digital inputs.

Source: Adeunis user guide and the maker's codec (TheThingsNetwork/lorawan-devices, vendor/adeunis, deltap). FPort 1.
The frame is described in `protocol`. Frames, with the places of their data:

    53  samples of 2 bytes: differential pressure, signed, Pa
    54  alarm: active 1, differential pressure 2
    55  samples of 2 bytes: voltage, signed, mV
    56  alarm: active 1, voltage 2
    51, 52  a digital input changed, see `protocol`
"""

from __future__ import annotations

from decoders.adeunis.protocol import INPUTS, ONLY_NEWEST, PORT, Frame, bit, every, i16, of
from decoders.base import Decoder

_TABLE = {
    0x53: Frame(every(i16("differential_pressure", 2, 100)), 0, 2),
    0x54: Frame(every(i16("differential_pressure", 3, 100), bit("alarm", 2, 0xFF)), 3),
    0x55: Frame(every(i16("input_voltage", 2, 1000)), 0, 2),
    0x56: Frame(every(i16("input_voltage", 3, 1000), bit("alarm", 2, 0xFF)), 3),
    **INPUTS,
}


DECODER = Decoder(
    vendor="Adeunis",
    model="Delta P",
    ports=(PORT,),
    quantities=("differential_pressure", "input_voltage", "alarm", "input", "pulses", "battery_low"),
    decode=of(_TABLE),
    wraps={"pulses": 2**32},
    aliases=("DeltaP",),
    verified=True,
    differs=(ONLY_NEWEST,),
)
