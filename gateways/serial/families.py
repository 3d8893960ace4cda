"""Every family by the name that the configuration has for it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from gateways.serial.lora_e5 import LoraE5
from gateways.serial.rak811 import Rak811
from gateways.serial.rak3172 import Rak3172
from gateways.serial.rn2903 import Rn2483, Rn2903
from gateways.serial.rnode import Rnode
from gateways.serial.sketch import Sketch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateways.serial.family import Family


class Kind(NamedTuple):
    """A family.

    Attributes:
        make: a new one, for one conversation.
        hardware: what it is, for people.
        lorawan: `yes`, `firmware` (where its firmware is new enough) or `no`: does it hear LoRaWAN's sync word?
        vietnam: it hears 920 to 923 MHz.
    """

    make: Callable[[], Family]
    hardware: str
    lorawan: str
    vietnam: bool = True


FAMILIES: Mapping[str, Kind] = MappingProxyType(
    {
        "rn2903": Kind(Rn2903, "Microchip RN2903 (LoStik)", "yes"),
        "rn2483": Kind(Rn2483, "Microchip RN2483", "yes", vietnam=False),
        "rak3172": Kind(Rak3172, "RAK3172 and others with RUI3", "firmware"),
        "rak811": Kind(Rak811, "RAK811, RAK4270", "no"),
        "lora-e5": Kind(LoraE5, "Seeed LoRa-E5, RisingHF RHF76-052", "firmware"),
        "rnode": Kind(Rnode, "RNode", "no"),
        "sketch": Kind(Sketch, "any SX127x board with citylora's line protocol", "yes"),
    }
)
