"""RAK811 and RAK4270: `at+set_config` in LoRa P2P mode, which cannot be given LoRaWAN's sync word.

Source: RAKwireless' AT command manuals for firmware 3. Answers are `OK` and `ERROR: n`. A frame of P2P has three
numbers before its bytes, of which the last is their count; with four it is LoRaWAN mode, where the module shows its own
downlinks and nobody's uplinks. No manual has a command for the sync word of P2P, so this is refused for LoRaWAN.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateways.serial.family import Refusal, Restarted, Spoken, Step, Unsupported, answers, exactly, frame_bytes
from gateways.serial.told import Frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateways.serial.family import Meaning
    from gateways.serial.told import Channel

_RX = re.compile(r"at\+recv=(-?\d{1,3}),(-?\d{1,3}),(\d{1,3}):([0-9A-Fa-f]*)$")
_OF_LORAWAN = re.compile(r"at\+recv=\d+,-?\d+,-?\d+,\d+(:[0-9A-Fa-f]*)?$")
_ERROR = re.compile(r"ERROR: ?-?\d+$")
_VERSION = re.compile(r"OK ?(V\d\S*)$")
_INDEX = {125_000: 0, 250_000: 1, 500_000: 2}
_PREAMBLE, _POWER = 8, 5
_ok = exactly("OK")


class Rak811(Spoken):
    """Firmware 3; see `Family`."""

    name = "rak811"

    def check(self, channel: Channel) -> None:
        """See `Family`."""
        if channel.public:
            raise Unsupported("a RAK811 or RAK4270 hears private networks only: no command sets its sync word")

    def identify(self) -> Step:
        """See `Family`."""
        return Step(b"at+version\r\n", answers(_VERSION.pattern))

    def set_up(self, channel: Channel) -> Sequence[Step]:
        """See `Family`. The change of mode restarts some of them."""
        return (self.identify(), Step(b"at+set_config=lora:work_mode:1\r\n", answers("OK"), 3.0), *self.retune(channel))

    def retune(self, channel: Channel) -> Sequence[Step]:
        """See `Family`. It stops listening first, or a frame might be of either."""
        rate = int(channel.code_rate[-1]) - 4
        width = _INDEX[channel.bandwidth]
        values = (channel.frequency, channel.spreading_factor, width, rate, _PREAMBLE, _POWER)
        return (
            Step(b"at+set_config=lorap2p:transfer_mode:2\r\n", _ok),
            Step(f"at+set_config=lorap2p:{':'.join(map(str, values))}\r\n".encode(), _ok),
            Step(b"at+set_config=lorap2p:transfer_mode:1\r\n", _ok),
        )

    def poll(self) -> Sequence[Step]:
        """See `Family`."""
        return (self.identify(),)

    def read(self, line: str) -> Meaning:
        """See `Family`."""
        if found := _RX.search(line):
            phy = frame_bytes(found[4], int(found[3]))
            self.noise += phy is None
            return None if phy is None else Frame(phy, float(found[1]), float(found[2]))
        if _ERROR.search(line):
            return Refusal(line)
        if _OF_LORAWAN.search(line):
            return Restarted("it is in LoRaWAN mode")
        if found := _VERSION.search(line):
            self.firmware = found[1]
        elif line != "OK":
            self.noise += 1
        return None
