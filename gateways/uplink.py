"""The types that leave this package: what every way in turns its input into.

All times are integer nanoseconds since 1970-01-01T00:00:00Z (UTC); None where the input did not say.
The structs are shared between threads and never changed after they are made.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec


class Event(msgspec.Struct, frozen=True, gc=False):
    """One thing received, exactly as it came: the unit of every count.

    Attributes:
        source: name of the configured broker, port or file that it came from.
        topic: MQTT topic, or the equivalent that the source gives.
        payload: the bytes as received.
        arrived_at: wall clock of this machine when the event was handed over.
        retained: the broker sent it from its memory, not because it just happened.
    """

    source: str
    topic: str
    payload: bytes
    arrived_at: int
    retained: bool = False


class DeviceInfo(msgspec.Struct, frozen=True, gc=False):
    """What the network server knows of a device; tags are merged application < profile < device."""

    dev_eui: str
    name: str = ""
    application_id: str = ""
    profile_id: str = ""
    profile_name: str = ""
    tags: dict[str, str] = {}


class RadioLink(msgspec.Struct, frozen=True, gc=False):
    """How one gateway heard the frame.

    Attributes:
        gateway: gateway id, 16 lower-case hex digits.
        rssi: dBm. Absent on the wire means 0.
        snr: dB; None where it was not measured (FSK) or not a number.
        ns_time: when the server got the frame from the gateway: the trustworthy bound of its arrival.
        gw_time: the gateway's own clock, unchecked.
        gps_time: the gateway's GPS clock as UTC (leap seconds taken off), unchecked.
    """

    gateway: str
    rssi: float = 0.0
    snr: float | None = None
    ns_time: int | None = None
    gw_time: int | None = None
    gps_time: int | None = None


class Uplink(msgspec.Struct, frozen=True, gc=False):
    """The event that carries a device's payload, decrypted, with its radio metadata.

    Attributes:
        identity: what the source says makes this event unique; "" where it said nothing.
        time: the event's own time. Never used as the time of a measurement (it may be an unchecked GPS).
        dev_addr: 8 lower-case hex digits.
        f_cnt: the full 32-bit frame counter.
        f_port: 0 stands for port 0 and for "no port": the network server does not tell them apart.
        links: every reception, in no meaningful order; the same gateway may stand there twice.
        frequency: Hz.
        spreading_factor: 0 where the modulation is not LoRa.
        bandwidth: Hz.
        object: what the network server's own codec made of the payload, as JSON text; b"" where there is none.
    """

    identity: str
    device: DeviceInfo
    dev_addr: str
    f_cnt: int
    f_port: int
    payload: bytes
    time: int | None = None
    links: tuple[RadioLink, ...] = ()
    dr: int = 0
    adr: bool = False
    confirmed: bool = False
    frequency: int = 0
    spreading_factor: int = 0
    bandwidth: int = 0
    object: bytes = b""


class Notice(msgspec.Struct, frozen=True, gc=False):
    """An event that carries no payload: join, ack, txack, log, status, location, gateway stats, or an unknown kind.

    Attributes:
        kind: the last level of the topic.
        identity: what makes it unique within its kind; "" where the source gives nothing.
        dev_eui: 16 lower-case hex digits; "" where the event is not about a device.
        time: the event's own time.
    """

    kind: str
    identity: str = ""
    dev_eui: str = ""
    time: int | None = None


Message: TypeAlias = Uplink | Notice
"""What an event says, once it is understood."""


class MalformedEvent(Exception):  # noqa: N818  (it names the event, as the ledger does)
    """The bytes are no event of this source.

    Attributes:
        reason: one of a few fixed words, for counting.
        detail: one line for a person.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
