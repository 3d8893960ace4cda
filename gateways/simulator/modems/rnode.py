"""A RNode: frames between FEND bytes, each setting answered by its value; private networks only."""

from __future__ import annotations

from gateways.simulator.modems.modem import Air, Modem

_FEND, _FESC = 0xC0, 0xDB
_ESCAPED = {0xDC: 0xC0, 0xDD: 0xDB}
_FREQUENCY, _FACTOR, _STATE, _DETECT, _VERSION = 0x01, 0x04, 0x06, 0x08, 0x50
_SETTINGS = frozenset({_FREQUENCY, 0x02, 0x03, _FACTOR, 0x05})


class RnodeModem(Modem):
    """See `Modem`."""

    def __init__(self) -> None:
        super().__init__()
        self._frame: list[int] | None = None

    def take(self, data: bytes) -> bytes:
        """See `Modem`."""
        answer = b""
        for byte in data:
            if byte == _FEND:
                if self._frame:
                    answer += self._done(self._frame)
                self._frame = []
            elif self._frame is not None:
                self._frame.append(byte)
        return answer

    def receive(self, air: Air) -> bytes:
        """See `Modem`."""
        if not self.listening:
            return b""
        signal = _framed(0x23, bytes([air.rssi + 157])) + _framed(0x24, (air.snr * 4).to_bytes(1, signed=True))
        return signal + _framed(0x00, air.phy)

    def reset(self) -> bytes:
        """See `Modem`."""
        super().reset()
        self._frame = None
        return _framed(0x55, b"\xf8")

    def _done(self, escaped: list[int]) -> bytes:
        rest = iter(escaped)
        body = [_ESCAPED.get(next(rest, 0), 0) if byte == _FESC else byte for byte in rest]
        command, value = body[0], bytes(body[1:])
        self.commands.append(f"{command:02x} {value.hex()}")
        if command == _DETECT and value == b"\x73":
            return _framed(_DETECT, b"\x46")
        if command == _VERSION:
            return _framed(_VERSION, bytes([1, 86]))
        if command == _STATE:
            self.listening = value == b"\1"
            return _framed(command, value)
        if command not in _SETTINGS:
            return b""
        return _framed(command, self._set(command, value))

    def _set(self, command: int, value: bytes) -> bytes:
        """The value that it takes: its synthesiser has steps of 61 Hz."""
        if command == _FACTOR:
            self.factor = value[0]
        if command != _FREQUENCY:
            return value
        self.frequency = int.from_bytes(value)
        step = 32e6 / 2**19
        return round(round(self.frequency / step) * step).to_bytes(4)


def _framed(command: int, value: bytes) -> bytes:
    out = [_FEND, command]
    for byte in value:
        out += {0xC0: [_FESC, 0xDC], 0xDB: [_FESC, 0xDD]}.get(byte, [byte])
    return bytes([*out, _FEND])
