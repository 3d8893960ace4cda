"""A board with a sketch that speaks citylora's line protocol, as docs/serial.md has it."""

from __future__ import annotations

import binascii

from gateways.simulator.modems.modem import Air, Modem

FIRMWARE = "sim 1.0"


class SketchModem(Modem):
    """See `Modem`."""

    end = b"\n"

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._width = 125_000

    def command(self, line: str) -> bytes:
        """See `Modem`."""
        body, _, check = line.partition("*")
        if not body.startswith("$") or check != _check(body[1:]):
            return self._line_of("NO,LINE,damaged")
        match body[1:].split(","):
            case ["HELLO"]:
                return self._line_of(f"HELLO,1,{FIRMWARE}")
            case ["TUNE", frequency, factor, width, "5" | "6" | "7" | "8", ("12" | "34") as sync]:
                self.frequency, self.factor, self._width = int(frequency), int(factor), int(width)
                self.public, self.listening = sync == "34", True
                return self._line_of("OK,TUNE")
        return self._line_of("NO,LINE,unknown")

    def receive(self, air: Air) -> bytes:
        """See `Modem`."""
        if not self.listening:
            return b""
        self._count = (self._count + 1) % 65_536
        where = f"{self.frequency},{self.factor},{self._width}"
        return self._line_of(f"RX,{self._count},{where},{air.rssi},{air.snr}.25,ok,{air.phy.hex().upper()}")

    def reset(self) -> bytes:
        """See `Modem`."""
        super().reset()
        self._count = 0
        return self._line_of(f"HELLO,1,{FIRMWARE}")

    def _line_of(self, body: str) -> bytes:
        return self.said(f"${body}*{_check(body)}")


def _check(body: str) -> str:
    return f"{binascii.crc_hqx(body.encode('ascii', 'replace'), 0xFFFF):04X}"
