"""The frames of Arwin Technology: which port holds what. Also sold by RAKwireless under the same numbers.

Source: Arwin Technology LRS payload; the maker's decoders in TheThingsNetwork/lorawan-devices, vendor/arwin-technology.
FPort 10 measurements (11 more of them), 8 firmware version, 12 settings, 13 thresholds; most significant byte first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import Decoded, UnknownMessage, WrongLength

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from decoders.base import Reading

DATA, MORE = 10, 11
ABOUT = (8, 12, 13)
"""Ports of version, settings and thresholds, which hold no measurement."""

Layout = tuple[int, "Callable[[bytes], tuple[Reading, ...]]"]
"""How many bytes, and how they are read."""


def reader(layouts: Mapping[int, Layout], kind: int | None = None) -> Callable[[bytes, int], Decoded]:
    """The `decode` of a model with these layouts, by port; `kind` is the first byte of every measurement."""

    def decode(payload: bytes, f_port: int) -> Decoded:
        layout = layouts.get(f_port)
        if layout is None:
            return Decoded(())
        length, read = layout
        if len(payload) != length:
            raise WrongLength(f"{len(payload)} bytes; FPort {f_port} has {length}")
        if kind is not None and payload[0] != kind:
            raise UnknownMessage(f"sensor type {payload[0]}; this model is {kind}")
        return Decoded(read(payload))

    return decode
