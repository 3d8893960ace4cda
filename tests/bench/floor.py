"""The floor: the least that any program could do with an uplink and still not lose it. The yardstick of our own cost.

paho with manual acknowledgement, one parse of the JSON for a few fields, one line of line protocol from fields that are
already decoded, a SQLite journal (WAL, synchronous FULL) fsynced before the acknowledgement, lines POSTed in batches.
It promises nothing else: no payload is decoded, nothing is refused, checked, retried or counted per event, and the
cursor of what InfluxDB has is kept nowhere.

Runs by itself: `python tests/bench/floor.py --help`.
"""

from __future__ import annotations

import argparse
import http.client
import queue
import select
import signal
import sqlite3
import threading
import time
from datetime import datetime  # noqa: TC003  (msgspec reads the annotation)
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

if TYPE_CHECKING:
    from collections.abc import Sequence

TOPIC = "application/+/device/+/event/up"
COMMIT_EVENTS = 500
COMMIT_SECONDS = 0.05
POST_LINES = 5000  # InfluxDB 1.6 takes two to three times as many points a second as with batches of 100
SESSION_SECONDS = 7 * 24 * 3600
PRAGMAS = ("journal_mode = WAL", "synchronous = FULL")
TABLE = "CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY, topic TEXT NOT NULL, payload BLOB NOT NULL)"
INSERT = "INSERT INTO event (topic, payload) VALUES (?, ?)"

# What a decoder would have said: the floor is handed it.
DECODED = "air_temperature=28.4,relative_humidity=71,pm2_5=17,pm10=31,battery=3.6"


class Device(msgspec.Struct, rename="camel", gc=False):
    dev_eui: str


class Reception(msgspec.Struct, rename="camel", gc=False):
    gateway_id: str
    ns_time: datetime
    rssi: int = 0
    snr: float | None = None


class Event(msgspec.Struct, rename="camel", gc=False):
    device_info: Device
    rx_info: tuple[Reception, ...]
    f_cnt: int = 0
    f_port: int = 0
    dr: int = 0


PARSE = msgspec.json.Decoder(Event).decode


def line(payload: bytes | bytearray) -> str:
    """One uplink as one line of line protocol, at the time when the server had it, in nanoseconds."""
    event = PARSE(payload)
    best = event.rx_info[0]
    return (
        f"radio,dev_eui={event.device_info.dev_eui},gateway={best.gateway_id} "
        f"rssi={best.rssi},snr={best.snr or 0.0},f_cnt={event.f_cnt},f_port={event.f_port},dr={event.dr},"
        f"gateways={len(event.rx_info)},{DECODED} {int(best.ns_time.timestamp() * 1e6)}000"
    )


class Poster(threading.Thread):
    """Sends lines to `/write` in batches of whatever has come, until it is closed."""

    def __init__(self, address: str, database: str) -> None:
        super().__init__(name="poster")
        self._http = http.client.HTTPConnection(address)
        self._path = f"/write?db={database}"
        self._lines: queue.SimpleQueue[list[str] | None] = queue.SimpleQueue()
        self.put = self._lines.put

    def run(self) -> None:
        """Post until the None that `close` puts."""
        open_ = True
        while open_:
            batch: list[str] = []
            while open_ and len(batch) < POST_LINES and (not batch or not self._lines.empty()):
                more = self._lines.get()
                open_ = more is not None
                batch += more or ()
            if batch:
                self._post("\n".join(batch).encode())

    def _post(self, body: bytes) -> None:
        self._http.request("POST", self._path, body)
        answer = self._http.getresponse()
        text = answer.read()
        if answer.status != http.client.NO_CONTENT:
            raise ConnectionError(f"InfluxDB answers {answer.status}: {text!r}")

    def close(self) -> None:
        """Send what is left and end."""
        self._lines.put(None)
        self.join()


class Journal:
    """A row an event, on disk when `append` returns."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        for pragma in PRAGMAS:
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute(TABLE)
        self.close = self._database.close

    def append(self, batch: Sequence[mqtt.MQTTMessage]) -> None:
        """One transaction; its COMMIT ends with the fsync of the write-ahead log."""
        self._database.execute("BEGIN")
        self._database.executemany(INSERT, [(message.topic, message.payload) for message in batch])
        self._database.execute("COMMIT")


class Session:
    """One thread that reads, commits and acknowledges.

    paho's own network thread would cost a third more: hand-overs between threads, and a write for each acknowledgement.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self._arrived: list[mqtt.MQTTMessage] = []
        self._since = 0.0
        self._stopped = False
        self.subscribed = False
        client = mqtt.Client(CallbackAPIVersion.VERSION2, options.client_id, protocol=mqtt.MQTTv5, manual_ack=True)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        # With a callback here paho leaves writing to `turn` instead of sending each packet as it is queued.
        client.on_socket_register_write = lambda *_: None
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = SESSION_SECONDS
        client.connect(options.host, options.port, clean_start=False, properties=properties)
        self._client = client

    def _on_connect(self, client: mqtt.Client, *_: object) -> None:
        client.subscribe(TOPIC, qos=1)

    def _on_subscribe(self, *_: object) -> None:
        self.subscribed = True

    def _on_message(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        if not self._arrived:
            self._since = time.monotonic()
        self._arrived.append(message)

    def stop(self, *_: object) -> None:
        """End `drain` with its next commit."""
        self._stopped = True

    def turn(self, seconds: float) -> None:
        """Wait for the socket at most so long; read what it has, up to a commit's worth, and write what is due."""
        sock = self._client.socket()
        if sock is None:
            raise ConnectionError("the broker has closed the connection")
        readable, writable, _ = select.select([sock], [sock] if self._client.want_write() else [], [], seconds)
        before = -1
        while readable and before < len(self._arrived) < COMMIT_EVENTS:
            before = len(self._arrived)
            self._client.loop_read()
        if writable:
            self._client.loop_write()
        self._client.loop_misc()

    def drain(self, journal: Journal, poster: Poster, expected: int) -> None:
        """Take uplinks from broker to poster: so many, or with 0 until `stop`."""
        left = expected or -1
        while left and not self._stopped:
            wait = self._since + COMMIT_SECONDS - time.monotonic() if self._arrived else 1.0
            if wait > 0 and len(self._arrived) not in {left, COMMIT_EVENTS}:
                self.turn(wait)
                continue
            journal.append(self._arrived)
            for message in self._arrived:
                self._client.ack(message.mid, 1)
            poster.put([line(message.payload) for message in self._arrived])
            left -= len(self._arrived)
            self._arrived.clear()

    def leave(self) -> None:
        """Send what is due, then disconnect; the broker keeps the session."""
        while self._client.want_write():
            self._client.loop_write()
        self._client.disconnect()
        self._client.loop_write()


def main() -> None:
    """Parse the options and do the one or the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1", help="MQTT broker")
    parser.add_argument("--port", type=int, default=1883)
    parser.add_argument("--client-id", default="floor", help="names the persistent session")
    parser.add_argument("--influxdb", default="127.0.0.1:8086", help="host:port")
    parser.add_argument("--database", default="floor")
    parser.add_argument("--data", type=Path, default=Path(), help="directory of the journal")
    parser.add_argument("--expect", type=int, default=0, help="end after so many uplinks; 0: at SIGTERM")
    parser.add_argument("--subscribe-only", action="store_true", help="create the session and leave")
    options = parser.parse_args()
    session = Session(options)
    signal.signal(signal.SIGTERM, session.stop)
    if options.subscribe_only:
        while not session.subscribed:
            session.turn(1.0)
    else:
        journal, poster = Journal(options.data / "floor.db"), Poster(options.influxdb, options.database)
        poster.start()
        session.drain(journal, poster, options.expect)
        poster.close()
        journal.close()
    session.leave()


if __name__ == "__main__":
    main()
