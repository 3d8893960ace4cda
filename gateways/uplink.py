"""The types that leave this package: what every way in turns its input into.

All times are integer nanoseconds since 1970-01-01T00:00:00Z (UTC); None where the input did not say.
The structs are shared between threads and never changed after they are made.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

COUNTERS = 1 << 32
"""Frame counters that there are."""

COUNTER_DIGITS = 10


class Cut(msgspec.Struct, frozen=True, gc=False):
    """What is known of a payload whose head alone was kept.

    Attributes:
        length: bytes.
        sha256: of all of it.
    """

    length: int
    sha256: bytes


class Event(msgspec.Struct, frozen=True, gc=False):
    """One thing received, exactly as it came: the unit of every count.

    Attributes:
        source: name of the configured broker, port or file that it came from.
        topic: MQTT topic, or the equivalent that the source gives.
        payload: the bytes as received.
        arrived_at: wall clock of this machine when the event was handed over.
        retained: the broker sent it from its memory, not because it just happened.
        cut: of an oversized payload of which only the head is left, what all of it was; None: the payload is whole.
    """

    source: str
    topic: str
    payload: bytes
    arrived_at: int
    retained: bool = False
    cut: Cut | None = None


class DeviceInfo(msgspec.Struct, frozen=True, gc=False):
    """What the network server knows of a device; tags are merged application < profile < device.

    The tags of a `txack` lack the application's.
    """

    dev_eui: str
    name: str = ""
    application_id: str = ""
    profile_id: str = ""
    profile_name: str = ""
    tags: dict[str, str] = {}


class Position(msgspec.Struct, frozen=True, gc=False):
    """A place on the earth, WGS 84, degrees and metres.

    Attributes:
        source: who says so: `UNKNOWN GPS CONFIG GEO_RESOLVER_TDOA GEO_RESOLVER_RSSI GEO_RESOLVER_GNSS
            GEO_RESOLVER_WIFI`, as ChirpStack spells them.
        accuracy: metres; 0 where nobody says.
    """

    latitude: float
    longitude: float
    altitude: float = 0.0
    source: str = "UNKNOWN"
    accuracy: float = 0.0


class RadioLink(msgspec.Struct, frozen=True, gc=False):
    """How one gateway heard the frame.

    Attributes:
        gateway: gateway id, 16 lower-case hex digits.
        rssi: dBm. Absent on the wire means 0.
        snr: dB; None where it was not measured (FSK) or not a number.
        ns_time: when the server got the frame from the gateway: the trustworthy bound of its arrival.
        gw_time: the gateway's own clock, unchecked; 0 where it says what no clock can.
        gps_time: the gateway's GPS clock as UTC (leap seconds taken off), unchecked.
        crc: `NO_CRC`, `BAD_CRC` or `CRC_OK`. The server accepts all three where the MIC is right.
        position: where the gateway is; None where nobody knows.
    """

    gateway: str
    rssi: float = 0.0
    snr: float | None = None
    ns_time: int | None = None
    gw_time: int | None = None
    gps_time: int | None = None
    crc: str = "NO_CRC"
    position: Position | None = None


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
            Not-a-number and infinity, which Protobuf can carry, stand there as null.
        code_rate: such as "4/5"; "" where the source does not say.
        bitrate: bit/s of an FSK frame; else 0.
        region: the network server's name of its radio plan, such as `as923_2`; "" where it does not say.
        relayed: a relay passed the frame on.
        encrypted: a join server keeps the AppSKey from the network server: `payload` is still encrypted.
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
    code_rate: str = ""
    bitrate: int = 0
    region: str = ""
    relayed: bool = False
    encrypted: bool = False


class Notice(msgspec.Struct, frozen=True, gc=False):
    """An event that carries no payload; as such one that is kept and counted, and says no more than this.

    Attributes:
        kind: the last level of the topic: `join ack txack log status location integration stats conn`, or an unknown
            one. What a gateway publishes under another kind's name (a raw frame) is `gateway_<kind>`.
        identity: what makes it unique within its kind; "" where the source gives nothing.
        time: the event's own time.
        device: None where the event is not about a device.
    """

    kind: str
    identity: str = ""
    time: int | None = None
    device: DeviceInfo | None = None


class Join(Notice, frozen=True, gc=False):
    """A join-accept was scheduled; that the device got it is not proven."""

    dev_addr: str = ""


class Ack(Notice, frozen=True, gc=False):
    """A confirmed downlink was acknowledged, or was not."""

    queue_item_id: str = ""
    acknowledged: bool = False
    f_cnt_down: int = 0


class TxAck(Notice, frozen=True, gc=False):
    """A gateway has sent a downlink."""

    queue_item_id: str = ""
    f_cnt_down: int = 0
    gateway: str = ""


class Log(Notice, frozen=True, gc=False):
    """Something that the network server has to say of a device.

    Attributes:
        level: `INFO WARNING ERROR`.
        code: such as `UPLINK_F_CNT_RESET`; one that we do not know is its number as text.
        context: with `deduplication_id` or `queue_item_id` for some codes.
    """

    level: str = ""
    code: str = ""
    description: str = ""
    context: dict[str, str] = {}

    @property
    def f_cnt_up(self) -> int | None:
        """The frame counter that its context names; None where that is none, of 32 bits."""
        text = self.context.get("f_cnt_up", "")
        # Whoever may publish may write a number of any length, which neither Python nor the journal's memory takes.
        f_cnt = int(text) if text.isdecimal() and len(text) <= COUNTER_DIGITS else COUNTERS
        return f_cnt if f_cnt < COUNTERS else None


class Status(Notice, frozen=True, gc=False):
    """A device's answer to DevStatusReq.

    Attributes:
        margin: dB, SNR of the last request above what the device needs.
        external_power: it runs on no battery.
        battery: per cent; None where it runs on external power or cannot say.
    """

    margin: int = 0
    external_power: bool = False
    battery: float | None = None


class Location(Notice, frozen=True, gc=False):
    """Where a device is; None where the event does not say."""

    position: Position | None = None


class GatewayStats(Notice, frozen=True, gc=False):
    """What a gateway counted since its last report.

    Attributes:
        gateway: 16 lower-case hex digits.
        received: frames from the radio, also those with a bad CRC.
        received_ok: those with a good CRC.
        to_send: downlinks that it was given.
        sent: those that went out.
        position: None where nobody knows.
    """

    gateway: str = ""
    received: int = 0
    received_ok: int = 0
    to_send: int = 0
    sent: int = 0
    position: Position | None = None


class GatewayConn(Notice, frozen=True, gc=False):
    """Whether a gateway is connected. The broker retains this message, and gives it again at each subscription."""

    gateway: str = ""
    online: bool = False


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
