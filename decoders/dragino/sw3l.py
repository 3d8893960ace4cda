"""Dragino SW3L and SW3L-LB: pulses of a water flow sensor, the volume, and water that does not stop running.

Source: Dragino SW3L and SW3L-LB decoders; captured payload of the SW3L-LB in akenza's device type library. Report on
FPort 2 as delivered.

    2  FF PPPPPPPP MM xx NNNNNNNN       report, 11 bytes
       - F: bit 1 water has been running longer than the owner allows; bits 2 to 7 (SW3L-LB: 2 to 5) the flow sensor:
         0 450 pulses a litre (SW3L-004), 1 390 (-006), 2 64 (-010), 3 12 (-020)
       - P: pulses; M (SW3L-LB: its low six bits): 0 in total, 1 since the previous report
       - N: time
    3  FF MM xx PPPPPPPP NNNNNNNN       data log
    4  settings
    5  device status

The number of the flow sensor is set by the owner; another one than these has no volume. The maker's decoder reads 3 as
450 pulses a litre on the SW3L, by a missing "else"; the one of the SW3L-LB has 12, as the flow sensor does. The
example in The Things Network device repository, seven bytes of another message on FPort 4, would be settings of ten
days a report; it proves nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, NEVER, Decoded, Decoder, Reading, UnknownMessage
from decoders.bits import u32_be
from decoders.dragino.protocol import DATA_LOG, ENTRY, SETTINGS, STATUS, ByPort, data_log, expect, settings, status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PULSES_PER_M3 = {0: 450_000, 1: 390_000, 2: 64_000, 3: 12_000}
_TOTAL, _SINCE = 0, 1


def _values(flags: int, kind: int, mode: int, pulses: int, at: int | None) -> Iterator[Reading]:
    yield Reading("alarm", float(flags >> 1 & 1), 0, at)
    if mode == _SINCE:
        yield Reading("pulse_count", float(pulses), 0, at)
    elif mode == _TOTAL:
        yield Reading("pulses", float(pulses), 0, at)
        if kind in _PULSES_PER_M3:
            yield Reading("water_volume", pulses / _PULSES_PER_M3[kind], 0, at)
    else:
        raise UnknownMessage(f"counting mode {mode}")


def _decode(kinds: int, modes: int) -> Callable[[bytes, int], Decoded]:
    def report(payload: bytes) -> Decoded:
        expect(payload, ENTRY)
        flags, mode = payload[0], payload[5] & modes
        return Decoded(tuple(_values(flags, flags >> 2 & kinds, mode, u32_be(payload, 1), None)))

    def entry(payload: bytes, position: int, at: int) -> Iterator[Reading]:
        flags, mode = payload[position], payload[position + 1] & modes
        return _values(flags, flags >> 2 & kinds, mode, u32_be(payload, position + 3), at)

    return ByPort(report, {DATA_LOG: data_log(entry), SETTINGS: settings(7, 8), STATUS: status})


_SW3L = Decoder(
    vendor="Dragino",
    model="SW3L",
    aliases=("SW3L-004", "SW3L-006", "SW3L-010"),
    ports=ANY_PORT,
    quantities=("water_volume", "pulses", "pulse_count", "alarm", "battery_voltage", "report_interval"),
    decode=_decode(0x3F, 0xFF),
    wraps={"pulses": 2**32, "water_volume": NEVER},
    differs=("The volume is in m³, the maker prints litres; of flow sensor 3 it is of 12 pulses a litre, not 450.",),
)

DECODERS = (
    _SW3L,
    replace(
        _SW3L,
        model="SW3L-LB",
        verified=True,
        decode=_decode(0x0F, 0x3F),
        aliases=("SW3L-LS",),
        differs=(
            "The volume is in m³, the maker prints litres.",
            (
                "The volume follows the number of the flow sensor, to be set on the device; the maker's decoder for "
                "the -020 takes 12 pulses a litre anyway."
            ),
        ),
    ),
)
