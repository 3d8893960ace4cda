"""A RN2903 with firmware 1.0.5, as of the LoStik: it listens for one packet, and has to be asked for its RSSI."""

from __future__ import annotations

from gateways.simulator.modems.modem import Air, Modem

BANNER = "RN2903 1.0.5 Nov 06 2018 10:45:27"
PAUSED = "4294967245"
_LOWEST, _HIGHEST = 902_000_000, 928_000_000
_CHOICES = {
    "mod": ("lora", "fsk"),
    "bw": ("125", "250", "500"),
    "cr": ("4/5", "4/6", "4/7", "4/8"),
    "crc": ("on", "off"),
    "iqi": ("on", "off"),
    "sync": ("34", "12"),
    "sf": ("sf7", "sf8", "sf9", "sf10", "sf11", "sf12"),
}


class Rn2903Modem(Modem):
    """See `Modem`."""

    baud = 57_600

    def __init__(self) -> None:
        super().__init__()
        self._paused = False
        self._last = Air(b"")

    def command(self, line: str) -> bytes:
        """See `Modem`."""
        match line.split(" "):
            case ["sys", "get", "ver"]:
                return self.said(BANNER)
            case ["sys", "reset"]:
                return self.reset()
            case ["mac", "pause"]:
                self._paused = True
                return self.said(PAUSED)
            case ["radio", *rest] if self._paused:
                return self.said(self._radio(rest))
        return self.said("invalid_param")

    def receive(self, air: Air) -> bytes:
        """See `Modem`."""
        if not self.listening:
            return b""
        self.listening, self._last = False, air
        return self.said(f"radio_rx  {air.phy.hex().upper()}")

    def watchdog(self) -> bytes:
        """Nothing came for its time."""
        self.listening = False
        return self.said("radio_err")

    def reset(self) -> bytes:
        """See `Modem`."""
        super().reset()
        self._paused = False
        return self.said(BANNER)

    def _radio(self, words: list[str]) -> str:  # noqa: PLR0911  (one answer a command)
        match words:
            case ["rxstop"]:
                self.listening = False
                return "ok"
            case ["rx", "0"]:
                if self.listening:
                    return "busy"
                self.listening = True
                return "ok"
            case ["get", "snr"]:
                return str(self._last.snr)
            case ["get", "rssi"]:
                return str(self._last.rssi)
            case ["set", what, value]:
                return "ok" if self._set(what, value) else "invalid_param"
        return "invalid_param"

    def _set(self, what: str, value: str) -> bool:
        if what == "freq":
            good = value.isdecimal() and _LOWEST <= int(value) <= _HIGHEST
            self.frequency = int(value) if good else self.frequency
            return good
        if what in ("wdt", "prlen", "pwr"):
            return value.isdecimal()
        if value not in _CHOICES.get(what, ()):
            return False
        if what == "sf":
            self.factor = int(value[2:])
        if what == "sync":
            self.public = value == "34"
        return True
