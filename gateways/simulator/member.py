"""A device of the city with its state: what it has counted, and whatever its sensor remembers."""

from __future__ import annotations

import struct
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple, Protocol

from gateways.simulator.events import SECOND, Clock, Heard, Join, Status, Up, application_id, noise, uuid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateways.simulator.events import Identity, OfDevice, Reception
    from gateways.simulator.sensors import Sensor

CHANNELS = (921_400_000, 921_600_000)
"""AS923-2's two default channels, Hz; rxInfo names them 0 and 1."""

DEDUPLICATION = 204_000_000  # ns: what the server waits for further copies, and a little
BACKHAUL_JITTER = 1_400_000
_BACKHAUL = 300_000  # ns from the gateway to the server, at least
_FASTEST = 5  # DR5 is SF7
_MISSED = 32  # of 256 frames, how many a gateway other than the nearest misses
_NOISE = struct.Struct(">16s3I3I3I4s")  # 56 bytes; uplink ids, contexts, whims: one for each of three receptions
_SENSOR_NOISE = 8  # bytes
_OWN = 0x0100_0000  # the NetID's part of a DevAddr


class Device(NamedTuple):
    """What an administrator would write into a list of devices."""

    dev_eui: str
    model: str
    site: str
    ward: str
    name: str
    latitude: float
    longitude: float


class Encoder(Protocol):
    """Says a device's events in one of the server's encodings."""

    def encode(self, event: OfDevice) -> bytes:
        """Any of them."""

    def up(self, up: Up) -> bytes:
        """An uplink."""


class Member:
    """A device of the city.

    Attributes:
        f_cnt: of its next uplink.
        topic: all of the topic but the kind of event.
        receptions: the gateways that hear it, at most three; the first one always does.
        f_cnt_down: downlinks of its session; `asked` is the confirmed one that it has not acknowledged
            yet: its id in the server's queue, and when it is sent.
    """

    # fmt: off
    __slots__ = (
        "asked", "dev_addr", "device", "encoder", "f_cnt", "f_cnt_down", "has_codec", "key", "receptions", "sensor",
        "sf", "topic",
    )
    # fmt: on

    def __init__(
        self,
        device: Device,
        sensor: Sensor,
        identity: Identity,
        receptions: Sequence[Reception],
        encoder: Encoder,
        *,
        has_codec: bool,
        prefix: str = "",
    ) -> None:
        self.device, self.sensor, self.encoder, self.has_codec = device, sensor, encoder, has_codec
        self.receptions = receptions
        self.sf = _spreading_factor(receptions[0])
        self.topic = f"{prefix}application/{application_id(identity)}/device/{identity.dev_eui}/event/"
        self.key = bytes.fromhex(device.dev_eui)
        self.dev_addr = _OWN | int.from_bytes(blake2b(self.key, digest_size=3).digest())
        self.f_cnt = self.f_cnt_down = 0
        self.asked: tuple[bytes, int] | None = None

    def speak(self, at: int) -> Up:
        """Its next uplink, heard at `at`."""
        drawn = noise(self.key, at, self.f_cnt)
        identity, *numbers, spare = _NOISE.unpack_from(drawn)
        values = self.sensor.measure(at / SECOND, drawn[-_SENSOR_NOISE:])
        channel = spare[0] & 1
        heard = [
            self._heard(link, at, numbers[link::3], channel)
            for link in range(len(self.receptions))
            if not link or spare[link] >= _MISSED
        ]
        f_cnt, self.f_cnt = self.f_cnt, self.f_cnt + 1
        return Up(
            uuid(identity),
            self._event_time(at, heard, numbers[8]),
            self.dev_addr,
            f_cnt,
            self.sensor.f_port,
            self.sensor.encode(values),
            values if self.has_codec else None,
            heard[::-1] if spare[3] & 1 else heard,
            CHANNELS[channel],
            12 - self.sf,
            self.sf,
            12 - self.sf == _FASTEST,
        )

    def join(self, at: int) -> Join:
        """It joins: a new DevAddr, and its frame counter starts again at 0."""
        self.dev_addr = _OWN | (self.dev_addr + 1) & 0xFF_FFFF
        self.f_cnt = self.f_cnt_down = 0
        self.asked = None
        return Join(uuid(noise(self.key, at, -1)), at, self.dev_addr)

    def request(self, at: int) -> Up:
        """A join request on the air: it is heard as any frame is, and has no frame counter."""
        up = self.speak(at)
        self.f_cnt -= 1
        return up

    def status(self, at: int) -> Status:
        """Its answer after battery and margin."""
        battery = round(254 * self.sensor.charge(at / SECOND))
        return Status(uuid(noise(self.key, at, -2)), at, at // SECOND % 21, battery)

    def _heard(self, link: int, at: int, drawn: Sequence[int], channel: int) -> Heard:
        uplink_id, context, any32 = drawn
        usual = self.receptions[link]
        return Heard(
            link,
            uplink_id or 1,
            at,
            at + _BACKHAUL + any32 % BACKHAUL_JITTER,
            usual.rssi - (any32 >> 3) % 5,
            usual.snr + ((any32 & 7) - 4) / 4,
            channel,
            context,
        )

    def _event_time(self, at: int, heard: Sequence[Heard], any32: int) -> int:
        """The server's: a GPS, else a gateway's clock, else its own once it has waited for further copies."""
        clocks = [self.receptions[one.link].gateway.clock for one in heard]
        if Clock.GPS in clocks:
            return at
        return at - at % 1000 if Clock.UTC in clocks else at + DEDUPLICATION + any32 % BACKHAUL_JITTER


def _spreading_factor(best: Reception) -> int:
    """What ADR settles on; not above 9, since SF10 carries only 11 bytes under AS923's dwell time."""
    if best.snr > 0:
        return 7
    return 8 if best.snr > -3 else 9  # noqa: PLR2004
