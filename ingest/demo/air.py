"""The simulated city on the air: each uplink encrypted and signed, as a modem at a serial port hears it."""

from __future__ import annotations

import time
from base64 import b64decode
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from gateways.lorawan import crypto
from gateways.lorawan.phypayload import Data, MType, build
from gateways.network.session import Device, Session
from gateways.simulator.modems.modem import Air
from ingest.demo.traffic import FEWEST_FOR_FAULTS, UNKNOWN_MODEL, Sent, Traffic

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateways.simulator.modems.plugged import Plugged

MOST = 1000
"""Devices: beyond, a modem would hear nothing for collisions."""

_PRIVATE = 0x0100_0000
"""NwkID 0 and 1 of type 0 are anybody's: addresses from here are those of private networks."""

_RUNS, _SHIFT = 1 << 10, 14
_HEARS = 2.0  # s that a device waits for the modem to listen
_LOOK = 0.001


class _Info(msgspec.Struct, rename="camel"):
    dev_eui: str
    device_name: str
    tags: dict[str, str]


class _Up(msgspec.Struct, rename="camel"):
    """What an event of the city says that matters on the air."""

    device_info: _Info
    f_port: int
    data: str


_up = msgspec.json.Decoder(_Up).decode


class Member(NamedTuple):
    """A device as the network side knows it."""

    device: Device
    session: Session


class AirTraffic(Traffic):
    """The devices of `Traffic`, heard by a simulated modem instead of a network server.

    Args:
        devices: how many there are, `MOST` at most.
        rate: uplinks/s.
        on_sent: see `Traffic`.

    Attributes:
        members: the devices with new sessions, by index.
    """

    def __init__(self, devices: int, rate: float, on_sent: Callable[[Sent], None]) -> None:
        super().__init__(devices, rate, on_sent)
        self._modem: Plugged | None = None
        now = time.time_ns()
        run = (now // 1_000_000_000 % _RUNS) << _SHIFT  # another address each time: a counter never begins again
        self.members = [self._member(index, _PRIVATE | run | index, now) for index in range(devices)]
        self._counts = [0] * devices

    def listen(self, modem: Plugged) -> None:
        """Begin to speak to a modem; returns at once."""
        self._modem = modem
        self._thread.start()

    def _run(self) -> None:
        began = time.monotonic()
        by_eui = {one.device.dev_eui: index for index, one in enumerate(self.members)}
        for _, _, payload in self._uplinks():
            said = _up(payload)
            if self._hear(self._frame(by_eui[said.device_info.dev_eui], said.f_port, b64decode(said.data))):
                self.acknowledged += 1
            elif not self._stop.is_set():
                self.failure = "the demo's modem does not listen"
                break
        self.seconds = (self.sent.at or began) - began

    def _hear(self, phy: bytes) -> bool:
        deadline = time.monotonic() + _HEARS
        while self._modem is not None and time.monotonic() < deadline:
            if self._modem.hear(Air(phy, -70 - phy[-1] % 45, phy[-2] % 15 - 6)):
                return True
            time.sleep(_LOOK)
        return False

    def _frame(self, index: int, f_port: int, payload: bytes) -> bytes:
        """The next frame of a device as it is on air."""
        session, f_cnt = self.members[index].session, self._counts[index]
        self._counts[index] += 1
        bare = Data(MType.UNCONFIRMED_UP << 5, session.dev_addr, 0, f_cnt & 0xFFFF, b"", f_port, b"", bytes(4))
        frame = bare._replace(payload=crypto.crypt(session.app_s_key, bare, f_cnt, payload))
        return build(frame._replace(mic=crypto.data_mic(session.nwk_s_key, frame, f_cnt)))

    def _member(self, index: int, dev_addr: int, now: int) -> Member:
        info = _up(self.city.uplink(index, now)[1]).device_info
        stranger = len(self.city.devices) >= FEWEST_FOR_FAULTS and index == len(self.city.devices) - 1
        tags = {**info.tags, "model": UNKNOWN_MODEL} if stranger else info.tags
        digest = sha256(f"{info.dev_eui} {now}".encode()).digest()
        return Member(
            Device(dev_eui=info.dev_eui, name=info.device_name, tags=tags, added_at=now),
            Session(
                dev_eui=info.dev_eui, dev_addr=dev_addr, nwk_s_key=digest[:16], app_s_key=digest[16:], since=now
            ),
        )  # fmt: skip
