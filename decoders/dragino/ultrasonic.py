"""The report and the data log of Dragino's ultrasonic sensors with one transducer.

BBBB DDDD II TTTT SS                8 bytes
BBBB DDDD II                        5 bytes, firmware before the probe
- B: battery, mV, in the low 14 bits
- D: mm. 0: no transducer detected. Nearer than the model can measure: invalid, newer firmware sends 20
- I: 1 where the report was caused by the interrupt pin, 0 where it was due
- T: probe, signed 0.1 °C
- S: 1 where the transducer was detected, 0 where it was not

BBBB DDDD TTTT FF NNNNNNNN          data log entry: F flags, N time
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from decoders.base import Absent, Decoded, Reading, Reason, gather
from decoders.bits import i16_be, u16_be
from decoders.dragino.protocol import Value, battery, expect, optional_probe, probe

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORT, LONG = 5, 8
_TOO_NEAR = 20
"""What newer firmware sends for anything nearer than the model can measure."""


class Transducer(NamedTuple):
    """What a model measures.

    Attributes:
        nearest: mm, the least that is valid.
        quantity: `distance` in mm, or `water_depth` in m.
        divisor: from mm.
        lengths: of the report.
    """

    nearest: int
    quantity: str = "distance"
    divisor: int = 1
    lengths: tuple[int, ...] = (LONG,)

    def value(self, raw: int, at: int | None = None) -> Value:
        """What the transducer says."""
        if not raw:
            return Absent(self.quantity, Reason.NOT_CONNECTED)
        if raw < self.nearest or raw == _TOO_NEAR:
            return Absent(self.quantity, Reason.NOT_AVAILABLE)
        return Reading(self.quantity, raw / self.divisor, 0, at)

    def report(self, payload: bytes) -> Decoded:
        """The periodic report, or the one that the interrupt pin caused."""
        expect(payload, *self.lengths)
        long = len(payload) == LONG
        values = [
            self.value(u16_be(payload, 2) if not long or payload[7] else 0),
            battery(payload),
            Reading("interrupt", float(payload[4])),
        ]
        if long:
            values.append(optional_probe(payload, 5))
        return gather(values)

    def entry(self, payload: bytes, position: int, at: int) -> Iterator[Value]:
        """One entry of the data log."""
        yield self.value(u16_be(payload, position + 2), at)
        yield battery(payload, at, position)
        yield probe(i16_be(payload, position + 4), 0, at)
