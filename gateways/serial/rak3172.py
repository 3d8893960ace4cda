"""RAK3172 and the other modules with RUI3 (STM32WL, nRF52): AT commands in LoRa P2P mode, which stays in reception.

Source: RAKwireless' AT command manual for RUI3. Each command ends with `OK` or with its error's name, whatever it has
said before. A new mode restarts the module. While it listens it takes no other channel: `AT+PRECV=0` ends that first.
The width of `AT+P2P` is an index in the newer firmware and kHz in the older: the one is refused by the other. The sync
word is settable in newer firmware; one that refuses `AT+SYNCWORD` hears private networks only, and is not used for
LoRaWAN. Whether the radio checked a frame's CRC is nowhere said.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateways.serial.family import Refusal, Restarted, Spoken, Step, exactly, frame_bytes
from gateways.serial.told import Frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateways.serial.family import Meaning
    from gateways.serial.told import Channel

_RX = re.compile(r"\+EVT:RXP2P:(-?\d{1,3}):(-?\d{1,3}):([0-9A-Fa-f]*)$")
_VERSION = re.compile(r"AT\+VER=(RUI\S*|\d[\w.-]*)$")
_INDEX = {125_000: 0, 250_000: 1, 500_000: 2}
_PREAMBLE, _POWER = 8, 5
_ok = exactly("OK")


class Rak3172(Spoken):
    """RUI3; see `Family`."""

    name = "rak3172"
    others: tuple[int, ...] = (9600,)

    def identify(self) -> Step:
        """See `Family`. What it says of itself comes before this `OK`, and is read beside it."""
        return Step(b"AT+VER=?\r\n", self._after_version)

    def set_up(self, channel: Channel) -> Sequence[Step]:
        """See `Family`."""
        self.firmware = ""
        return (
            Step(b"AT+PRECV=0\r\n", exactly("OK|AT_.*ERROR.*|AT_MODE_NO_SUPPORT|AT_COMMAND_NOT_FOUND"), optional=True),
            self.identify(),
            Step(b"AT+NWM=0\r\n", exactly("OK"), 3.0),
            *_tune(channel),
        )

    def retune(self, channel: Channel) -> Sequence[Step]:
        """See `Family`."""
        return (Step(b"AT+PRECV=0\r\n", _ok), *_tune(channel))

    def poll(self) -> Sequence[Step]:
        """See `Family`. Busy is alive."""
        return (Step(b"AT\r\n", exactly("OK|AT_BUSY_ERROR"), 2.0),)

    def read(self, line: str) -> Meaning:
        """See `Family`."""
        if found := _RX.search(line):
            phy = frame_bytes(found[3])
            self.noise += phy is None
            return None if phy is None else Frame(phy, float(found[1]), float(found[2]))
        if line.startswith("AT_") and line.isascii():
            return Refusal(line)
        if found := _VERSION.search(line):
            self.firmware = found[1]
        elif line.startswith("Current Work Mode"):
            return Restarted(line)
        elif line != "OK" and not line.startswith("AT"):
            self.noise += 1
        return None

    def _after_version(self, line: str) -> str | None:
        return self.firmware if line == "OK" and self.firmware else None


def _tune(channel: Channel) -> tuple[Step, ...]:
    def p2p(width: int) -> bytes:
        rate = int(channel.code_rate[-1]) - 5
        values = (channel.frequency, channel.spreading_factor, width, rate, _PREAMBLE, _POWER)
        return f"AT+P2P={':'.join(map(str, values))}\r\n".encode()

    in_khz = Step(p2p(channel.bandwidth // 1000), _ok)
    return (
        Step(p2p(_INDEX[channel.bandwidth]), _ok, instead=(in_khz,)),
        Step(b"AT+SYNCWORD=%s\r\n" % (b"3444" if channel.public else b"1424"), _ok, optional=not channel.public),
        Step(b"AT+IQINVER=0\r\n", _ok, optional=True),
        Step(b"AT+PRECV=65534\r\n", _ok),
    )
