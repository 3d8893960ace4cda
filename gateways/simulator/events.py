"""What happens in the city, as a ChirpStack server knows it, before it is put into words: one type for each kind.

`json_text` and `protobuf` say the same events in the server's two encodings; neither knows how they came about.
All times are integer nanoseconds since 1970-01-01T00:00:00Z. Identities are UUIDs as ASCII text.
"""

from __future__ import annotations

from enum import Enum
from hashlib import blake2b
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SECOND = 1_000_000_000
REGION = "as923_2"
FSK = 0
"""The spreading factor of a frame that is not LoRa: FSK at 50 kbit/s."""

CRC_OK, BAD_CRC, NO_CRC = "CRC_OK", "BAD_CRC", "NO_CRC"


class Clock(Enum):
    """What a gateway knows of the time."""

    NONE = "none"
    UTC = "utc"
    GPS = "gps"


class Gateway(msgspec.Struct, frozen=True, gc=False):
    """A gateway of the city: where it stands and what it adds to a reception."""

    gateway_id: str
    latitude: float
    longitude: float
    altitude: float
    clock: Clock
    metadata: Mapping[str, str]


class Reception(msgspec.Struct, frozen=True, gc=False):
    """How well one gateway usually hears one device: dBm, and dB in steps of 0.25."""

    gateway: Gateway
    rssi: int
    snr: float


class Identity(msgspec.Struct, frozen=True, gc=False):
    """What the server knows of a device and repeats in each of its events."""

    dev_eui: str
    name: str
    profile: str
    tenant: str
    application: str
    tags: Mapping[str, str]


class Heard(msgspec.Struct, frozen=True, gc=False):
    """One reception of one frame.

    Attributes:
        link: which of the device's receptions it is.
        at: when the frame came in, as the gateway's clock has it; a gateway without one says nothing of it.
        ns_time: when the server had it from the gateway.
        snr: dB, also not a number; None where it is not measured.
        context: of the concentrator, as a number of 32 bits.
    """

    link: int
    uplink_id: int
    at: int
    ns_time: int
    rssi: int
    snr: float | None
    channel: int
    context: int
    crc: str = CRC_OK


class Up(msgspec.Struct, frozen=True, gc=False):
    """An uplink. `values` is what the profile's codec says; None where it has no codec, or where that failed."""

    kind: ClassVar[str] = "up"
    identity: bytes
    time: int
    dev_addr: int
    f_cnt: int
    f_port: int
    payload: bytes
    values: Mapping[str, float] | None
    receptions: Sequence[Heard]
    frequency: int
    dr: int
    spreading_factor: int
    adr: bool
    confirmed: bool = False


class Join(msgspec.Struct, frozen=True, gc=False):
    """A join-accept goes out, before the device has proved anything."""

    kind: ClassVar[str] = "join"
    identity: bytes
    time: int
    dev_addr: int


class Status(msgspec.Struct, frozen=True, gc=False):
    """A device's answer to DevStatusReq; `battery` as LoRaWAN has it: 0 mains, 1 to 254, 255 cannot say."""

    kind: ClassVar[str] = "status"
    identity: bytes
    time: int
    margin: int
    battery: int


class Ack(msgspec.Struct, frozen=True, gc=False):
    """A confirmed downlink was acknowledged, or was not."""

    kind: ClassVar[str] = "ack"
    identity: bytes
    time: int
    queue_item: bytes
    acknowledged: bool
    f_cnt_down: int


class TxAck(msgspec.Struct, frozen=True, gc=False):
    """A gateway has sent a downlink."""

    kind: ClassVar[str] = "txack"
    downlink_id: int
    time: int
    queue_item: bytes
    f_cnt_down: int
    gateway_id: str
    frequency: int
    spreading_factor: int
    context: int


class Log(msgspec.Struct, frozen=True, gc=False):
    """Something that the server has to say of a device."""

    kind: ClassVar[str] = "log"
    time: int
    level: str
    code: str
    description: str
    context: Mapping[str, str]


class Location(msgspec.Struct, frozen=True, gc=False):
    """Where a resolver believes a device to be: degrees, metres."""

    kind: ClassVar[str] = "location"
    identity: bytes
    time: int
    latitude: float
    longitude: float
    source: str
    accuracy: float


class Stats(msgspec.Struct, frozen=True, gc=False):
    """What a gateway counted since its last report.

    Attributes:
        received: frames, also those with a bad CRC or none; `received_ok` those with a good one.
        frequencies: `received_ok` by Hz; `spreading_factors` the same by spreading factor.
        to_send: downlinks that it was given; `statuses` what became of them, by ChirpStack's word for it.
    """

    kind: ClassVar[str] = "stats"
    gateway: Gateway
    time: int
    received: int
    received_ok: int
    frequencies: Mapping[int, int]
    spreading_factors: Mapping[int, int]
    to_send: int
    statuses: Mapping[str, int]

    @property
    def sent(self) -> int:
        """Downlinks that went out."""
        return self.statuses.get("OK", 0)


class Conn(msgspec.Struct, frozen=True, gc=False):
    """Whether a gateway is connected; a retained message."""

    kind: ClassVar[str] = "conn"
    gateway: Gateway
    online: bool


OfDevice: TypeAlias = Up | Join | Status | Ack | TxAck | Log | Location
OfGateway: TypeAlias = Stats | Conn

KINDS = tuple(kind.kind for kind in (Up, Join, Ack, TxAck, Log, Status, Location, Stats, Conn))


def noise(key: bytes, at: int, number: int) -> bytes:
    """64 bytes that only this event of this device has, the same in every run."""
    return blake2b(b"%b/%d/%d" % (key, at, number)).digest()


def uuid(seed: bytes) -> bytes:
    """The first 16 bytes of `seed` as a version 4 UUID."""
    text = seed[:16].hex()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{'89ab'[seed[8] & 3]}{text[17:20]}-{text[20:32]}".encode()


def named_uuid(name: str) -> str:
    """The UUID of whatever has this name in the server's database."""
    return uuid(blake2b(name.encode()).digest()).decode()


def application_id(identity: Identity) -> str:
    """The application's UUID; part of every topic of the device."""
    return named_uuid(f"{identity.tenant}/{identity.application}")


def device_info(identity: Identity) -> dict[str, str]:
    """`deviceInfo` without its tags, in the order of the server's keys."""
    return {
        "tenantId": named_uuid(identity.tenant),
        "tenantName": identity.tenant,
        "applicationId": application_id(identity),
        "applicationName": identity.application,
        "deviceProfileId": named_uuid(identity.profile),
        "deviceProfileName": identity.profile,
        "deviceName": identity.name,
        "devEui": identity.dev_eui,
        "deviceClassEnabled": "CLASS_A",
    }
