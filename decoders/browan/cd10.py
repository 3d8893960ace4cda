"""Browan MerryIoT CD10: CO2, temperature, humidity.

Source: MerryIoT CD10 Owner's Manual, chapter 3; TheThingsNetwork/lorawan-devices, vendor/browan,
cd10-codec.yaml and cd10.js. FPort 127, 7 bytes, least significant first:

    0    bit 0 event, 1 button, 4 CO2 over the threshold, 5 calibration    2-3  temperature, signed, 0.1 °C
    1    low half: battery, 2.1 V and 0.1 V for each                       4    humidity, %
                                                                           5-6  CO2, ppm

The first report after a join has a CO2 of 0, which is told as warming up. The maker's decoder reads the temperature
unsigned; here it is signed.
"""

from __future__ import annotations

from decoders.base import Absent, Decoded, Decoder, Reading, Reason, WrongLength, gather
from decoders.bits import i16_le, u16_le

_LENGTH = 7


def _decode(payload: bytes, _f_port: int) -> Decoded:
    if len(payload) != _LENGTH:
        raise WrongLength(f"{len(payload)} bytes; a report has {_LENGTH}")
    raw = u16_le(payload, 5)
    return gather(
        (
            Reading("co2", float(raw)) if raw else Absent("co2", Reason.WARMING_UP),
            Reading("air_temperature", i16_le(payload, 2) / 10),
            Reading("humidity", float(payload[4])),
            Reading("alarm", float(payload[0] >> 4 & 1)),
            Reading("battery_voltage", (21 + (payload[1] & 0x0F)) / 10),
        )
    )


DECODER = Decoder(
    vendor="Browan",
    model="CD10",
    ports=(127,),
    quantities=("co2", "air_temperature", "humidity", "alarm", "battery_voltage"),
    decode=_decode,
    aliases=("MerryIoT CD10", "MerryIoT Air Quality CO2"),
    verified=True,
)
