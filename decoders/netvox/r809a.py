"""Netvox R809A and R816B: switch with an energy meter, for a plug or a wall.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: R809A 0e, R816B 73.

    report 1
    3     switch            1 byte, 0 off, 1 on
    4..7  energy            4 bytes, Wh
    8     over current      1 byte, 1 alarm
    9     dash current      the same
    10    power off         the same
    report 2
    3..4  voltage           2 bytes, V
    5..6  current           2 bytes, mA
    7..8  power             2 bytes, W

There is no battery. The alarms are told as channels 1 to 3, in their order.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.netvox.protocol import PORTS, flag, reader, report, u16, u32

_REPORTS = {
    0x01: report(
        flag(3, "switch"),
        u32(4, "energy", divisor=1000),
        flag(8, "alarm", 1),
        flag(9, "alarm", 2),
        flag(10, "alarm", 3),
        battery=False,
    ),
    0x02: report(u16(3, "voltage"), u16(5, "current", divisor=1000), u16(7, "power"), battery=False),
}

_MODELS = (
    ("R809A", 0x0E, True, ()),
    ("R816B", 0x73, True, ()),
)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=("energy", "power", "voltage", "current", "switch", "alarm"),
        decode=reader(device, _REPORTS),
        wraps={"energy": 2**32 / 1000},
        aliases=aliases,
        verified=verified,
    )
    for model, device, verified, aliases in _MODELS
)
