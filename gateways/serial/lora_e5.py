"""Seeed LoRa-E5 (STM32WLE5) and RisingHF RHF76-052 (SX1276): the test mode of their AT commands.

Source: Seeed's and RisingHF's AT command specifications. Whatever it says begins with `+COMMAND: `. A frame is two
lines, one with its length and signal, one with its bytes. The last option of RFCFG, NET, is the public sync word.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateways.serial.family import Refusal, Restarted, Spoken, Step, Unsupported, answers, frame_bytes
from gateways.serial.told import Frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateways.serial.family import Meaning
    from gateways.serial.told import Channel

_SIGNAL = re.compile(r"\+TEST: LEN: ?(\d{1,3}), RSSI: ?(-?\d{1,3}), SNR: ?(-?\d{1,3})$")
_RX = re.compile(r'\+TEST: RX "([0-9A-Fa-f]*)"$')
_ERROR = re.compile(r"\+[A-Z]+: ERROR\(-?\d+\)$")
_VERSION = re.compile(r"\+VER: (\S.*)$")
_MODE = re.compile(r"\+MODE: ([A-Z]+)$")
_PREAMBLES, _POWER = "12,15", 5


class LoraE5(Spoken):
    """See `Family`."""

    name = "lora-e5"
    baud = 9600
    others: tuple[int, ...] = (115_200,)

    def __init__(self) -> None:
        super().__init__()
        self._signal: tuple[int, float, float] | None = None

    def check(self, channel: Channel) -> None:
        """See `Family`."""
        if channel.code_rate != "4/5":
            raise Unsupported(f"a LoRa-E5 hears 4/5 in its test mode, not {channel.code_rate}")

    def identify(self) -> Step:
        """See `Family`."""
        return Step(b"AT\r\n", answers(r"\+AT: OK"))

    def set_up(self, channel: Channel) -> Sequence[Step]:
        """See `Family`."""
        return (
            self.identify(),
            Step(b"AT+VER\r\n", answers(_VERSION.pattern), optional=True),
            Step(b"AT+MODE=TEST\r\n", answers(r"\+MODE: TEST")),
            *self.retune(channel),
        )

    def retune(self, channel: Channel) -> Sequence[Step]:
        """See `Family`."""
        net = "ON" if channel.public else "OFF"
        where = f"{channel.frequency / 1e6:.10g},SF{channel.spreading_factor},{channel.bandwidth // 1000}"
        config = f"AT+TEST=RFCFG,{where},{_PREAMBLES},{_POWER},ON,OFF,{net}\r\n"
        return (Step(config.encode(), answers(r"\+TEST: RFCFG.*")), *self.poll())

    def poll(self) -> Sequence[Step]:
        """See `Family`. To tell it once more to listen does no harm."""
        return (Step(b"AT+TEST=RXLRPKT\r\n", answers(r"\+TEST: RXLRPKT.*"), 2.0),)

    def read(self, line: str) -> Meaning:
        """See `Family`."""
        if found := _SIGNAL.search(line):
            self._signal = int(found[1]), float(found[2]), float(found[3])
            return None
        if found := _RX.search(line):
            return self._frame(found[1])
        if _ERROR.search(line):
            return Refusal(line)
        if found := _VERSION.search(line):
            self.firmware = found[1]
        elif (found := _MODE.search(line)) and found[1] != "TEST":
            return Restarted(found[0])
        elif not line.startswith(("+TEST:", "+AT:", "+MODE:", "+INFO:")):
            self.noise += 1
        return None

    def forget(self) -> None:
        """See `Family`."""
        super().forget()
        self._signal = None

    def _frame(self, text: str) -> Frame | None:
        """With the signal of the line before, if that is of the same frame; lost, it is a frame without."""
        signal, self._signal = self._signal, None
        phy = frame_bytes(text, None if signal is None else signal[0])
        if phy is None:
            self.noise += 1
            return None
        return Frame(phy, crc="ok") if signal is None else Frame(phy, signal[1], signal[2], "ok")
