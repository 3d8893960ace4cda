"""Netvox R718N3: three-phase current meter with clamps.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: R718N3 4a.

    report 1
    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4..9  current           2 bytes a phase, mA
    10    multiplier        1 byte, of phase 1
    report 2
    4..5  multipliers       1 byte each, of phases 2 and 3
    report 3
    4..9  current           2 bytes a phase, mA
    10    multipliers       2 bits a phase, phase 1 lowest: 1, 5, 10, 100
    report 4
    4     alarms            bits 0, 1 phase 1 too low, too high; bits 2, 3 phase 2; bits 4, 5 phase 3

The channel is the phase. Older firmware sends reports 1 and 2: the multipliers of phases 2 and 3 come in another uplink
than their currents, so only phase 1 is read. Newer firmware sends report 3, which holds all three.
"""

from __future__ import annotations

from decoders.base import Decoder, Reading
from decoders.bits import u16_be
from decoders.netvox.protocol import BATTERY, PORTS, Value, reader, report

_MILLI = 1000
_MULTIPLIERS = (1, 5, 10, 100)


def _first(payload: bytes) -> Reading:
    return Reading("current", u16_be(payload, 4) * payload[10] / _MILLI, 1)


def _phase(channel: int) -> Value:
    at, shift = 2 + 2 * channel, 2 * (channel - 1)

    def value(payload: bytes) -> Reading:
        return Reading("current", u16_be(payload, at) * _MULTIPLIERS[payload[10] >> shift & 3] / _MILLI, channel)

    return value


def _alarm(channel: int) -> Value:
    mask = 3 << 2 * (channel - 1)

    def value(payload: bytes) -> Reading:
        return Reading("alarm", float(payload[4] & mask != 0), channel)

    return value


_REPORTS = {
    0x01: report(_first),
    0x02: report(),
    0x03: report(_phase(1), _phase(2), _phase(3)),
    0x04: report(_alarm(1), _alarm(2), _alarm(3)),
}

_MODELS = (("R718N3", 0x4A, True, ()),)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=("current", "alarm", *BATTERY),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
        differs=("Of report 1 only phase 1 is told: the multipliers of the others come in another uplink.",),
    )
    for model, device, verified, aliases in _MODELS
)
