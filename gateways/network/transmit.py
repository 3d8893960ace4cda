"""The seam to a modem that can send at a given time, which a join-accept needs. Sending anything else is not ours.

A device listens for the answer to its join-request 5 s after it, for some milliseconds, on the same channel; and once
more a second later on the plan's second one. A concentrator behind a packet forwarder can be told "at that microsecond
of your clock" (`gateways.semtech_udp`). A modem at a serial port is a receiver here: what its line and its firmware
take until a frame is on air is documented by no maker, and the 5 s must be met within the device's few symbols.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gateways.reception import Reception

JOIN_ACCEPT_DELAY = 5_000_000
"""Microseconds from the end of a join-request to its answer (JOIN_ACCEPT_DELAY1; RP002, every region)."""


class Transmitter(Protocol):
    """Whatever can answer a frame that it has received; of any thread."""

    def ready(self, heard: Reception) -> bool:
        """Whether `answer` could send now.

        Asked before anything is written: a join that nobody answers costs a DevNonce and the older session.
        """

    def answer(self, heard: Reception, phy: bytes, delay: int) -> bool:
        """Send `phy`, `delay` us after the end of what was heard, on its channel and data rate, as downlinks are sent.

        Returns:
            Whether the receiver was told to in time; that the frame went out is another matter.
        """
