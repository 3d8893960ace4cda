"""The network side: which frames become events, and which are noted and never received."""

from __future__ import annotations

import json
import sqlite3
import time
from base64 import b64decode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from gateways.chirpstack import events
from gateways.handover import Handover, Incident
from gateways.lorawan import crypto
from gateways.lorawan.phypayload import JoinAccept, parse
from gateways.network import stage
from gateways.network.foreign import PREFIXES, RING
from gateways.network.gathering import COPIES
from gateways.network.private import PrivateFrame
from gateways.network.seal import Seal, WrongKey, key_of
from gateways.network.session import Counted
from gateways.network.stage import Network
from gateways.network.taking import Names
from gateways.uplink import Event, Join, Uplink
from tests.fakes.lorawan_device import BEGAN, GATEWAY, NETWORK_KEY, SECOND, Sensor, reception, store_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gateways.handover import Report
    from gateways.reception import Reception

JOIN_EUI = 0x70B3D57ED0000010


def wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.002)


@dataclass
class House:
    """A network with a store, and whoever takes what it hands over."""

    folder: Path
    sensors: Sequence[Sensor] = ()
    counted: dict[str, Counted] = field(default_factory=dict)
    frames: Sequence[PrivateFrame] = ()
    known: dict[str, Any] = field(default_factory=dict)
    reports: list[Report] = field(default_factory=list)
    expected: int = 0
    told: int = 0

    def __post_init__(self) -> None:
        path = self.folder / "network.db"
        fresh = not path.exists()
        store = store_at(path)
        for sensor in self.sensors if fresh else ():
            store.add(sensor.device(**self.known), sensor.session(self.expected))
        self.network = Network(
            Names("site", "as923_2"), store, self.reports.append, self.counted.get, frames=self.frames, window=0.02
        )

    def hear(self, *receptions: Reception) -> dict[str, int]:
        """What became of frames, once nothing waits any more."""
        for one in receptions:
            assert self.network.hear(one)
        if not self.told:  # so that the copies of a first frame are there before its time runs
            self.network.start()
        self.told += len(receptions)
        wait(lambda: self.network.status()["heard"] == self.told and self.network.status()["waiting"] == 0)
        frames: dict[str, int] = self.network.status()["frames"]
        ours = sum(frames.get(name, 0) for name in ("up", "private", "joined"))
        wait(lambda: len(self.handed) == ours)
        return frames

    def send(self, *phys: bytes) -> dict[str, int]:
        for phy in phys:  # one after the other, as on air
            found = self.hear(reception(phy))
        return found

    @property
    def handed(self) -> list[Event]:
        return [event for report in self.reports if isinstance(report, Handover) for event in report.events]

    def uplinks(self) -> list[Uplink]:
        found = [events.parse(event.topic, event.payload) for event in self.handed]
        return [one for one in found if isinstance(one, Uplink)]

    def end(self, *, acknowledge: bool = True) -> None:
        self.network.stop(30)
        if acknowledge:
            for report in self.reports:
                if isinstance(report, Handover):
                    self.network.acknowledge(report)
        self.network.close()


def stored(folder: Path) -> int:
    store = store_at(folder / "network.db")
    (session,) = store.read().sessions
    store.close()
    return session.expected


def test_an_uplink_is_an_event_as_chirpstack_has_it(tmp_path: Path) -> None:
    sensor = Sensor(1)
    house = House(tmp_path, [sensor], known={"tags": {"model": "Milesight EM500-CO2"}})
    phy = sensor.send(b"\x01\x75\x64", confirmed=True)
    heard = reception(phy, gps_at=BEGAN, channel=3)
    assert house.hear(heard, reception(phy, at=BEGAN + 5, gateway="0016c001f0000002", source="tower")) == {"up": 1}
    (event,) = house.handed
    assert (event.source, event.topic) == ("roof", f"application/site/device/{sensor.dev_eui}/event/up")
    assert b64decode(json.loads(event.payload)["phyPayload"]) == phy
    (uplink,) = house.uplinks()
    assert (uplink.device.dev_eui, uplink.device.tags) == (sensor.dev_eui, {"model": "Milesight EM500-CO2"})
    assert (uplink.dev_addr, uplink.f_cnt, uplink.f_port, uplink.payload) == ("01000001", 0, 85, b"\x01\x75\x64")
    assert (uplink.frequency, uplink.spreading_factor, uplink.bandwidth, uplink.dr) == (921_400_000, 7, 125_000, 5)
    assert (uplink.code_rate, uplink.region, uplink.confirmed, uplink.time) == ("4/5", "as923_2", True, BEGAN)
    assert [(link.gateway, link.rssi, link.snr, link.crc) for link in uplink.links] == [
        (GATEWAY, -80.0, 7.5, "CRC_OK"),
        ("0016c001f0000002", -80.0, 7.5, "CRC_OK"),
    ]
    assert (uplink.links[0].ns_time, uplink.links[0].gps_time) == (BEGAN, BEGAN)
    house.end()


def test_the_identity_is_the_frames_and_its_minutes(tmp_path: Path) -> None:
    sensor = Sensor(1)
    phy, found = sensor.send(), []
    for number, at in enumerate([BEGAN, BEGAN + SECOND, BEGAN + 60 * SECOND]):
        folder = tmp_path / str(number)
        folder.mkdir()
        house = House(folder, [sensor])
        house.hear(reception(phy, at=at))
        found.append(house.uplinks()[0].identity)
        house.end()
    assert found[0] == found[1] != found[2]


def test_the_counter_goes_to_disk_when_the_journal_has_the_event(tmp_path: Path) -> None:
    sensor = Sensor(1)
    house = House(tmp_path, [sensor])
    house.send(sensor.send(), sensor.send())
    assert stored(tmp_path) == 0
    house.end()
    assert stored(tmp_path) == 2


def test_replays_and_repeats_are_refused_and_later_frames_taken(tmp_path: Path) -> None:
    sensor = Sensor(1, f_cnt=70_000)
    house = House(tmp_path, [sensor], expected=70_000)
    first, second, third = sensor.send(), sensor.send(), sensor.send()
    assert house.send(first, second, second, first, third) == {"up": 3, "repeated": 1, "replayed": 1}
    sensor.f_cnt = 0  # a counter that begins again
    assert house.send(sensor.send())["replayed"] == 2
    assert [uplink.f_cnt for uplink in house.uplinks()] == [70_000, 70_001, 70_002]
    house.end()


def test_a_device_that_may_reset_does(tmp_path: Path) -> None:
    sensor = Sensor(1, f_cnt=500)
    house = House(tmp_path, [sensor], known={"may_reset": True}, expected=500)
    house.send(sensor.send())
    sensor.f_cnt = 0
    assert house.send(sensor.send(), sensor.send()) == {"up": 3}
    assert [uplink.f_cnt for uplink in house.uplinks()] == [500, 0, 1]
    house.end()
    assert stored(tmp_path) == 2


def test_the_counter_goes_over_16_bits(tmp_path: Path) -> None:
    sensor = Sensor(1, f_cnt=65_534)
    house = House(tmp_path, [sensor], expected=65_000)
    assert house.send(*[sensor.send() for _ in range(4)]) == {"up": 4}
    assert [uplink.f_cnt for uplink in house.uplinks()] == [65_534, 65_535, 65_536, 65_537]
    house.end()


def test_two_devices_of_one_address_are_told_apart(tmp_path: Path) -> None:
    one, other = Sensor(1, 0x01ABCDEF), Sensor(2, 0x01ABCDEF)
    house = House(tmp_path, [one, other])
    assert house.send(other.send(b"b"), one.send(b"a"), other.send(b"c")) == {"up": 3}
    assert [(uplink.device.dev_eui, uplink.payload) for uplink in house.uplinks()] == [
        (other.dev_eui, b"b"), (one.dev_eui, b"a"), (other.dev_eui, b"c"),
    ]  # fmt: skip
    house.end()


def test_what_is_not_ours_is_counted_by_network_and_never_received(tmp_path: Path) -> None:
    sensor, stranger, forger = Sensor(1), Sensor(2, 0x26011234), Sensor(3, 0x01000001)
    house = House(tmp_path, [sensor])
    phys = [
        stranger.send(), forger.send(), b"hello", b"\xe0abc", b"\xc0" + bytes(18), b"\x60" + bytes(12),
        stranger.ask_to_join(JOIN_EUI, 1), sensor.send(f_opts=b"\x02", f_port=0),
    ]  # fmt: skip
    found = house.send(*phys)
    assert found == {
        "foreign": 1, "bad_mic": 1, "not_lorawan": 1, "proprietary": 1, "lorawan_1_1": 1, "down": 1, "join_foreign": 1,
        "malformed": 1,
    }  # fmt: skip
    assert house.hear(reception(sensor.send(), crc="bad"))["bad_crc"] == 1
    assert house.handed == []
    house.end()
    store = store_at(tmp_path / "network.db")
    tally = store.tally()
    assert tally["foreign", "26000000/7"] == tally["bad_mic", "00000000/7"] == tally["join_foreign", "70b3d5"] == 1
    assert [one.phy for one in store.heard()][:8] == phys
    store.close()


def test_every_flipped_bit_of_a_frame_makes_it_somebody_elses(tmp_path: Path) -> None:
    sensor = Sensor(1)
    house = House(tmp_path, [sensor])
    phy = sensor.send()
    number = int.from_bytes(phy, "big")
    flipped = [(number ^ 1 << bit).to_bytes(len(phy), "big") for bit in range(8 * len(phy))]
    found = house.hear(*[reception(one) for one in flipped])
    assert "up" not in found
    assert sum(found.values()) == len(flipped)
    house.end()


def test_a_flood_fills_neither_memory_nor_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(tmp_path, [Sensor(1)])
    strangers = [Sensor(number, 0x02000000 * (number % 127) + number) for number in range(RING + 500)]
    found = house.hear(*[reception(one.send()) for one in strangers])
    assert sum(found.values()) == len(strangers)
    same_frame = Sensor(9).send()
    copies = [reception(same_frame, gateway=f"{number:016x}") for number in range(COPIES + 36)]
    assert house.hear(*copies)["foreign"] > 0
    assert house.network.status()["heard"] == house.network.status()["copies"] + sum(
        house.network.status()["frames"].values()
    )
    monkeypatch.setattr(stage, "UNDER_WAY", 0)
    assert not house.network.hear(reception(same_frame))
    house.end()
    store = store_at(tmp_path / "network.db")
    assert len(store.heard()) == RING
    assert len(store.tally()) <= PREFIXES + 20
    store.close()


def test_what_the_disk_has_not_taken_bounds_what_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "UNDER_WAY", 3)
    sensor = Sensor(1)
    house = House(tmp_path, [sensor])
    house.send(sensor.send(), sensor.send(), sensor.send())
    waiting = reception(sensor.send())
    assert not house.network.hear(waiting)
    for report in list(house.reports):
        assert isinstance(report, Handover)
        house.network.acknowledge(report)
    wait(lambda: house.network.hear(waiting))
    wait(lambda: len(house.handed) == 4)
    house.end()


def test_after_a_crash_a_copy_is_handed_over_once_and_a_later_replay_is_not(tmp_path: Path) -> None:
    sensor = Sensor(1)
    house = House(tmp_path, [sensor])
    phy = sensor.send()
    house.send(phy)
    house.end(acknowledge=False)
    counted = {sensor.dev_eui: Counted(sensor.dev_addr, 0, BEGAN)}
    again = House(tmp_path, [sensor], counted)
    copy = reception(phy, at=BEGAN + 15 * SECOND)
    assert again.hear(copy) == {"up": 1}
    assert again.hear(copy) == {"up": 1, "repeated": 1}
    assert again.uplinks()[0].identity == house.uplinks()[0].identity
    again.end(acknowledge=False)
    late = House(tmp_path, [sensor], counted)
    assert late.hear(reception(phy, at=BEGAN + 61 * SECOND)) == {"repeated": 1}
    assert late.send(sensor.send())["up"] == 1
    late.end()


def test_what_was_never_kept_is_taken_after_a_crash(tmp_path: Path) -> None:
    sensor = Sensor(1)
    house = House(tmp_path, [sensor])
    house.send(phy := sensor.send())
    house.end(acknowledge=False)
    again = House(tmp_path, [sensor])  # the journal knows nothing of it
    assert again.hear(reception(phy, at=BEGAN + 600 * SECOND)) == {"up": 1}
    again.end()


def test_the_journal_of_an_older_session_says_nothing(tmp_path: Path) -> None:
    sensor = Sensor(1)
    store = store_at(tmp_path / "network.db")
    store.add(sensor.device(), sensor.session(since=BEGAN))
    store.close()
    house = House(tmp_path, [sensor], {sensor.dev_eui: Counted(sensor.dev_addr, 900, BEGAN - 1)})
    assert house.send(sensor.send()) == {"up": 1}
    house.end()


def test_a_device_that_is_added_while_it_runs_is_heard(tmp_path: Path) -> None:
    old, new = Sensor(1), Sensor(2)
    house = House(tmp_path, [old])
    house.send(old.send(), new.send())
    store = store_at(tmp_path / "network.db")
    store.add(new.device(), new.session())
    assert house.network.reload(30)
    assert house.send(old.send(), new.send()) == {"up": 3, "foreign": 1}
    assert store.remove(old.dev_eui)
    assert house.network.reload(30)
    assert house.send(old.send())["foreign"] == 2
    store.close()
    house.end()


class Radio:
    """A concentrator that notes what it is to send."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, int]] = []
        self.is_ready = self.sends = True

    def ready(self, _heard: Reception) -> bool:
        return self.is_ready

    def answer(self, _heard: Reception, phy: bytes, delay: int) -> bool:
        self.sent.append((phy, delay))
        return self.sends


def test_a_device_joins_through_what_can_transmit_and_never_twice_with_a_nonce(tmp_path: Path) -> None:
    sensor, radio = Sensor(1), Radio()
    store = store_at(tmp_path / "network.db")
    store.add(sensor.device(join_eui=f"{JOIN_EUI:016x}"), app_key=sensor.nwk_s_key)
    store.close()
    house = House(tmp_path, [sensor])
    asked = sensor.ask_to_join(JOIN_EUI, 7)
    assert house.send(asked) == {"join_unanswered": 1}
    house.network.transmit_by({"roof": radio})
    assert house.send(asked) == {"join_unanswered": 1, "joined": 1}
    ((phy, delay),) = radio.sent
    assert delay == 5_000_000
    frame = parse(phy)
    assert isinstance(frame, JoinAccept)
    accepted = crypto.open_join_accept(sensor.nwk_s_key, frame)
    assert accepted is not None
    keys = crypto.session_keys(sensor.nwk_s_key, accepted.join_nonce, accepted.net_id, 7)
    app_key, sensor.nwk_s_key = sensor.nwk_s_key, keys.nwk_s_key
    sensor.app_s_key, sensor.dev_addr = keys.app_s_key, accepted.dev_addr
    assert house.send(sensor.send(b"joined"))["up"] == 1
    assert house.uplinks()[0].payload == b"joined"
    joined = events.parse(house.handed[0].topic, house.handed[0].payload)
    assert isinstance(joined, Join)
    assert joined.dev_addr == f"{accepted.dev_addr:08x}"
    assert house.send(asked)["join_replayed"] == 1
    house.end()
    again = House(tmp_path)
    again.network.transmit_by({"roof": radio})
    assert again.send(asked) == {"join_replayed": 1}
    forged = Sensor(1)
    forged.nwk_s_key = bytes(16)
    assert again.send(forged.ask_to_join(JOIN_EUI, 8))["join_bad_mic"] == 1
    assert len(radio.sent) == 1
    assert app_key not in (tmp_path / "network.db").read_bytes()
    again.end()


def joining(folder: Path, sensor: Sensor, radio: Radio) -> House:
    """A house with a device that has a session and may join anew."""
    store = store_at(folder / "network.db")
    store.add(sensor.device(join_eui=f"{JOIN_EUI:016x}"), sensor.session(), app_key=sensor.nwk_s_key)
    store.close()
    house = House(folder)
    house.network.transmit_by({"roof": radio})
    return house


def test_a_join_that_nobody_can_answer_costs_neither_nonce_nor_session(tmp_path: Path) -> None:
    sensor, radio = Sensor(1), Radio()
    house = joining(tmp_path, sensor, radio)
    radio.is_ready = False
    asked = sensor.ask_to_join(JOIN_EUI, 7)
    assert house.send(asked) == {"join_unanswered": 1}
    assert radio.sent == []
    assert house.send(sensor.send()) == {"join_unanswered": 1, "up": 1}
    radio.is_ready = True
    assert house.send(asked) == {"join_unanswered": 1, "up": 1, "joined": 1}
    house.end()


def test_an_answer_that_fails_in_the_end_has_spent_its_nonce(tmp_path: Path) -> None:
    sensor, radio = Sensor(1), Radio()
    house = joining(tmp_path, sensor, radio)
    radio.sends = False
    asked = sensor.ask_to_join(JOIN_EUI, 7)
    assert house.send(asked, asked) == {"join_unanswered": 1, "join_replayed": 1}
    house.end()


def test_a_join_that_cannot_be_written_down_is_no_replay(tmp_path: Path) -> None:
    sensor, radio = Sensor(1), Radio()
    house = joining(tmp_path, sensor, radio)
    blocker = sqlite3.connect(tmp_path / "network.db", isolation_level=None)
    blocker.execute("ALTER TABLE nonce RENAME TO away")
    asked = sensor.ask_to_join(JOIN_EUI, 7)
    assert house.send(asked) == {"join_not_kept": 1}
    assert [one.kind for one in house.reports if isinstance(one, Incident)] == ["session_store"]
    assert radio.sent == []
    blocker.execute("ALTER TABLE away RENAME TO nonce")
    blocker.close()
    assert house.send(asked, sensor.send()) == {"join_not_kept": 1, "joined": 1, "foreign": 1}
    house.end()


def test_every_nonce_is_remembered_over_restarts_for_good(tmp_path: Path) -> None:
    sensor, radio = Sensor(1), Radio()
    house = joining(tmp_path, sensor, radio)
    assert house.send(*(sensor.ask_to_join(JOIN_EUI, nonce) for nonce in (0, 7, 0xFFFF))) == {"joined": 3}
    house.end()
    for _ in range(2):
        house = House(tmp_path)
        house.network.transmit_by({"roof": radio})
        assert house.send(*(sensor.ask_to_join(JOIN_EUI, nonce) for nonce in (0, 7, 0xFFFF))) == {"join_replayed": 3}
        house.end()
    store = store_at(tmp_path / "network.db")
    with store._change():
        store._db.executemany("INSERT OR IGNORE INTO nonce VALUES (?, ?)", ((sensor.dev_eui, n) for n in range(65_536)))
    (root,) = store.read().roots.values()
    assert len(root.used) == 65_536
    store.close()
    house = House(tmp_path)
    house.network.transmit_by({"roof": radio})
    assert house.send(sensor.ask_to_join(JOIN_EUI, 1234)) == {"join_replayed": 1}  # they are used up
    house.end()


def test_the_join_nonce_goes_up_with_each_join_also_after_a_restart_and_new_keys(tmp_path: Path) -> None:
    sensor, radio = Sensor(1), Radio()
    store = store_at(tmp_path / "network.db")
    store.add(sensor.device(join_eui=f"{JOIN_EUI:016x}"), app_key=sensor.nwk_s_key)
    for dev_nonces in ((500, 7), (40_000,)):
        house = House(tmp_path)
        house.network.transmit_by({"roof": radio})
        assert house.send(*(sensor.ask_to_join(JOIN_EUI, nonce) for nonce in dev_nonces))["joined"] == len(dev_nonces)
        house.end()
        assert store.remove(sensor.dev_eui)
        store.add(sensor.device(join_eui=f"{JOIN_EUI:016x}"), app_key=sensor.nwk_s_key)
    store.close()
    frames = [parse(phy) for phy, _ in radio.sent]
    opened = [crypto.open_join_accept(sensor.nwk_s_key, one) for one in frames if isinstance(one, JoinAccept)]
    assert [one and one.join_nonce for one in opened] == [1, 2, 3]


LEVEL = PrivateFrame(
    "level", {"model": "x"}, b"\xa5\x5a", (10, 64), (2, 2), bytes.fromhex("fffe00000001"), 5, (4, 1),
)  # fmt: skip


def level(number: int, count: int, payload: bytes = b"\x01\x02\x03\x04") -> bytes:
    body = b"\xa5\x5a" + number.to_bytes(2, "big") + bytes([count]) + payload
    crc = 0xFFFF  # CRC-16/MODBUS, by the bit
    for byte in body:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return body + crc.to_bytes(2, "big")


def test_a_declared_private_frame_is_an_event_too(tmp_path: Path) -> None:
    house = House(tmp_path, frames=[LEVEL])
    broken = bytearray(level(7, 9))
    broken[6] ^= 1
    assert house.send(level(7, 254), level(7, 255), level(7, 0), bytes(broken), level(7, 1)[:9]) == {
        "private": 3, "private_bad_crc": 1, "not_lorawan": 1,
    }  # fmt: skip
    assert [(uplink.device.dev_eui, uplink.f_cnt, uplink.payload) for uplink in house.uplinks()] == [
        ("fffe000000010007", f_cnt, b"\x01\x02\x03\x04") for f_cnt in (254, 255, 256)
    ]
    assert house.send(level(7, 10))["private"] == 4  # so far ahead: it has begun again
    house.end()


def test_private_frames_without_a_counter_are_counted_here(tmp_path: Path) -> None:
    bare = LEVEL._replace(counter=None, payload=4)
    counted = {"fffe000000010007": Counted(0x00010007, 41, BEGAN)}
    house = House(tmp_path, frames=[bare], counted=counted)
    house.send(level(7, 0), level(7, 0))
    assert [uplink.f_cnt for uplink in house.uplinks()] == [42, 43]
    assert len({uplink.identity for uplink in house.uplinks()}) == 2
    house.end()


def test_keys_are_sealed_and_another_key_opens_nothing(tmp_path: Path) -> None:
    sensor = Sensor(1)
    store = store_at(tmp_path / "network.db")
    store.add(sensor.device(), sensor.session())
    store.close()
    raw = (tmp_path / "network.db").read_bytes()
    assert sensor.nwk_s_key not in raw
    assert sensor.app_s_key not in raw
    with pytest.raises(WrongKey):
        store_at(tmp_path / "network.db", bytes(32))
    db = sqlite3.connect(tmp_path / "network.db")
    db.execute("UPDATE session SET dev_eui = 'a840410000000002'")  # a sealed key belongs to its device
    db.commit()
    db.close()
    store = store_at(tmp_path / "network.db")
    assert [one.what for one in store.read().damaged] == ["session"]
    store.close()
    assert sensor.nwk_s_key.hex() not in repr(sensor.session())


@pytest.mark.parametrize("text", ["", "zz" * 32, "00" * 31, "secret words"])
def test_what_is_no_network_key_is_refused_without_being_said(text: str) -> None:
    with pytest.raises(ValueError, match="network key") as refusal:
        key_of(text)
    assert not text or text not in str(refusal.value)
    assert key_of(f" {NETWORK_KEY.hex()}\n") == NETWORK_KEY
    assert Seal(NETWORK_KEY).fits(Seal(NETWORK_KEY).proof())


def test_a_file_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    sensor = Sensor(1)
    house = House(tmp_path, [sensor])
    blocker = sqlite3.connect(tmp_path / "network.db", isolation_level=None)
    blocker.execute("DROP TABLE session")
    house.send(sensor.send())
    for report in list(house.reports):
        if isinstance(report, Handover):
            house.network.acknowledge(report)
    wait(lambda: any(isinstance(report, Incident) for report in house.reports))
    assert house.send(sensor.send())["up"] == 2
    blocker.close()
    house.end()


def test_a_private_frame_is_never_of_a_device_that_signs(tmp_path: Path) -> None:
    sensor = Sensor(1)
    declared = LEVEL._replace(eui=bytes.fromhex(sensor.dev_eui)[:6])
    house = House(tmp_path, [sensor], frames=[declared])
    assert house.send(level(1, 1), level(2, 1)) == {"private_unsigned": 1, "private": 1}
    assert [one.device.dev_eui for one in house.uplinks()] == [sensor.dev_eui[:12] + "0002"]
    house.end()


def test_a_private_frame_may_not_hide_a_session(tmp_path: Path) -> None:
    sensor = Sensor(1)
    greedy = LEVEL._replace(starts_with=b"", length=(8, 255), check="none", payload=0)
    house = House(tmp_path, [sensor], frames=[greedy])
    assert house.send(sensor.send()) == {"up": 1}
    assert isinstance(house.uplinks()[0], Uplink)
    house.end()
