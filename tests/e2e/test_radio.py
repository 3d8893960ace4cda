"""Packet forwarders and no network server: a real worker between a UDP socket and the embedded store."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from base64 import b64decode, b64encode
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from gateways.lorawan import crypto
from gateways.lorawan.phypayload import JoinAccept, parse
from gateways.network.store import SessionStore
from ingest.data_dir import make, open_network
from tests.e2e.harness import CITYLORA, PATIENCE, Worker, same, until
from tests.e2e.harness import Site as BrokerSite
from tests.e2e.traffic import Key
from tests.fakes.lorawan_device import GATEWAY, NETWORK_KEY, Sensor

if TYPE_CHECKING:
    from pathlib import Path

PAYLOAD = bytes.fromhex("01756403671901046873057d6704")
MODEL = {"model": "Milesight EM500-CO2"}


def free_port() -> int:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class RadioSite(BrokerSite):
    """A worker with a port for packet forwarders, and one forwarder."""

    sensors: list[Sensor] = field(default_factory=list)

    def config(self) -> Path:
        key = self.folder / "network.key"
        if not key.exists():
            key.touch(0o600)
            key.write_text(NETWORK_KEY.hex())
            make(self.data)
        path = self.folder / "citylora.toml"
        path.write_text(
            f'data_dir = "{self.data}"\n[[udp]]\nname = "roof"\nlisten = "127.0.0.1:{self.port}"\nrate = 100000\n'
            f'[network]\nkey_file = "network.key"\n[sinks.store]\nenabled = true\n[rollup]\nenabled = false\n'
            f"{self.extra}\n"
        )
        return path

    def enrol(self, count: int) -> None:
        """Give the network side so many devices."""
        self.config()
        self.sensors = [Sensor(number) for number in range(1, count + 1)]
        with closing(SessionStore(open_network(self.data), NETWORK_KEY)) as store:
            for sensor in self.sensors:
                store.add(sensor.device(tags=MODEL), sensor.session())

    @property
    def consumers(self) -> list[str]:
        return ["store"]

    def send(self, *phys: bytes) -> None:
        """Have the forwarder send frames, each in a datagram that is acknowledged."""
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as forwarder:
            forwarder.settimeout(10)
            for phy in phys:
                frame = {
                    "tmst": 1, "chan": 0, "freq": 921.4, "stat": 1, "modu": "LORA", "datr": "SF9BW125", "codr": "4/5",
                    "rssi": -99, "lsnr": 3.5, "size": len(phy), "data": b64encode(phy).decode(),
                }  # fmt: skip
                body = json.dumps({"rxpk": [frame]}).encode()
                forwarder.sendto(b"\x02ab\x00" + bytes.fromhex(GATEWAY) + body, ("127.0.0.1", self.port))
                assert forwarder.recv(16) == b"\x02ab\x01"

    def expected(self) -> dict[str, int]:
        """The counters on disk, by DevEUI."""
        with closing(SessionStore(open_network(self.data), NETWORK_KEY)) as store:
            return {one.dev_eui: one.expected for one in store.read().sessions}


def until_hearing(worker: Worker) -> None:
    until(
        lambda: ((worker.ask("status").get("radio") or {}).get("sources", {}).get("roof") or {}).get("connected"),
        "it listens",
    )


@pytest.fixture
def site(tmp_path: Path) -> RadioSite:
    one = RadioSite(tmp_path, free_port(), None)
    one.enrol(20)
    return one


def test_frames_become_readings_and_counters_go_to_disk(site: RadioSite) -> None:
    stranger = Sensor(99, 0x26011234)
    with site.worker() as worker:
        until_hearing(worker)
        for _ in range(5):
            site.send(*[sensor.send(PAYLOAD) for sensor in site.sensors], stranger.send())
        site.settle(100)
        said = worker.ask("status")["radio"]
        assert said["frames"] == {"up": 100, "foreign": 5}
        assert said["heard"] == 105
        worker.finish()
    state = site.honest()
    assert (state.identity.received, state.identity.stored, state.identity.duplicate) == (100, 100, 0)
    same(site.in_store(), [Key(sensor.dev_eui, count) for sensor in site.sensors for count in range(5)])
    assert set(site.expected().values()) == {5}


def test_a_crash_between_journal_and_session_shows_as_a_duplicate(site: RadioSite) -> None:
    sensor = site.sensors[0]
    phy = sensor.send(PAYLOAD)
    with site.worker("ack.before") as worker:
        until_hearing(worker)
        site.arm()
        site.send(phy)
        worker.until_stopped()  # the journal has it, the session's file does not
        worker.kill()
    assert site.received() == 1
    assert site.expected()[sensor.dev_eui] == 0
    with site.worker() as worker:
        until_hearing(worker)
        site.send(phy)  # a forwarder that was not acknowledged sends again
        site.until_received(2)
        site.send(phy, phy)
        site.send(sensor.send(PAYLOAD))
        site.settle(2)
        worker.finish()
    counters = site.honest().identity
    assert (counters.received, counters.duplicate, counters.stored) == (3, 1, 2)
    assert site.expected()[sensor.dev_eui] == 2


def test_a_crash_before_the_journal_leaves_the_frame_to_be_taken_again(site: RadioSite) -> None:
    sensor = site.sensors[0]
    phy = sensor.send(PAYLOAD)
    with site.worker("commit.before") as worker:
        until_hearing(worker)
        site.arm()
        site.send(phy)
        worker.until_stopped()
        worker.kill()
    with site.worker() as worker:
        until_hearing(worker)
        site.send(phy)
        site.settle(1)
        worker.finish()
    counters = site.honest().identity  # a process that stops itself may still get as far as the commit
    assert counters.received - counters.duplicate == counters.stored == 1


def test_kills_under_load_neither_lose_what_is_kept_nor_count_twice(site: RadioSite) -> None:
    sent: dict[Key, bytes] = {}
    for _ in range(3):
        with site.worker() as worker:
            until_hearing(worker)
            for _ in range(10):
                for sensor in site.sensors:
                    key = Key(sensor.dev_eui, sensor.f_cnt)
                    sent[key] = sensor.send(PAYLOAD)
                    site.send(sent[key])
                time.sleep(0.06)
            worker.kill()
    with site.worker() as worker:
        until_hearing(worker)
        kept = site.received()
        assert kept > 100
        site.settle(1)
        site.send(*sent.values())  # somebody has recorded it all, and plays it again
        until(lambda: worker.ask("status")["radio"]["heard"] >= len(sent), "all of it is heard")
        until(lambda: worker.ask("status")["radio"]["waiting"] == 0, "all of it is judged")
        said = worker.ask("status")["radio"]["frames"]
        site.settle(1)
        worker.finish()
    counters = site.honest().identity
    assert counters.received - counters.duplicate >= kept
    assert counters.received == kept + said.get("up", 0)
    stored = site.in_store()
    assert max(stored.values()) == 1
    assert set(stored) <= set(sent)


def lorawan(site: RadioSite, *arguments: str) -> str:
    """Have `citylora lorawan` do something; what it printed."""
    done = subprocess.run(
        [CITYLORA, "lorawan", *arguments, "-c", site.folder / "citylora.toml"],
        capture_output=True, text=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def key_file(site: RadioSite, name: str, key: bytes) -> str:
    path = site.folder / name
    path.write_text(key.hex())
    return str(path)


def test_a_device_that_is_added_while_it_runs_is_heard_at_once_and_a_removed_one_no_more(site: RadioSite) -> None:
    late = Sensor(77)
    keys = [
        "--nwk-skey-file", key_file(site, "nwk", late.nwk_s_key),
        "--app-skey-file", key_file(site, "app", late.app_s_key),
    ]  # fmt: skip
    with site.worker() as worker:
        until_hearing(worker)
        site.send(late.send(PAYLOAD))
        address = f"{late.dev_addr:08x}"
        said = lorawan(site, "device", "add", late.dev_eui, "--dev-addr", address, *keys, "--model", MODEL["model"])
        assert "the running worker knows" in said
        site.send(late.send(PAYLOAD))
        site.settle(1)
        lorawan(site, "device", "remove", late.dev_eui)
        site.send(late.send(PAYLOAD))
        until(lambda: worker.ask("status")["radio"]["frames"].get("foreign") == 2, "two were nobody's")
        worker.finish()
    same(site.in_store(), [Key(late.dev_eui, 1)])
    heard = json.loads(lorawan(site, "heard", "--json"))
    assert [(one["reason"], one["count"]) for one in heard["counts"]] == [("foreign", 2)]
    assert late.nwk_s_key.hex() not in worker.words()


def test_a_damaged_device_keeps_no_other_from_being_heard(site: RadioSite) -> None:
    good, bad, unreadable = site.sensors[:3]
    with closing(open_network(site.data)) as db:
        db.execute("UPDATE session SET keys = x'00' WHERE dev_eui = ?", (bad.dev_eui,))
        db.execute("UPDATE device SET body = '{' WHERE dev_eui = ?", (unreadable.dev_eui,))
    with site.worker() as worker:
        until_hearing(worker)
        site.send(good.send(PAYLOAD), bad.send(PAYLOAD), unreadable.send(PAYLOAD))
        site.settle(1)
        until(lambda: worker.ask("status")["radio"]["frames"] == {"up": 1, "damaged": 2}, "all of it is judged")
        worker.finish()
    assert site.incidents()["session_damaged"] == 2
    assert f"{bad.dev_eui}: its session of {bad.dev_addr:08x} cannot be read" in worker.words()
    assert "broker trouble" not in worker.words()


def test_a_device_joins_through_the_packet_forwarder(site: RadioSite) -> None:
    device, join_eui = Sensor(55), 0x70B3D57ED0000010
    root = key_file(site, "root", device.nwk_s_key)
    lorawan(site, "device", "add", device.dev_eui, "--join-eui", f"{join_eui:016x}", "--app-key-file", root)
    with site.worker() as worker, closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as downstream:
        until_hearing(worker)
        downstream.settimeout(PATIENCE)
        downstream.sendto(b"\x02cd\x02" + bytes.fromhex(GATEWAY), ("127.0.0.1", site.port))
        assert downstream.recv(16) == b"\x02cd\x04"
        site.send(device.ask_to_join(join_eui, 1))
        sent = json.loads(downstream.recv(1000)[4:])["txpk"]
        assert (sent["tmst"], sent["freq"], sent["datr"]) == (5_000_001, 921.4, "SF9BW125")
        frame = parse(b64decode(sent["data"]))
        assert isinstance(frame, JoinAccept)
        accepted = crypto.open_join_accept(device.nwk_s_key, frame)
        assert accepted is not None
        keys = crypto.session_keys(device.nwk_s_key, accepted.join_nonce, accepted.net_id, 1)
        device.dev_addr, (device.nwk_s_key, device.app_s_key) = accepted.dev_addr, keys
        site.send(device.send(PAYLOAD))
        site.settle(2)
        worker.finish()
    same(site.in_store(), [Key(device.dev_eui, 0)])
