"""A RAK3172 with RUI3: its answers are `OK` and names of errors; a new mode restarts it."""

from __future__ import annotations

from gateways.simulator.modems.modem import Air, Modem

VERSION = "RUI_4.1.0_RAK3172-E"


class Rak3172Modem(Modem):
    """See `Modem`. `kilohertz`: an older firmware, which has the bandwidth in kHz and is deaf to the sync word."""

    def __init__(self, *, kilohertz: bool = False) -> None:
        super().__init__()
        self._kilohertz = kilohertz
        self._p2p = False

    def command(self, line: str) -> bytes:  # noqa: PLR0911  (one answer a command)
        """See `Modem`."""
        name, _, value = line.partition("=")
        match name, value:
            case "AT", "":
                return self._status("OK")
            case "AT+VER", "?":
                return self.said(f"AT+VER={VERSION}") + self._status("OK")
            case "AT+NWM", "0":
                if self._p2p:
                    return self._status("OK")
                self._p2p = True
                return self._status("OK") + self.reset()
            case "AT+PRECV", _:
                return self._status(self._receive(value))
            case (("AT+P2P" | "AT+SYNCWORD" | "AT+IQINVER"), _):
                return self._status(self._set(name, value))
        return self._status("AT_COMMAND_NOT_FOUND")

    def receive(self, air: Air) -> bytes:
        """See `Modem`."""
        if not self.listening:
            return b""
        return self.said("", f"+EVT:RXP2P:{air.rssi}:{air.snr}:{air.phy.hex().upper()}")

    def reset(self) -> bytes:
        """See `Modem`."""
        super().reset()
        mode = "LoRa P2P" if self._p2p else "LoRaWAN"
        return self.said("RAKwireless RAK3172-E Example", "-" * 54, f"Current Work Mode: {mode}.")

    def _status(self, text: str) -> bytes:
        return self.said("", text)

    def _receive(self, value: str) -> str:
        if not self._p2p:
            return "AT_MODE_NO_SUPPORT"
        if value == "0":
            self.listening = False
            return "OK"
        if self.listening:
            return "AT_BUSY_ERROR"
        if value != "65534":
            return "AT_PARAM_ERROR"
        self.listening = True
        return "OK"

    def _set(self, name: str, value: str) -> str:
        if not self._p2p:
            return "AT_MODE_NO_SUPPORT"
        if self.listening:
            return "AT_BUSY_ERROR"
        if name == "AT+SYNCWORD":
            if self._kilohertz:
                return "AT_COMMAND_NOT_FOUND"
            self.public = value == "3444"
            return "OK" if value in ("3444", "1424") else "AT_PARAM_ERROR"
        if name == "AT+P2P":
            return self._p2p_values(value)
        return "OK"

    def _p2p_values(self, value: str) -> str:
        numbers = value.split(":")
        widths = ("125", "250", "500") if self._kilohertz else ("0", "1", "2")
        if len(numbers) != 6 or not all(map(str.isdecimal, numbers)) or numbers[2] not in widths:  # noqa: PLR2004
            return "AT_PARAM_ERROR"
        self.frequency, self.factor = int(numbers[0]), int(numbers[1])
        return "OK"
