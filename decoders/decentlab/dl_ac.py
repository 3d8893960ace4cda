"""Decentlab DL-AC: air quality station, NO₂, NO, CO and Oₓ by electrochemical cells.

Source: decentlab/decentlab-decoders, DL-AC: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  air      as `conversions.sht21`
    1  NO₂      w0: working electrode; w1: the same less the auxiliary electrode; 3 * (w / 32768 - 1) V
    2  NO       as NO₂
    3  Oₓ       as NO₂
    4  CO       as NO₂
    5  battery  w0 / 1000 V

The concentrations need twelve numbers of the cells' calibration sheets (zero and sensitivity of each), which the
maker's decoder takes as parameters and the payload does not hold; those in its name are of one example. So the
voltages are told, as inputs: channel 1 NO₂ working electrode, 2 NO₂ less auxiliary, 3 and 4 NO, 5 and 6 Oₓ, 7 and 8
CO. With the sheet, ppb are (voltage - zero) / sensitivity.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, CROPPED, bipolar, sht21
from decoders.decentlab.protocol import Group, device


def _cell(channel: int) -> Group:
    return Group(
        2,
        bipolar("input_voltage", 3, channel=channel),
        bipolar("input_voltage", 3, index=1, channel=channel + 1),
    )


DECODER = device(
    "DL-AC",
    sht21(),
    *(_cell(channel) for channel in (1, 3, 5, 7)),
    BATTERY,
    differs=(
        CROPPED,
        (
            "Concentrations are not told, but the voltages of the cells: they need the calibration sheet of each "
            "cell, and those in the maker's example are of one device."
        ),
    ),
)
