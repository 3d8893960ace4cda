"""A city of devices that speaks true ChirpStack events: deterministic for a seed, without I/O.

    wards ─▶ sites ─▶ sensors (nature) ─▶ payload bytes ─▶ event ─▶ JSON or Protobuf ─▶ (topic, payload)

The same seed, devices and times give the same bytes in every run. Nothing here knows a decoder: what a pipeline makes
of these events is its own doing.
"""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING

from gateways.simulator.events import SECOND, Clock, Gateway, Identity, Reception
from gateways.simulator.json_text import JsonDevice
from gateways.simulator.member import Device, Member
from gateways.simulator.protobuf import ProtobufDevice
from gateways.simulator.sensors import MODELS
from gateways.simulator.wards import WARDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gateways.simulator.sensors import Sensor
    from gateways.simulator.wards import Ward

TENANT = "Thành phố Đà Nẵng"
APPLICATIONS = {"environment": "Môi trường", "traffic": "Giao thông", "water": "Ngập & thoát nước", "assets": "Hạ tầng"}
DEVICES_PER_WARD = 10
"""How many devices stand in a ward before the next ward is used; when all are, the wards fill up evenly."""

_DEVICES_PER_GATEWAY = 150
_WITH_CODEC = 0.25
_REACH = 12_000.0  # metres: what a gateway on a roof hears in a city, at most
_NOISE_FLOOR = -117  # dBm of a 125 kHz channel
_STATION = {
    "backhaul": "fibre, 4G as a spare",
    "concentrator": "SX1303, HAL 2.1.0",
    "forwarder": "mqtt-forwarder 4.5.1",
    "antenna": "omnidirectional 8 dBi, 12 m LMR-400",
    "operator": "Trung tâm giám sát, điều hành thông minh Đà Nẵng",
}
"""What an operator writes into the forwarder's configuration of a well-kept gateway."""

_ALTITUDES = (8.0, 12.0, 24.0, 31.5, 45.0)


class City:
    """`devices` sensors in wards of Đà Nẵng, heard by gateways, registered in one ChirpStack.

    Devices are numbered from 0; the models of its mix take turns. A quarter of the devices has a device profile with a
    codec, so that their events carry the server's `object` beside `data`. Not safe for use by several threads at once.

    Args:
        devices: how many there are.
        seed: another one is another city: other devices, other gateways, other identities.
        protobuf: the server has `json = false`.
        prefix: stands before every topic, its "/" at the end included.
        models: the mix; `models.WIDE` has every model that the simulator speaks.

    Attributes:
        members: the devices with their state, by index.
    """

    def __init__(
        self,
        devices: int,
        seed: int = 0,
        *,
        protobuf: bool = False,
        prefix: str = "",
        models: Sequence[type[Sensor]] = MODELS,
    ) -> None:
        if devices < 1:
            raise ValueError("a city needs at least one device")
        self.protobuf, self.prefix = protobuf, prefix
        self._seed, self._models = seed, models
        self._wards = WARDS[: min(len(WARDS), 1 + (devices - 1) // DEVICES_PER_WARD)]
        self.gateways = tuple(
            self._gateway(index) for index in range(max(3, len(self._wards), devices // _DEVICES_PER_GATEWAY))
        )
        self.members = [self._member(index) for index in range(devices)]

    @property
    def devices(self) -> tuple[Device, ...]:
        """All devices, by index."""
        return tuple(member.device for member in self.members)

    def uplink(self, index: int, at_ns: int) -> tuple[str, bytes]:
        """The next uplink of device `index`, heard at `at_ns` (UTC): topic and payload."""
        member = self.members[index]
        return member.topic + "up", member.encoder.up(member.speak(at_ns))

    def join(self, index: int, at_ns: int) -> tuple[str, bytes]:
        """Device `index` joins: a new DevAddr, and its frame counter starts again at 0."""
        member = self.members[index]
        return member.topic + "join", member.encoder.encode(member.join(at_ns))

    def status(self, index: int, at_ns: int) -> tuple[str, bytes]:
        """Device `index` answers the server's question after battery and margin."""
        member = self.members[index]
        return member.topic + "status", member.encoder.encode(member.status(at_ns))

    def stream(self, start_ns: int, rate: float) -> Iterator[tuple[int, str, bytes]]:
        """Uplinks without end, `rate` a second from `start_ns` on: (at_ns, topic, payload).

        In every round each device speaks once, in an order that is the city's own and the same in each round.
        """
        order = self.order()
        count = 0
        while True:
            for index in order:
                at = start_ns + round(count * SECOND / rate)
                yield at, *self.uplink(index, at)
                count += 1

    def order(self) -> list[int]:
        """The indexes of all devices, in the order in which they speak."""
        return self.random("stream").sample(range(len(self.members)), len(self.members))

    def random(self, name: str) -> Random:
        """A source of chance that is the same for this seed and name."""
        return Random(f"{self._seed}/{name}")  # noqa: S311  (a city, not a secret)

    def _gateway(self, index: int) -> Gateway:
        draw = self.random(f"gateway/{index}")
        ward = self._wards[index % len(self._wards)]
        latitude, longitude = ward.place(draw)
        metadata = {"region_common_name": "AS923_2", "region_config_id": "as923_2"}
        if index % 2:
            metadata |= _STATION | {"station": f"Trạm {ward.name} {index + 1}", "altitude_above_ground": "21 m"}
        return Gateway(
            gateway_id=f"02c172ff{self._seed & 0xFFFF:04x}{index:04x}",
            latitude=latitude,
            longitude=longitude,
            altitude=draw.choice(_ALTITUDES),
            clock=(Clock.UTC, Clock.NONE, Clock.UTC, Clock.GPS)[index % 4],
            metadata=metadata,
        )

    def _member(self, index: int) -> Member:
        draw = self.random(f"device/{index}")
        sensor = self._models[index % len(self._models)](draw)
        device = self._device(index, sensor, self._wards[index // DEVICES_PER_WARD % len(self._wards)], draw)
        has_codec = draw.random() < _WITH_CODEC
        identity = Identity(
            dev_eui=device.dev_eui,
            name=device.name,
            profile=f"{sensor.label}, AS923-2, class A, {'codec' if has_codec else 'no codec'}",
            tenant=TENANT,
            application=APPLICATIONS[sensor.domain],
            tags={"site": device.site, "ward": device.ward, "model": device.model},
        )
        receptions = self._receptions(device, draw)
        encoder = (ProtobufDevice if self.protobuf else JsonDevice)(identity, receptions, draw)
        return Member(device, sensor, identity, receptions, encoder, has_codec=has_codec, prefix=self.prefix)

    def _device(self, index: int, sensor: Sensor, ward: Ward, draw: Random) -> Device:
        latitude, longitude = ward.place(draw)
        site = f"{ward.slug}-{sensor.kind}-{index:03d}"
        name = f"{sensor.label} {ward.name} {index:03d}"
        dev_eui = f"02c172{self._seed & 0xFFFF:04x}{index:06x}"
        return Device(dev_eui, sensor.model, site, ward.name, name, latitude, longitude)

    def _receptions(self, device: Device, draw: Random) -> list[Reception]:
        """One to three gateways in reach, nearest first; the nearest one always hears the device."""
        near = sorted((_metres(device, gateway), gateway.gateway_id, gateway) for gateway in self.gateways)
        wanted = draw.choices((1, 2, 3), weights=(40, 30, 30))[0]
        return [
            _reception(metres, gateway, draw)
            for rank, (metres, _, gateway) in enumerate(near[:wanted])
            if rank == 0 or metres < _REACH
        ]


def _metres(device: Device, gateway: Gateway) -> float:
    north = (device.latitude - gateway.latitude) * 111_200
    east = (device.longitude - gateway.longitude) * 111_200 * math.cos(math.radians(device.latitude))
    return math.hypot(north, east)


def _reception(metres: float, gateway: Gateway, draw: Random) -> Reception:
    """Log-distance path loss between houses; SNR saturates where the signal is strong."""
    rssi = round(-62 - 27 * math.log10(max(metres, 50) / 50) + draw.gauss(0, 3))
    snr = min(11.0, max(-6.0, rssi - _NOISE_FLOOR + draw.uniform(-2, 2)))
    return Reception(gateway, max(rssi, -119), round(snr * 4) / 4)
