"""Packet forwarders at full speed: what was sent, less what the kernel dropped, must have been received.

Two subjects take turns: a worker, which verifies, decrypts, journals and stores each frame, and a bare reader. Every
frame is another one, of one of many sessions; one process sends them all, at a steady pace, from one socket.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from base64 import b64encode
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateways.network.store import SessionStore
from ingest import control
from ingest.data_dir import SOCKET, make, open_network
from ingest.status import read_state
from tests.bench.process import Process
from tests.fakes.lorawan_device import GATEWAY, NETWORK_KEY, Sensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.options import Options, Result

DEVICES = 500
PAYLOAD = bytes.fromhex("01756403671901046873057d6704")
HOST = "127.0.0.1"
STEP = 0.005
SETTLES = 120.0
CITYLORA = Path(sys.executable).with_name("citylora")
READER = Path(__file__).with_name("udp_reader.py")


def radio_udp(options: Options) -> Result:
    """Datagrams of one frame each, at `options.rate` for `options.seconds`."""
    with options.scratch() as folder:
        runs = [
            {"round": number + 1, **run(name, options, folder / f"{number}-{name}")}
            for number in range(options.rounds)
            for name in ("citylora", "bare reader")
        ]
    return {"rate": options.rate, "seconds": options.seconds, "devices": DEVICES, "runs": runs}


def run(name: str, options: Options, folder: Path) -> Result:
    """One flood into one subject."""
    folder.mkdir()
    sensors = [Sensor(number) for number in range(1, DEVICES + 1)]
    datagrams = made(sensors, round(options.rate * options.seconds))
    port = free_port()
    process = start(name, folder, port, sensors)
    try:
        until_listening(port, process)
        before = process.cpu()
        began = time.monotonic()
        sent = flood(port, datagrams, options.rate)
        seconds = time.monotonic() - began
        found = settled(folder, sent) if name == "citylora" else {}
        cpu = process.cpu() - before
        usage = process.stop()
    finally:
        process.kill()
    found |= ended(name, folder)
    return {
        "subject": name, "sent": sent, "sent_a_second": round(sent / seconds), **found,
        "lost": sent - found["received"] - found["dropped"], "cpu_s_per_1000": round(1000 * cpu / sent, 4),
        "rss_mib": round(usage.rss / 2**20, 1),
    }  # fmt: skip


def made(sensors: Sequence[Sensor], count: int) -> list[bytes]:
    """Datagrams, the sensors in turn."""
    head = b"\x02ab\x00" + bytes.fromhex(GATEWAY)
    frames = (sensors[number % len(sensors)].send(PAYLOAD) for number in range(count))
    return [head + json.dumps({"rxpk": [packet(phy)]}).encode() for phy in frames]


def packet(phy: bytes) -> dict[str, Any]:
    """A frame as a forwarder tells of it."""
    return {
        "tmst": 1, "chan": 0, "rfch": 0, "freq": 921.4, "stat": 1, "modu": "LORA", "datr": "SF9BW125", "codr": "4/5",
        "rssi": -99, "lsnr": 3.5, "size": len(phy), "data": b64encode(phy).decode(),
    }  # fmt: skip


def start(name: str, folder: Path, port: int, sensors: Sequence[Sensor]) -> Process:
    """The subject, on that port."""
    if name != "citylora":
        return Process([sys.executable, str(READER), str(port)], folder / "log")
    data = folder / "data"
    make(data)
    with closing(SessionStore(open_network(data), NETWORK_KEY)) as store:
        for sensor in sensors:
            store.add(sensor.device(tags={"model": "Milesight EM500-CO2"}), sensor.session())
    (folder / "network.key").touch(0o600)
    (folder / "network.key").write_text(NETWORK_KEY.hex())
    (folder / "citylora.toml").write_text(
        f'data_dir = "{data}"\n[[udp]]\nname = "roof"\nlisten = "{HOST}:{port}"\nrate = 100000\n'
        '[network]\nkey_file = "network.key"\n[rollup]\nenabled = false\n'
    )
    return Process([str(CITYLORA), "run", "-c", str(folder / "citylora.toml")], folder / "log")


def until_listening(port: int, process: Process) -> None:
    """Ask with datagrams of no content until one is answered."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as asking:
        asking.settimeout(0.1)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            process.check()
            asking.sendto(b"\x02ab\x00" + bytes.fromhex(GATEWAY) + b'{"rxpk":[]}', (HOST, port))
            try:
                asking.recv(16)
            except OSError:
                continue
            return
    raise TimeoutError("nobody listens")


def flood(port: int, datagrams: Sequence[bytes], rate: float) -> int:
    """Send them at a steady pace; how many were sent."""
    began, sent = time.monotonic(), 0
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sender:
        sender.connect((HOST, port))
        while sent < len(datagrams):
            due = min(len(datagrams), int((time.monotonic() - began) * rate))
            while sent < due:
                sender.send(datagrams[sent])
                sent += 1
            time.sleep(STEP)
    return sent


def settled(folder: Path, sent: int) -> Result:
    """Wait until everything that was heard is stored; what the worker says of it."""
    data, deadline = folder / "data", time.monotonic() + SETTLES
    while True:
        answer = control.ask(data / SOCKET, "status") or {}
        radio = answer["radio"]
        source = radio["sources"]["roof"]
        identity = read_state(data, ["store"]).identity
        done = source.get("frames", 0) + source.get("dropped", 0) >= sent and not identity.pending
        if (done and radio["waiting"] == radio["unwritten"] == 0) or time.monotonic() > deadline:
            return {
                "received": source["frames"], "dropped": source.get("dropped", 0), "buffer": source["buffer"],
                "uplinks": radio["frames"]["up"],
                "journaled": identity.received - identity.duplicate, "stored": identity.stored,
            }  # fmt: skip
        time.sleep(0.2)


def ended(name: str, folder: Path) -> Result:
    """What the bare reader has said at its end."""
    if name == "citylora":
        return {}
    said = json.loads((folder / "log").read_text().splitlines()[-1])
    return {
        "received": said["frames"], "dropped": said["dropped"], "buffer": said["buffer"],
        **dict.fromkeys(("uplinks", "journaled", "stored")),
    }  # fmt: skip


def free_port() -> int:
    """A port that nobody uses."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])
