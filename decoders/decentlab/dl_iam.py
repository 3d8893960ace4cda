"""Decentlab DL-IAM: indoor air: temperature, humidity, pressure, light, CO₂, VOC and motion.

Source: decentlab/decentlab-decoders, DL-IAM: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  battery  w0 / 1000 V
    1  air      as `conversions.sht35`
    2  pressure w0 * 2 Pa
    3  light    w0: visible and infrared, w1: infrared, counts of 16 bits; illuminance is the larger of
                w0 - 1.64 w1, 0.59 w0 - 0.86 w1 and 0, times 1.5504 lx
    4  CO₂      w0: w0 - 32768 ppm; w1: status of the sensor; w2: raw reading
    5  motion   w0: activity counter
    6  VOC      w0: ppb

Groups of sensors that the order left out do not come. A CO₂ status other than 0 is an error or warning of the sensor
that the maker does not list: CO₂ is absent, and `sensor_fault` is told. A count of 65535 is the end of the light
sensor's range: the formula would give too little, and in full light 0, so that the illuminance is absent. The
activity counter is not read: the maker does not say whether it begins anew with each report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import Reason
from decoders.decentlab.conversions import BATTERY, PRESSURE, checked, plain, sht35, signed
from decoders.decentlab.protocol import Group, Value, device

if TYPE_CHECKING:
    from decoders.decentlab.protocol import Words

_FULL = 65535


def _illuminance(words: Words) -> float | Reason:
    both, infrared = words
    if _FULL in words:
        return Reason.SATURATED
    return max(both - 1.64 * infrared, 0.59 * both - 0.86 * infrared, 0.0) * 1.5504


DECODER = device(
    "DL-IAM",
    BATTERY,
    sht35(),
    PRESSURE,
    Group(2, Value("illuminance", _illuminance)),
    Group(3, *checked(1, signed("co2", 0))),
    Group(1),
    Group(1, plain("tvoc_fraction", 0)),
    first="co2",
    differs=(
        "CO₂ is absent where the sensor's status is not 0: the maker does not list its codes.",
        "The activity counter is not told: the maker does not say whether it begins anew with each report.",
        "The illuminance is absent where either count is at its end, 65535: the maker's formula then gives too little.",
    ),
)
