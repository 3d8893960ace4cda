"""Dragino CPL01: a dry contact outdoors, and the pulses that it counts.

Source: Dragino CPL01 user manual, chapter 2.3; decoder. Report on FPort 2 as delivered.

    2  FF CCCCCC LLLLLL NNNNNNNN        report, 11 bytes; see `contact`. F bit 0 open, bits 2 to 7 a number of the
       owner's; C pulses
    3  data log
    4  settings
    5  device status

The manual of July 2022 says that bit 0 is 1 where the contact is closed; the maker's decoders of this model and of its
successor, and the manuals of the door sensor with the same firmware, have 1 for open. That is taken.

The example in The Things Network device repository, 31 and two times on FPort 4, is the head of the downlink that asks
for the data log, read as settings; it proves nothing.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.dragino.contact import WRAP, Contact
from decoders.dragino.protocol import DATA_LOG, SETTINGS, STATUS, ByPort, data_log, settings, status

_CONTACT = Contact("input", "pulses", inverted=1)

DECODER = Decoder(
    vendor="Dragino",
    model="CPL01",
    ports=ANY_PORT,
    quantities=("pulses", "input", "alarm", "battery_voltage", "report_interval"),
    decode=ByPort(_CONTACT.report, {DATA_LOG: data_log(_CONTACT.entry), SETTINGS: settings(8), STATUS: status}),
    wraps={"pulses": WRAP},
    differs=(
        "The contact is open where bit 0 is set, as the decoders have it; the manual has it the other way round.",
    ),
)
