"""RNode (SX1276/78/1262 boards): KISS frames, for private LoRa only: its sync word is fixed.

Source: the published tables of the RNode firmware's host interface, version 1.86; no code of it. A frame stands between
two FEND bytes, with FEND and FESC in it escaped; its first byte is the command. Each setting is answered by the value
that the device has taken. Before a packet come its RSSI and SNR. In its normal mode the first byte of each packet on
air is the firmware's own header, which the device takes off, and two packets may be joined to one frame of up to 508.

The firmware sets the sync word of private networks, 0x12, and nothing can change that: an RNode does not hear LoRaWAN.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateways.serial.family import Refusal, Restarted, Spoken, Step, Unsupported, exactly
from gateways.serial.told import Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gateways.serial.family import Meaning
    from gateways.serial.told import Channel

FEND, FESC, TFEND, TFESC = 0xC0, 0xDB, 0xDC, 0xDD
LONGEST = 508
"""Bytes of a frame: two packets on air."""

DATA, FREQUENCY, BANDWIDTH, POWER, FACTOR, RATE, STATE, DETECT = 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x08
RSSI, SNR, VERSION, RESET, ERROR = 0x23, 0x24, 0x50, 0x55, 0x90
_ASK, _HERE = b"\x73", b"\x46"
_KNOWN = frozenset({*range(0x0D), 0x0E, 0x0F, *range(0x21, 0x2A), 0x30, 0x40, 0x47, 0x48, 0x49, 0x50, 0x51, 0x55, 0x90})
_ERRORS = {1: "the radio does not start", 2: "sending failed", 3: "its memory is locked", 4: "its queue is full",
           5: "its memory is low", 6: "its modem does not answer"}  # fmt: skip
_OFF = 157
_TOLERANCE = 100
"""Hz between a frequency and what the synthesiser makes of it."""

_UNIT = re.compile(r"[0-9A-F]{2} [0-9A-F]*")


class Rnode(Spoken):
    """See `Family`; a line is a command and its data in hexadecimal."""

    name = "rnode"

    def __init__(self) -> None:
        super().__init__()
        self._begun: bytearray | None = None
        self._rssi: float | None = None
        self._snr: float | None = None

    def check(self, channel: Channel) -> None:
        """See `Family`."""
        if channel.public:
            raise Unsupported("an RNode hears private networks only: its firmware has their sync word built in")

    def split(self, data: bytes) -> list[str]:
        """See `Family`. A frame that is too long is thrown away up to the next FEND."""
        found = []
        *ended, rest = data.split(bytes([FEND]))
        for part in ended:
            self._add(part)
            if self._begun:
                found += self._unescaped(bytes(self._begun))
            self._begun = bytearray()
        self._add(rest)
        return found

    def identify(self) -> Step:
        """See `Family`."""
        return Step(kiss(DETECT, _ASK), exactly("08 46"))

    def set_up(self, channel: Channel) -> Sequence[Step]:
        """See `Family`."""
        version = Step(kiss(VERSION, b"\0"), exactly("50 ([0-9A-F]{4})"), optional=True)
        return (self.identify(), version, *self.retune(channel))

    def retune(self, channel: Channel) -> Sequence[Step]:
        """See `Family`."""
        rate = int(channel.code_rate[-1])
        return (
            _told(STATE, b"\0"),
            Step(kiss(FREQUENCY, _u32(channel.frequency)), _about(channel.frequency)),
            _told(BANDWIDTH, _u32(channel.bandwidth)),
            Step(kiss(POWER, b"\x02"), exactly("03 [0-9A-F]{2}")),
            _told(FACTOR, bytes([channel.spreading_factor])),
            _told(RATE, bytes([rate])),
            _told(STATE, b"\1"),
        )

    def poll(self) -> Sequence[Step]:
        """See `Family`."""
        return (self.identify(),)

    def read(self, line: str) -> Meaning:
        """See `Family`."""
        command, data = int(line[:2], 16), bytes.fromhex(line[3:])
        if command == DATA:
            return self._frame(data)
        if command == ERROR:
            return Refusal(_ERRORS.get(data[0] if data else 0, "an unknown error"))
        if command == RESET:
            return Restarted("it was reset")
        if command == RSSI and len(data) == 1:
            self._rssi = float(data[0] - _OFF)
        elif command == SNR and len(data) == 1:
            self._snr = int.from_bytes(data, signed=True) / 4
        elif command == VERSION and len(data) == 2:  # noqa: PLR2004
            self.firmware = f"RNode {data[0]}.{data[1]}"
        else:
            self.noise += command not in _KNOWN
        return None

    def forget(self) -> None:
        """See `Family`."""
        self._begun = self._rssi = self._snr = None

    def _frame(self, data: bytes) -> Frame | None:
        rssi, snr = self._rssi, self._snr
        self._rssi = self._snr = None
        if not 0 < len(data) <= LONGEST:
            self.noise += 1
            return None
        return Frame(data, rssi, snr)

    def _add(self, part: bytes) -> None:
        """To the frame that has begun; before the first FEND there is none."""
        if self._begun is None:
            self.noise += bool(part)
        elif len(self._begun) + len(part) <= 2 * LONGEST + 2:
            self._begun += part
        else:
            self._begun = None
            self.noise += 1

    def _unescaped(self, raw: bytes) -> list[str]:
        found, escaped = bytearray(), False
        for byte in raw:
            if escaped:
                if byte not in (TFEND, TFESC):
                    self.noise += 1
                    return []
                found.append(FEND if byte == TFEND else FESC)
            elif byte != FESC:
                found.append(byte)
            escaped = byte == FESC and not escaped
        if escaped:
            self.noise += 1
            return []
        return [f"{found[0]:02X} {found[1:].hex().upper()}"]


def kiss(command: int, data: bytes) -> bytes:
    """A frame as it is sent."""
    body = bytes([command]) + data
    escaped = body.replace(bytes([FESC]), bytes([FESC, TFESC])).replace(bytes([FEND]), bytes([FESC, TFEND]))
    return bytes([FEND]) + escaped + bytes([FEND])


def _told(command: int, data: bytes) -> Step:
    return Step(kiss(command, data), exactly(f"{command:02X} {data.hex().upper()}"))


def _about(frequency: int) -> Callable[[str], str | None]:
    def good(line: str) -> str | None:
        taken = int(line[3:], 16) if line.startswith("01 ") and len(line) == 11 else 0  # noqa: PLR2004
        return line if abs(taken - frequency) <= _TOLERANCE else None

    return good


def _u32(value: int) -> bytes:
    return value.to_bytes(4)
