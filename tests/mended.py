"""`python -m tests.mended ...`: citylora as it is after its decoders were changed.

Of the Milesight EM500-CO2 the humidity is gone; the CO2 of the same is one more; the PCR2's payloads are refused.
"""

from __future__ import annotations

from decoders import catalog
from decoders.base import Decoded, Decoder, OutOfRange
from ingest.cli import main

_decode = catalog.decode


def decode(decoder: Decoder, payload: bytes, f_port: int) -> Decoded:
    """See `decoders.catalog.decode`."""
    found = _decode(decoder, payload, f_port)
    if decoder.key == "parametric/pcr2":
        raise OutOfRange("a counter that cannot be")
    if decoder.key != "milesight/em500_co2":
        return found
    readings = [
        one._replace(value=one.value + 1) if one.quantity == "co2" else one
        for one in found.readings
        if one.quantity != "humidity"
    ]
    return found._replace(readings=tuple(readings))


if __name__ == "__main__":
    catalog.decode = decode
    main()
