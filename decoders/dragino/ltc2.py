"""Dragino LTC2: two PT100 temperature probes for industry.

Source: Dragino LTC2 user manual, chapters 2.4 and 2.5.4; example in The Things Network device repository. FPort 2 as
delivered, settable.

    BBBB EE 1111 2222 NNNNNNNN          11 bytes
    - B: battery, mV, in the low 14 bits
    - E: low four bits: how the channels are to be read; bit 6: a data log entry
    - 1, 2: the channels. E 1: signed 0.01 °C; E 2: signed 0.1 °C; E 3: resistance, 0.01 Ω, not read
      8001: no probe (the manual prints -327.67)
    - N: time, s since 1970; read of data log entries only

A data log has several such entries; eleven zeros say that nothing was stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Absent, Decoded, Decoder, Reading, Reason, UnknownMessage, gather
from decoders.bits import i16_be
from decoders.dragino.protocol import ENTRY, ByPort, Value, battery, data_log, expect

if TYPE_CHECKING:
    from collections.abc import Iterator

_POLLED = 0x40
_NONE = frozenset({-0x7FFF, 0x7FFF})
_DIVISORS = {1: 100, 2: 10, 3: 0}


def _entry(payload: bytes, position: int, at: int | None) -> Iterator[Value]:
    kind = payload[position + 2] & 0x0F
    divisor = _DIVISORS.get(kind)
    if divisor is None:
        raise UnknownMessage(f"channels of kind {kind}")
    if divisor:
        for channel in (1, 2):
            raw = i16_be(payload, position + 1 + 2 * channel)
            if raw in _NONE:
                yield Absent("object_temperature", Reason.NOT_CONNECTED, channel)
            else:
                yield Reading("object_temperature", raw / divisor, channel, at)
    yield battery(payload, at, position)


_log = data_log(_entry)


def _report(payload: bytes) -> Decoded:
    if len(payload) >= ENTRY and (payload[2] & _POLLED or not any(payload)):
        return _log(payload)
    expect(payload, ENTRY)
    return gather(_entry(payload, 0, None))


DECODER = Decoder(
    vendor="Dragino",
    model="LTC2",
    aliases=("LTC2-FT", "LTC2-LT", "LTC2-SI", "LTC2-SA", "LTC2-HT"),
    ports=ANY_PORT,
    quantities=("object_temperature", "battery_voltage"),
    decode=ByPort(_report, {}),
    verified=True,
    differs=("A channel at -327.67 °C is absent: it stands for no probe.",),
)
