"""The report of Dragino's probes for leaf and soil that gives one moisture or pH and one temperature.

    BBBB TTTT VVVV SSSS II xx MM        11 bytes
    - B: battery, mV, in the low 14 bits
    - T: DS18B20, signed 0.1 °C; 0 or 7fff: none
    - V: what the model measures
    - S: temperature of the probe, signed 0.1 °C
    - I: 1 where the interrupt pin caused the report
    - M: 1 report; 2 an answer with settings, 3 with calibration: nothing measured

The maker's decoders subtract 65535 from a temperature below zero, and are 0.1 °C too high: it is two's complement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import Decoded, Reading, UnknownMessage, gather
from decoders.bits import i16_be, u16_be
from decoders.dragino.protocol import battery, expect, optional_probe

if TYPE_CHECKING:
    from decoders.dragino.protocol import Read

_LENGTH = 11
_ANSWERS = frozenset({2, 3})

BELOW_ZERO = "Temperatures below zero are two's complement; the maker's decoder is 0.1 °C too high there."
NO_PROBE = "A probe of 0.00 °C is absent: the firmware sends 0 where no probe is connected."


def report(quantity: str, divisor: int, temperature: str) -> Read:
    """A reader of what the model measures."""

    def read(payload: bytes) -> Decoded:
        expect(payload, _LENGTH)
        if payload[10] in _ANSWERS:
            return Decoded(())
        if payload[10] != 1:
            raise UnknownMessage(f"message type {payload[10]}")
        return gather(
            (
                Reading(quantity, u16_be(payload, 4) / divisor),
                Reading(temperature, i16_be(payload, 6) / 10),
                optional_probe(payload, 2),
                battery(payload),
                Reading("interrupt", float(payload[8])),
            )
        )

    return read
