"""A LoRaWAN 1.0.x device that sends, and how a receiver tells of it. Keys are made of its DevEUI."""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from gateways.lorawan import crypto
from gateways.lorawan.phypayload import Data, JoinRequest, MType, build
from gateways.network.schema import VERSIONS
from gateways.network.session import Device, Session
from gateways.network.store import SessionStore
from gateways.reception import Reception

if TYPE_CHECKING:
    from pathlib import Path

NETWORK_KEY = bytes(range(32))
SECOND = 1_000_000_000
BEGAN = 1_795_000_000 * SECOND
GATEWAY = "0016c001f0000001"


class Sensor:
    """One device; `f_cnt` is what it sends next."""

    def __init__(self, number: int, dev_addr: int = 0, f_cnt: int = 0) -> None:
        self.dev_eui = f"a8404100000{number:05x}"
        self.dev_addr = dev_addr or 0x01000000 + number
        self.f_cnt = f_cnt
        digest = sha256(self.dev_eui.encode()).digest()
        self.nwk_s_key, self.app_s_key = digest[:16], digest[16:]

    def device(self, **known: Any) -> Device:
        return Device(dev_eui=self.dev_eui, name=f"sensor {self.dev_eui}", **known)

    def session(self, expected: int = 0, since: int = 0) -> Session:
        return Session(
            dev_eui=self.dev_eui, dev_addr=self.dev_addr, nwk_s_key=self.nwk_s_key, app_s_key=self.app_s_key,
            expected=expected, since=since,
        )  # fmt: skip

    def send(
        self, payload: bytes = b"\x01\x75\x64", f_port: int | None = 85, *, f_opts: bytes = b"", confirmed: bool = False
    ) -> bytes:
        """The next frame as it is on air."""
        m_type = MType.CONFIRMED_UP if confirmed else MType.UNCONFIRMED_UP
        bare = Data(m_type << 5, self.dev_addr, len(f_opts), self.f_cnt & 0xFFFF, f_opts, f_port, b"", bytes(4))
        key = self.app_s_key if f_port else self.nwk_s_key
        frame = bare._replace(payload=crypto.crypt(key, bare, self.f_cnt, payload))
        signed = frame._replace(mic=crypto.data_mic(self.nwk_s_key, frame, self.f_cnt))
        self.f_cnt += 1
        return build(signed)

    def ask_to_join(self, join_eui: int, nonce: int) -> bytes:
        """A join-request; the AppKey is its NwkSKey."""
        bare = JoinRequest(0, join_eui, int(self.dev_eui, 16), nonce, bytes(4))
        return build(bare._replace(mic=crypto.join_mic(self.nwk_s_key, bare)))


def reception(phy: bytes, at: int = BEGAN, **said: Any) -> Reception:
    """A reception by the usual gateway."""
    told: dict[str, Any] = {
        "source": "roof", "gateway": GATEWAY, "frequency": 921_400_000, "spreading_factor": 7, "bandwidth": 125_000,
        "code_rate": "4/5", "rssi": -80.0, "snr": 7.5, "crc": "ok",
    } | said  # fmt: skip
    return Reception(phy=phy, at=at, **told)


def store_at(path: Path, key: bytes = NETWORK_KEY) -> SessionStore:
    """The sessions' file, made where it is missing."""
    fresh = not path.exists()
    db = sqlite3.connect(path, timeout=60.0, isolation_level=None, check_same_thread=False)
    if fresh:
        db.executescript("".join(VERSIONS))
    return SessionStore(db, key)
