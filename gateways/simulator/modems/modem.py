"""What the simulated modems have in common: commands come in lines, and a radio that listens or does not."""

from __future__ import annotations

from typing import NamedTuple


class Air(NamedTuple):
    """A frame on the air, as the modem's radio receives it."""

    phy: bytes
    rssi: int = -93
    snr: int = 6


class Modem:
    """A modem. Its answers are what its maker documents; what is documented nowhere it does not do.

    Attributes:
        baud: the speed at which it can be understood.
        listening: its radio is receiving.
        frequency: Hz.
        factor: spreading factor.
        public: it hears LoRaWAN's sync word.
        commands: what it was told, in lines.
    """

    baud = 115_200
    end = b"\r\n"

    def __init__(self) -> None:
        self.listening = self.public = False
        self.frequency = self.factor = 0
        self.commands: list[str] = []
        self._line = bytearray()

    def take(self, data: bytes) -> bytes:
        """What it answers to what it is sent."""
        answer = b""
        for byte in data:
            if byte in b"\r\n":
                line, self._line = self._line.decode("ascii", "replace"), bytearray()
                if line:
                    self.commands.append(line)
                    answer += self.command(line)
            else:
                self._line.append(byte)
        return answer

    def command(self, line: str) -> bytes:
        """The answer to a command."""
        raise NotImplementedError

    def receive(self, air: Air) -> bytes:
        """What it says of a frame; nothing where it does not listen."""
        raise NotImplementedError

    def reset(self) -> bytes:
        """It begins anew; what it says then."""
        self.listening = False
        self._line.clear()
        return b""

    def said(self, *lines: str) -> bytes:
        """Lines as it ends them."""
        return b"".join(line.encode() + self.end for line in lines)
