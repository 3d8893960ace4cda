"""Our own line protocol, for a sketch on any board with an SX127x; docs/serial.md describes it for who writes one.

A line is `$BODY*CCCC` and LF: ASCII, and the CRC-16 of the body (CCITT-FALSE: polynomial 0x1021, from 0xFFFF) as four
hexadecimal digits. From the modem:

    HELLO,<protocol>,<firmware>               after a reset, and as the answer to HELLO
    RX,<count>,<Hz>,<SF>,<Hz width>,<rssi>,<snr>,<ok|bad|none>,<hex>
    OK,<command> | NO,<command>,<why>
    ALIVE,<count>                             every 20 s

`count` goes up by one for each RX and wraps at 65536, so frames lost on the line are known to be. To the modem:

    HELLO                                     who are you
    TUNE,<Hz>,<SF>,<Hz width>,<5 to 8>,<12|34>    listen there: denominator of the code rate, sync word
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from gateways.lorawan.airtime import BANDWIDTHS, FACTORS
from gateways.serial.family import Refusal, Restarted, Spoken, Step, exactly, frame_bytes
from gateways.serial.told import Frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateways.serial.family import Meaning
    from gateways.serial.told import Channel

PROTOCOL = 1
_WRAPS = 1 << 16
_LINE = re.compile(r"\$([A-Z]+(?:,[^*$]*)?)\*([0-9A-Fa-f]{4})$")
_RX = re.compile(
    r"RX,(\d{1,5}),(\d{1,10}),(\d{1,2}),(\d{1,7}),(-?\d{1,4}(?:\.\d)?),(-?\d{1,3}(?:\.\d{1,2})?),(ok|bad|none),"
    r"([0-9A-Fa-f]+)"
)
_CRC: dict[str, Literal["ok", "bad", "none"]] = {"ok": "ok", "bad": "bad", "none": "none"}


class Sketch(Spoken):
    """See `Family`.

    Attributes:
        lost: frames that the modem has counted and the line has not brought.
    """

    name = "sketch"
    silence = 45.0

    def __init__(self) -> None:
        super().__init__()
        self.lost = 0
        self._count: int | None = None
        self._channel: Channel | None = None

    def split(self, data: bytes) -> list[str]:
        """See `Family`. What is damaged is no line."""
        bodies = [_body(line) for line in super().split(data)]
        self.noise += bodies.count(None)
        return [body for body in bodies if body is not None]

    def identify(self) -> Step:
        """See `Family`."""
        return Step(signed("HELLO"), exactly(rf"HELLO,{PROTOCOL},.*"))

    def set_up(self, channel: Channel) -> Sequence[Step]:
        """See `Family`."""
        return (self.identify(), *self.retune(channel))

    def retune(self, channel: Channel) -> Sequence[Step]:
        """See `Family`."""
        self._channel = channel
        sync, rate = "34" if channel.public else "12", channel.code_rate[-1]
        tune = f"TUNE,{channel.frequency},{channel.spreading_factor},{channel.bandwidth},{rate},{sync}"
        return (Step(signed(tune), exactly("OK,TUNE"), 2.0),)

    def poll(self) -> Sequence[Step]:
        """Nothing: it says every 20 s that it lives."""
        return ()

    def read(self, line: str) -> Meaning:
        """See `Family`."""
        if found := _RX.fullmatch(line):
            return self._frame(found)
        if line.startswith("NO,"):
            return Refusal(line)
        if line.startswith("HELLO,"):
            self.firmware = line.split(",", 2)[2] if line.count(",") > 1 else line
            self._count = None
            return Restarted(line)
        self.noise += not line.startswith(("OK,", "ALIVE,"))
        return None

    def forget(self) -> None:
        """See `Family`."""
        super().forget()
        self._count = None

    def _frame(self, found: re.Match[str]) -> Frame | None:
        count, rssi, snr, crc, text = int(found[1]), float(found[5]), float(found[6]), found[7], found[8]
        frequency, factor, width = int(found[2]), int(found[3]), int(found[4])
        phy = frame_bytes(text)
        if phy is None or count >= _WRAPS or factor not in FACTORS or width not in BANDWIDTHS:
            self.noise += 1
            return None
        if self._count is not None:
            self.lost += (count - self._count - 1) % _WRAPS
        self._count = count
        channel = self._channel and self._channel._replace(
            frequency=frequency, spreading_factor=factor, bandwidth=width
        )
        return Frame(phy, rssi, snr, _CRC[crc], channel)


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE: of `123456789` it is 0x29B1."""
    value = 0xFFFF
    for byte in data:
        value = (value << 8) & 0xFFFF ^ _TABLE[value >> 8 ^ byte]
    return value


def signed(body: str) -> bytes:
    """A line as it is sent."""
    raw = body.encode("ascii")
    return b"$%s*%04X\n" % (raw, crc16(raw))


def _body(line: str) -> str | None:
    found = _LINE.search(line)
    if found is None or crc16(found[1].encode("ascii", "replace")) != int(found[2], 16):
        return None
    return found[1]


def _row(byte: int) -> int:
    value = byte << 8
    for _ in range(8):
        value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value


_TABLE = tuple(map(_row, range(256)))
