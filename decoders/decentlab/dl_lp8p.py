"""Decentlab DL-LP8P: CO₂, air temperature, humidity and pressure.

Source: decentlab/decentlab-decoders, DL-LP8P: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  air       as `conversions.sht21`
    1  pressure  w0: temperature of the barometer, (w0 - 5000) / 100 °C; w1: w1 * 2 Pa
    2  CO₂       w0: w0 - 32768 ppm; w1: the same, smoothed; w2: temperature of the sensor, (w2 - 32768) / 100 °C;
                 w3, w4: voltage of its capacitor before and during the measurement, mV; w5: status; w6, w7: raw
    3  battery   w0 / 1000 V

Temperature of the device comes twice: channel 1 is the barometer, channel 2 the CO₂ sensor. A status other than 0 is
an error or warning of the sensor (SenseAir LP8) that the maker does not list: CO₂ is absent, and `sensor_fault` is
told.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, CROPPED, checked, sht21, signed
from decoders.decentlab.protocol import Group, Value, device

DECODER = device(
    "DL-LP8P",
    sht21(),
    Group(
        2,
        Value("device_temperature", lambda words: (words[0] - 5000) / 100, 1),
        Value("pressure", lambda words: words[1] * 2 / 100),
    ),
    Group(8, *checked(5, signed("co2", 0), signed("device_temperature", 2, 100, channel=2))),
    BATTERY,
    first="co2",
    differs=(
        CROPPED,
        (
            "CO₂ is told as measured; the smoothed value, the capacitor's voltages and the raw readings beside it are "
            "not told."
        ),
        "CO₂ is absent where `co2_sensor_status` is not 0: the maker does not list its codes.",
    ),
)
