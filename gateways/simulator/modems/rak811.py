"""A RAK811 with firmware 3: private networks only."""

from __future__ import annotations

from gateways.simulator.modems.modem import Air, Modem

VERSION = "V3.0.0.14.H"
_UNKNOWN, _WRONG_MODE, _WRONG_VALUE = 1, 2, 3


class Rak811Modem(Modem):
    """See `Modem`."""

    def __init__(self) -> None:
        super().__init__()
        self._p2p = False

    def command(self, line: str) -> bytes:  # noqa: PLR0911  (one answer a command)
        """See `Modem`."""
        if line == "at+version":
            return self.said(f"OK {VERSION}")
        name, _, value = line.partition("=")
        if name != "at+set_config":
            return self._error(_UNKNOWN)
        match value.split(":"):
            case ["lora", "work_mode", ("0" | "1") as mode]:
                self._p2p, self.listening = mode == "1", False
                return self.said("OK")
            case ["lorap2p", "transfer_mode", ("1" | "2") as mode] if self._p2p:
                self.listening = mode == "1"
                return self.said("OK")
            case ["lorap2p", *numbers] if self._p2p and len(numbers) == 6:  # noqa: PLR2004
                if not all(map(str.isdecimal, numbers)) or numbers[2] not in "012" or numbers[3] not in "1234":
                    return self._error(_WRONG_VALUE)
                self.frequency, self.factor = int(numbers[0]), int(numbers[1])
                return self.said("OK")
            case ["lorap2p", *_]:
                return self._error(_WRONG_MODE)
        return self._error(_WRONG_VALUE)

    def receive(self, air: Air) -> bytes:
        """See `Modem`."""
        if not self.listening:
            return b""
        return self.said(f"at+recv={air.rssi},{air.snr},{len(air.phy)}:{air.phy.hex().upper()}")

    def reset(self) -> bytes:
        """See `Modem`. It comes back in LoRaWAN mode, where it shows a downlink."""
        super().reset()
        self._p2p = False
        return self.said("at+recv=0,-105,-12,0")

    def _error(self, number: int) -> bytes:
        return self.said(f"ERROR: {number}")
