"""MQTT control packets cut out of a byte stream, as far as the proxy must understand them (MQTT 3.1.1, section 2)."""

from collections.abc import Iterator
from typing import NamedTuple

_PUBLISH = 3
_PUBACK = 4
_MORE = 0x80


class Frame(NamedTuple):
    """One control packet: all of its bytes, and where its variable header begins."""

    data: bytes
    body: int

    @property
    def publish_id(self) -> int | None:
        """The packet identifier of a PUBLISH with QoS 1; None of any other packet."""
        if self.data[0] >> 4 != _PUBLISH or self.data[0] >> 1 & 0b11 != 1:
            return None
        topic = int.from_bytes(self.data[self.body : self.body + 2])
        return self._identifier(self.body + 2 + topic)

    @property
    def puback_id(self) -> int | None:
        """The packet identifier of a PUBACK; None of any other packet."""
        return self._identifier(self.body) if self.data[0] >> 4 == _PUBACK else None

    def _identifier(self, at: int) -> int:
        return int.from_bytes(self.data[at : at + 2])


class Frames:
    """Bytes in, whole control packets out."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Frame]:
        """The packets that are complete with `data`; the rest waits for more."""
        self._buffer += data
        start = 0
        while (size := _size(self._buffer, start)) is not None:
            body, length = size
            if body + length > len(self._buffer):
                break
            yield Frame(bytes(self._buffer[start : body + length]), body - start)
            start = body + length
        del self._buffer[:start]


def _size(buffer: bytearray, start: int) -> tuple[int, int] | None:
    """Where the packet at `start` has its variable header, and the remaining length; None while that is incomplete."""
    length = 0
    for index, byte in enumerate(buffer[start + 1 : start + 5]):
        length |= (byte & ~_MORE) << 7 * index
        if not byte & _MORE:
            return start + 2 + index, length
    return None
