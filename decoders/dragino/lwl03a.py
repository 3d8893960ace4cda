"""Dragino LWL03A and WL03A-LB: water leak outdoors.

Source: Dragino LWL03A decoder v1.0 and example in The Things Network device repository; WL03A-LB decoder, and the test
of TagoIO's. Report on FPort 2 as delivered.

    2  FF CCCCCC LLLLLL NNNNNNNN        report, 11 bytes; see `contact`. F bit 0 water; C how often
    3  data log
    4  settings
    5  device status

How often water was found has no place in the vocabulary.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder
from decoders.dragino.contact import Contact
from decoders.dragino.protocol import DATA_LOG, SETTINGS, STATUS, ByPort, data_log, settings, status

_LEAK = Contact("leak")

_LWL03A = Decoder(
    vendor="Dragino",
    model="LWL03A",
    ports=ANY_PORT,
    quantities=("leak", "alarm", "battery_voltage", "report_interval"),
    decode=ByPort(_LEAK.report, {DATA_LOG: data_log(_LEAK.entry), SETTINGS: settings(8), STATUS: status}),
    verified=True,
)

DECODERS = (_LWL03A, replace(_LWL03A, model="WL03A-LB", aliases=("WL03A-LS",)))
