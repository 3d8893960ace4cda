"""VN_WQI, the water quality index of Việt Nam (Decision 1460/QĐ-TCMT of 12/11/2019), where there is data enough.

Five groups: pH; pesticides; heavy metals; organic matter and nutrients; microbes. Each parameter has a sub-index from
its curve, and the index is their product: (pH/100) · (pesticides/100) · (metals/100) · sqrt(organics · microbes), of
which the second and third are geometric means, the last two arithmetic ones. Without microbes the organic mean stands
alone; what else is missing counts as 1. A second form for waters polluted by organic matter is left out.

The probes of a LoRaWAN site (pH, oxygen, conductivity, turbidity) are not enough: then there is no index, and a site is
better shown by `limits` and `surface_water`. All of this comes from implementations of others and is unverified.
"""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from decoders.bands import table
from ingest.indices.air import part
from ingest.indices.exact import exact, half_up, lines, ratio
from ingest.indices.result import Index, NoIndex, Why

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ingest.indices.result import Part

METHOD = "vn_wqi"

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ph": ("ph",),
        "pesticides": ("aldrin", "bhc", "dieldrin", "ddt", "heptachlor"),
        "metals": ("as", "cd", "pb", "cr6", "cu", "zn", "hg"),
        "organics": (
            "oxygen_saturation",
            "bod5",
            "cod",
            "toc",
            "ammonium_n",
            "nitrate_n",
            "nitrite_n",
            "phosphate_p",
        ),
        "microbes": ("coliform", "e_coli"),
    }
)
"""The parameters of each group, by the names of the curves. mg/L; oxygen in % of saturation, pesticides in µg/L."""

_WARMEST = 45.0  # °C; the polynomial of saturation falls to zero beyond 60


class MinimumData(NamedTuple):
    """What an index asks for; sources differ, so it is a setting.

    Attributes:
        groups: of the five, so many.
        organics: parameters of the organic group, which no index may lack.
    """

    groups: int = 3
    organics: int = 3


def oxygen_saturation(dissolved: float | None, temperature: float | None) -> float | None:
    """The saturation in percent of dissolved oxygen in mg/L at a water temperature of 0 to 45 °C; None otherwise."""
    if dissolved is None or temperature is None or not math.isfinite(dissolved) or dissolved < 0:
        return None
    if not 0 <= temperature <= _WARMEST:
        return None
    return 100 * dissolved / saturated_oxygen(temperature)


def saturated_oxygen(temperature: float) -> float:
    """Oxygen in mg/L that water of this temperature in °C holds."""
    t = temperature
    return 14.652 - 0.41022 * t + 0.0079910 * t * t - 0.000077774 * t * t * t


def vn_wqi(sample: Mapping[str, float | None], *, needed: MinimumData | None = None) -> Index | NoIndex:
    """The index of one sample, by the names in `GROUPS`."""
    rules, curves = table("vn_wqi"), lines("vn_wqi")
    found: dict[str, Part] = {}
    absent: dict[str, Why] = {}
    for name, given in sample.items():
        value = exact(given)
        if name not in curves:
            absent[name] = Why.NO_TABLE
        elif value is None:
            absent[name] = Why.NO_DATA
        else:
            found[name] = part(curves[name], name, "sample", value)
    parts = tuple(sorted(found.values(), key=lambda one: one.index))
    groups = {group: [found[name].index for name in names if name in found] for group, names in GROUPS.items()}
    source, verified = rules.source, rules.source.verified
    if not _enough(groups, needed or MinimumData()):
        why = Why.TOO_FEW_GROUPS if parts else Why.NO_DATA
        return NoIndex(method=METHOD, why=why, source=source, verified=verified, parts=parts, absent=absent)
    index = half_up(ratio(_product(groups)))
    return Index(
        method=METHOD,
        value=index,
        band=rules.band(index),
        dominant="",
        parts=parts,
        source=source,
        verified=verified,
        absent=absent,
    )


def _enough(groups: Mapping[str, Sequence[float]], needed: MinimumData) -> bool:
    present = sum(bool(values) for values in groups.values())
    return present >= needed.groups and len(groups["organics"]) >= max(needed.organics, 1)


def _product(groups: Mapping[str, Sequence[float]]) -> float:
    result = _mean(groups["organics"])
    if groups["microbes"]:
        result = math.sqrt(result * _mean(groups["microbes"]))
    for group in ("ph", "pesticides", "metals"):
        result *= _geometric_mean(groups[group]) / 100 if groups[group] else 1.0
    return result


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _geometric_mean(values: Sequence[float]) -> float:
    return math.exp(math.fsum(map(math.log, values)) / len(values))
