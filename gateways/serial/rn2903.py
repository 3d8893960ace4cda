"""Microchip RN2903 and RN2483 (SX1276), such as the LoStik: commands in ASCII, one packet for each `radio rx`.

Source: Microchip's command references DS40001811 (RN2903) and DS40001784 (RN2483), and LoStik's examples (MIT).
The LoRaWAN stack of the module is paused: radio commands are refused while it runs. After each packet the module stops
listening until it is told again; RSSI and SNR of the packet have to be asked for. Its watchdog ends a reception without
packet by `radio_err`: so it says every minute that it lives. No checksum guards the line; a frame's own MIC does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateways.serial.family import Ended, Refusal, Restarted, Spoken, Step, Unsupported, answers, exactly, frame_bytes
from gateways.serial.told import Frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateways.serial.family import Meaning
    from gateways.serial.told import Channel

WATCHDOG = 60_000
"""Milliseconds after which the module ends a reception without packet."""

_MHZ = 1_000_000
_PUBLIC, _PRIVATE = "34", "12"
_ERRORS = frozenset({"invalid_param", "busy", "err", "not_joined"})
_RX = re.compile(r"radio_rx {2}([0-9A-Fa-f]*)$")
_BANNER = re.compile(r"(RN2\w+ \d+\.\d+\.\d+.*)$")
_number = exactly(r"(-?\d{1,4}(?:\.\d+)?)")


class Rn2903(Spoken):
    """The RN2903, which hears 902 to 928 MHz; see `Family`."""

    name = "rn2903"
    baud = 57_600
    silence = WATCHDOG / 1000 + 15
    _bands: tuple[tuple[int, int], ...] = ((902 * _MHZ, 928 * _MHZ),)

    def check(self, channel: Channel) -> None:
        """See `Family`."""
        if not any(low <= channel.frequency <= high for low, high in self._bands):
            bands = " and ".join(f"{low / _MHZ:g} to {high / _MHZ:g} MHz" for low, high in self._bands)
            raise Unsupported(f"an {self.name.upper()} hears {bands}, not {channel.frequency / _MHZ:g} MHz")
        if channel.spreading_factor < 7:  # noqa: PLR2004  (the SX1276 has SF6 with implicit headers only)
            raise Unsupported(f"an {self.name.upper()} hears SF7 to SF12, not SF{channel.spreading_factor}")

    def identify(self) -> Step:
        """See `Family`."""
        return Step(b"sys get ver\r\n", answers(rf"{self.name.upper()}\S* \d+\.\d+\.\d+.*"))

    def set_up(self, channel: Channel) -> Sequence[Step]:
        """See `Family`."""
        stop = Step(b"radio rxstop\r\n", answers(r"ok|invalid_param|busy|err"), optional=True)
        pause = Step(b"mac pause\r\n", exactly(r"\d+"))
        fixed = (b"mod lora", b"crc on", b"iqi off", b"prlen 8", b"wdt %d" % WATCHDOG)
        return (
            stop, self.identify(), pause, *(_set(one) for one in fixed), *_channel(channel), _RECEIVE,
        )  # fmt: skip

    def retune(self, channel: Channel) -> Sequence[Step]:
        """See `Family`."""
        return (Step(b"radio rxstop\r\n", answers("ok")), *_channel(channel), _RECEIVE)

    def after(self) -> Sequence[Step]:
        """See `Family`. Which of the two commands for the RSSI it knows depends on the firmware."""
        return (
            Step(b"radio get snr\r\n", _number, 0.5, optional=True, fills="snr"),
            Step(b"radio get pktrssi\r\n", _number, 0.5, optional=True, fills="rssi"),
            Step(b"radio get rssi\r\n", _number, 0.5, optional=True, fills="rssi"),
            _RECEIVE,
        )

    def rearm(self) -> Sequence[Step]:
        """See `Family`."""
        return (_RECEIVE,)

    def poll(self) -> Sequence[Step]:
        """Nothing: its watchdog would have barked."""
        return ()

    def read(self, line: str) -> Meaning:
        """See `Family`."""
        if found := _RX.search(line):
            phy = frame_bytes(found[1])
            self.noise += phy is None
            return Ended() if phy is None else Frame(phy, crc="ok")
        if line.endswith("radio_err"):
            return Ended()
        if line in _ERRORS:
            return Refusal(line)
        if found := _BANNER.search(line):
            self.firmware = found[1]
            return Restarted(line)
        if line == "ok":
            return None
        self.noise += 1
        return Ended()  # it may have been a packet, after which the module waits to be told again


class Rn2483(Rn2903):
    """The RN2483, for the bands of Europe: it cannot hear Việt Nam's."""

    name = "rn2483"
    _bands = ((433_050_000, 434_790_000), (863 * _MHZ, 870 * _MHZ))


_RECEIVE = Step(b"radio rx 0\r\n", answers("ok|busy"))
"""`busy`: it listens already, and the answer to the command before this one was lost."""


def _set(what: bytes) -> Step:
    return Step(b"radio set " + what + b"\r\n", answers("ok"))


def _channel(channel: Channel) -> tuple[Step, ...]:
    sync = _PUBLIC if channel.public else _PRIVATE
    values = (
        f"freq {channel.frequency}", f"sf sf{channel.spreading_factor}", f"bw {channel.bandwidth // 1000}",
        f"cr {channel.code_rate}", f"sync {sync}",
    )  # fmt: skip
    return tuple(_set(value.encode()) for value in values)
