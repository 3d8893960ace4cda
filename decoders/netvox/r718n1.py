"""Netvox R718N1: single-phase current meter with a clamp.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: R718N1 49.

    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4..5  current           2 bytes, mA
    6     multiplier        1 byte, which the current is to be multiplied by
    7..10 reserved
"""

from __future__ import annotations

from decoders.base import Decoder, Reading
from decoders.bits import u16_be
from decoders.netvox.protocol import BATTERY, PORTS, reader, report

_MILLI = 1000


def _current(payload: bytes) -> Reading:
    return Reading("current", u16_be(payload, 4) * payload[6] / _MILLI)


_REPORTS = {
    0x01: report(_current),
}

_MODELS = (("R718N1", 0x49, True, ()),)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=("current", *BATTERY),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
    )
    for model, device, verified, aliases in _MODELS
)
