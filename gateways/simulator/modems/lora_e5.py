"""A LoRa-E5 in its test mode: two lines a frame."""

from __future__ import annotations

from gateways.simulator.modems.modem import Air, Modem

VERSION = "4.0.11"
_OPTIONS = 9


class LoraE5Modem(Modem):
    """See `Modem`."""

    baud = 9600

    def __init__(self) -> None:
        super().__init__()
        self._testing = False

    def command(self, line: str) -> bytes:
        """See `Modem`."""
        match line.partition("=")[::2]:
            case "AT", "":
                return self.said("+AT: OK")
            case "AT+VER", "":
                return self.said(f"+VER: {VERSION}")
            case "AT+MODE", "TEST":
                self._testing, self.listening = True, False
                return self.said("+MODE: TEST")
            case "AT+TEST", value if self._testing:
                return self._test(value)
            case "AT+TEST", _:
                return self.said("+TEST: ERROR(-12)")
        return self.said("+AT: ERROR(-10)")

    def receive(self, air: Air) -> bytes:
        """See `Modem`."""
        if not self.listening:
            return b""
        signal = f"+TEST: LEN:{len(air.phy)}, RSSI:{air.rssi}, SNR:{air.snr}"
        return self.said(signal, f'+TEST: RX "{air.phy.hex().upper()}"')

    def reset(self) -> bytes:
        """See `Modem`. It comes back in LoRaWAN mode."""
        super().reset()
        self._testing = False
        return self.said("+MODE: LWABP")

    def _test(self, value: str) -> bytes:
        if value == "RXLRPKT":
            self.listening = True
            return self.said("+TEST: RXLRPKT")
        name, *options = value.split(",")
        if name != "RFCFG" or len(options) != _OPTIONS:
            return self.said("+TEST: ERROR(-1)")
        self.frequency, self.factor = round(float(options[0]) * 1e6), int(options[1].removeprefix("SF"))
        self.public, self.listening = options[8] == "ON", False
        return self.said(f"+TEST: RFCFG F:{self.frequency}, SF{self.factor}, BW125K, TXPR:12, RXPR:15, POW:5dBm")
