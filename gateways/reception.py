"""A frame as a radio has heard it, before anybody knows whose it is: what modems and packet forwarders give."""

from __future__ import annotations

from typing import Literal

import msgspec


class Reception(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One frame, once heard; None where the radio does not say.

    Attributes:
        source: name of the configured serial port or UDP listener.
        gateway: id of the receiver, 16 lower-case hex digits: a packet forwarder's own, a modem's as configured.
        phy: the frame as it was on air: a LoRaWAN PHYPayload, or somebody else's bytes.
        at: wall clock of this machine when it was complete here, ns UTC.
        gps_at: the receiver's own time of reception, ns UTC.
        frequency: Hz.
        bandwidth: Hz.
        code_rate: `4/5`.
        bit_rate: of FSK, bit/s; LoRa has a spreading factor instead.
        rssi: dBm.
        snr: dB.
        crc: of the radio's frame; `none` where it had none or the radio does not tell.
    """

    source: str
    gateway: str
    phy: bytes
    at: int
    gps_at: int | None = None
    frequency: int | None = None
    spreading_factor: int | None = None
    bandwidth: int | None = None
    code_rate: str | None = None
    bit_rate: int | None = None
    rssi: float | None = None
    snr: float | None = None
    channel: int | None = None
    crc: Literal["ok", "bad", "none"] = "none"
