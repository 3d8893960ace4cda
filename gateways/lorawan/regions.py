"""The radio plans that a city of Việt Nam and its neighbours meets: data rates, channels, and what the law allows.

Sources: the LoRa Alliance's RP002-1.0.4 and -1.0.5 (whose SF5 and SF6 are 12 and 13, or what is free), as ChirpStack
4.20 has them; for Việt Nam Circular 08/2021/TT-BTTTT. In RP002's table of countries Việt Nam and Indonesia are AS923-2,
the Philippines AS923-3, the other members of ASEAN AS923-1; AS923-4 is Israel's.

Data rates are those of uplinks. LR-FHSS is told by its width alone: how long such a frame lasts is not known here.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class DataRate(NamedTuple):
    """What a DR stands for; LoRa where `spreading_factor` is set, FSK where `bitrate` is, else LR-FHSS.

    Attributes:
        bandwidth: Hz; of LR-FHSS the width of the channel that it occupies.
        bitrate: bit/s.
    """

    spreading_factor: int = 0
    bandwidth: int = 0
    bitrate: int = 0


class Plan(NamedTuple):
    """A radio plan.

    Attributes:
        data_rates: of uplinks, by DR.
        channels: that every device can join on, Hz; empty where devices join on any of a grid.
        dwell: the longest time on air of an uplink on 125 kHz, ms; in AS923 until the network lifts it. None where
            there is no limit, or the country decides.
        duty_cycle: the part of the time in which a device may send on these channels; None where there is no limit,
            or another rule (listen before talk).
        source: where the limits come from.
    """

    data_rates: Mapping[int, DataRate]
    channels: tuple[int, ...] = ()
    dwell: int | None = None
    duty_cycle: float | None = None
    source: str = "RP002-1.0.4"


_KHZ = 1000
_MHZ = 1_000_000


def _lora(bandwidth: int, factors: Mapping[int, int]) -> dict[int, DataRate]:
    return {dr: DataRate(factor, bandwidth * _KHZ) for dr, factor in factors.items()}


_SF12_TO_SF7 = {0: 12, 1: 11, 2: 10, 3: 9, 4: 8, 5: 7}
_COMMON = _lora(125, {**_SF12_TO_SF7, 12: 6, 13: 5})
_WIDE, _FSK = {6: DataRate(7, 250 * _KHZ)}, {7: DataRate(bitrate=50_000)}
_EUROPEAN_LR_FHSS = {dr: DataRate(bandwidth=width * _KHZ) for dr, width in {8: 137, 9: 137, 10: 336, 11: 336}.items()}
_AMERICAN_LR_FHSS = DataRate(bandwidth=1523 * _KHZ)


def _as923(offset: int, source: str = "RP002-1.0.4") -> Plan:
    """AS923 with its two channels moved by `offset` Hz."""
    channels = (923_200_000 + offset, 923_400_000 + offset)
    return Plan(MappingProxyType(_COMMON | _WIDE | _FSK), channels, 400, 0.01, source)


def _plan(rates: dict[int, DataRate], channels: tuple[float, ...] = (), **limits: float) -> Plan:
    dwell, duty_cycle = limits.get("dwell"), limits.get("duty_cycle")
    hertz = tuple(round(channel * _MHZ) for channel in channels)
    return Plan(MappingProxyType(rates), hertz, None if dwell is None else int(dwell), duty_cycle)


PLANS: Mapping[str, Plan] = MappingProxyType(
    {
        "as923": _as923(0),
        "as923_2": _as923(
            -1_800_000,
            "RP002-1.0.4; in Việt Nam Circular 08/2021/TT-BTTTT: 920 to 923 MHz, at most 25 mW ERP, devices at most"
            " 1 % and gateways at most 10 % of the time",
        ),
        "as923_3": _as923(-6_600_000),
        "as923_4": _as923(-5_900_000),
        "eu868": _plan(_COMMON | _WIDE | _FSK | _EUROPEAN_LR_FHSS, (868.1, 868.3, 868.5), duty_cycle=0.01),
        "in865": _plan(_COMMON | _FSK, (865.0625, 865.4025, 865.985)),
        "kr920": _plan(_COMMON, (922.1, 922.3, 922.5)),
        "au915": _plan(_lora(125, {**_SF12_TO_SF7, 9: 6, 10: 5}) | _lora(500, {6: 8}) | {7: _AMERICAN_LR_FHSS}),
        "us915": _plan(
            _lora(125, {0: 10, 1: 9, 2: 8, 3: 7, 7: 6, 8: 5})
            | _lora(500, {4: 8})
            | dict.fromkeys((5, 6), _AMERICAN_LR_FHSS),
            dwell=400,
        ),
    }
)
"""By the name that ChirpStack's own files of a region have. Those of the other bands are left out: no city here."""

_IN_GROUPS = ("au915", "us915")
"""ChirpStack has a file for each eight of their channels: `us915_0` to `us915_7`."""


def plan(region: str) -> Plan | None:
    """The plan of a region as ChirpStack names it: `as923_2`, `us915_1`; None for a name that is not its own."""
    found = PLANS.get(region)
    if found is None:
        name, _, group = region[:16].lower().replace("-", "_").partition("_")
        found = PLANS.get(f"{name}_{group}" if group and name not in _IN_GROUPS else name)
    return found


def data_rate(region: str, dr: int) -> DataRate | None:
    """What a DR of an uplink stands for in a region; None where either is not known."""
    found = plan(region)
    return None if found is None else found.data_rates.get(dr)
