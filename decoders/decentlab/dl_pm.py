"""Decentlab DL-PM: particulate matter, air temperature, humidity and air pressure.

Source: decentlab/decentlab-decoders, DL-PM: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  battery    w0 / 1000 V
    1  particles  w0..w3: mass of PM1, PM2.5, PM4, PM10, 0.1 µg/m³; w4: typical particle size, nm;
                  w5..w9: number up to 0.5, 1, 2.5, 4, 10 µm, 0.1 per cm³
    2  air        as `conversions.sht21`
    3  pressure   w0 * 2 Pa

There is no sentinel: a sensor that did not answer has no group.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, CROPPED, PRESSURE, plain, sht21
from decoders.decentlab.protocol import Group, device

_PARTICLES = (
    *("pm1", "pm2_5", "pm4", "pm10", "particle_size"),
    *("pm0_5_number", "pm1_number", "pm2_5_number", "pm4_number", "pm10_number"),
)

DECODER = device(
    "DL-PM",
    BATTERY,
    Group(
        len(_PARTICLES),
        *(
            plain(quantity, index, 1 if quantity == "particle_size" else 10)
            for index, quantity in enumerate(_PARTICLES)
        ),
    ),
    sht21(),
    PRESSURE,
    first="pm1",
    differs=(CROPPED,),
)
