"""Modems that are not there: each family's firmware as seen from its serial port, and a pseudo-terminal to it.

They are written from the makers' descriptions and share no code with `gateways.serial`, which is tested against them.
A modem is bytes in, bytes out; `Plugged` gives it a port, with the faults that a line has.
"""

from __future__ import annotations

from gateways.simulator.modems.lora_e5 import LoraE5Modem
from gateways.simulator.modems.rak811 import Rak811Modem
from gateways.simulator.modems.rak3172 import Rak3172Modem
from gateways.simulator.modems.rn2903 import Rn2903Modem
from gateways.simulator.modems.rnode import RnodeModem
from gateways.simulator.modems.sketch import SketchModem

MODEMS = {
    "rn2903": Rn2903Modem,
    "rak3172": Rak3172Modem,
    "rak811": Rak811Modem,
    "lora-e5": LoraE5Modem,
    "rnode": RnodeModem,
    "sketch": SketchModem,
}
"""By the name of the family."""

__all__ = ["MODEMS", "LoraE5Modem", "Rak811Modem", "Rak3172Modem", "Rn2903Modem", "RnodeModem", "SketchModem"]
