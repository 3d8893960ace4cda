"""Packet forwarders: datagrams as the protocol's own text has them, and a socket that hostile ones reach."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateways.chirpstack import events
from gateways.handover import Incident, SessionOpened
from gateways.semtech_udp import limits
from gateways.semtech_udp.limits import RateLimit
from gateways.semtech_udp.packets import payload_of, pushed
from gateways.semtech_udp.protocol import BadDatagram, Kind, acknowledgement, parse
from gateways.semtech_udp.source import PULLED_WITHIN, UdpSettings, UdpSource
from gateways.uplink import Event, GatewayStats
from tests.fakes.lorawan_device import BEGAN, GATEWAY, Sensor
from tests.servers import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateways.handover import Report
    from gateways.reception import Reception

EUI = bytes.fromhex(GATEWAY)
PATIENCE = 30.0

# The protocol's own examples: what a forwarder sends is unpadded, and one text mixes both alphabets.
EXAMPLE = {
    "rxpk": [
        {
            "time": "2013-03-31T16:21:17.528002Z", "tmst": 3512348611, "chan": 2, "rfch": 0, "freq": 866.349812,
            "stat": 1, "modu": "LORA", "datr": "SF7BW125", "codr": "4/6", "rssi": -35, "lsnr": 5.1, "size": 32,
            "data": "-DS4CGaDCdG+48eJNM3Vai-zDpsR71Pn9CPA9uCON84",
        },
        {
            "time": "2013-03-31T16:21:17.530974Z", "tmst": 3512348514, "chan": 9, "rfch": 1, "freq": 869.1,
            "stat": 1, "modu": "FSK", "datr": 50000, "rssi": -75, "size": 16, "data": "VEVTVF9QQUNLRVRfMTIzNA==",
        },
    ]
}  # fmt: skip
STAT = {
    "stat": {
        "time": "2014-01-12 08:59:28 GMT", "lati": 16.0544, "long": 108.2022, "alti": 145, "rxnb": 2, "rxok": 1,
        "rxfw": 2, "ackr": 100.0, "dwnb": 3, "txnb": 2,
    }
}  # fmt: skip


def push(body: object, token: bytes = b"\x12\x34", eui: bytes = EUI, kind: Kind = Kind.PUSH_DATA) -> bytes:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return b"\x02" + token + bytes([kind]) + eui + raw


def packet(phy: bytes, **more: Any) -> dict[str, Any]:
    told = {
        "tmst": 1000, "chan": 1, "freq": 921.4, "stat": 1, "modu": "LORA", "datr": "SF10BW125", "codr": "4/5",
        "rssi": -101, "lsnr": -7.5, "size": len(phy), "data": b64encode(phy).decode(),
    }  # fmt: skip
    return {**told, **more}


def read(body: object) -> list[Reception]:
    return [one.reception for one in pushed("roof", GATEWAY, json.dumps(body).encode(), BEGAN).heard]


def test_the_protocols_own_examples() -> None:
    lora, fsk = read(EXAMPLE)
    assert (lora.frequency, lora.spreading_factor, lora.bandwidth, lora.code_rate) == (866349812, 7, 125000, "4/6")
    assert (lora.rssi, lora.snr, lora.channel, lora.crc, len(lora.phy)) == (-35, 5.1, 2, "ok", 32)
    assert (lora.source, lora.gateway, lora.at) == ("roof", GATEWAY, BEGAN)
    assert (fsk.phy, fsk.bit_rate, fsk.spreading_factor, fsk.snr) == (b"TEST_PACKET_1234", 50000, None, None)


def test_a_clock_by_gps_is_utc() -> None:
    (one,) = read({"rxpk": [packet(b"x", tmms=1_447_882_379_709)]})
    assert one.gps_at == (1_447_882_379_709 + 315_964_800_000 - 18_000) * 1_000_000


def test_statistics_are_as_chirpstack_has_them() -> None:
    found = pushed("roof", GATEWAY, json.dumps(STAT).encode(), BEGAN)
    said = events.parse(f"as923_2/gateway/{GATEWAY}/event/stats", found.stat)
    assert isinstance(said, GatewayStats)
    assert (said.gateway, said.received, said.received_ok, said.to_send, said.sent) == (GATEWAY, 2, 1, 3, 2)
    assert said.time == 1_389_517_168_000_000_000
    assert said.position is not None
    assert (said.position.latitude, said.position.source) == (16.0544, "GPS")


def test_one_bad_frame_harms_no_other() -> None:
    body = {"rxpk": [packet(b"a", data="!!"), packet(b"b"), packet(b"c", size=2), 7, packet(b"d", freq="x")], "stat": 3}
    found = pushed("roof", GATEWAY, json.dumps(body).encode(), BEGAN)
    assert [one.reception.phy for one in found.heard] == [b"b"]
    assert sorted(found.bad) == ["bad_rxpk"] * 4 + ["bad_stat"]


def test_frames_of_one_datagram_are_bounded() -> None:
    found = pushed("roof", GATEWAY, json.dumps({"rxpk": [packet(b"a")] * 70}).encode(), BEGAN)
    assert (len(found.heard), found.bad) == (64, ["too_many"])


def test_nonsense_is_none_and_not_a_value() -> None:
    odd = packet(b"a", freq=-1, datr="SF7", codr="OFF", rssi=1e9, lsnr=-999, chan=-1, stat=7, tmms=1 << 60)
    (one,) = read({"rxpk": [odd]})
    nothing = (one.frequency, one.spreading_factor, one.code_rate, one.rssi, one.snr, one.channel, one.gps_at)
    assert nothing == (None,) * 7
    assert one.crc == "none"


@pytest.mark.parametrize(("text", "phy"), [("-_-_", b"\xfb\xff\xbf"), ("+/+/", b"\xfb\xff\xbf"), ("QQ", b"A")])
def test_base64_as_forwarders_write_it(text: str, phy: bytes) -> None:
    assert payload_of(text) == phy


@pytest.mark.parametrize("text", ["", "Q", "Q Q=", "QQ\n", "ä", "QQ=A"])
def test_other_text_is_no_payload(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        payload_of(text)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "too_short"), (push(b"")[:11], "too_short"), (b"\x03" + push(b"")[1:], "unknown_version"),
        (push(b"", kind=Kind.PULL_RESP), "not_from_a_gateway"), (b"\x02ab\x77" + EUI, "not_from_a_gateway"),
    ],
)  # fmt: skip
def test_other_datagrams_are_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(BadDatagram) as refusal:
        parse(raw)
    assert refusal.value.reason == reason


@given(st.binary(max_size=200))
def test_whatever_comes_is_read_or_refused(raw: bytes) -> None:
    try:
        datagram = parse(raw)
    except BadDatagram:
        datagram = parse(push(raw))
    assert len(acknowledgement(2, datagram)) in (0, 4)
    pushed("roof", datagram.gateway, datagram.body, BEGAN)


def test_an_address_has_its_rate_and_addresses_are_bounded() -> None:
    limit = RateLimit(10)
    assert [limit.allows("a", 0.0) for _ in range(11)] == [True] * 10 + [False]
    assert limit.allows("b", 0.0)
    assert limit.allows("a", 0.1)
    assert not limit.allows("a", 0.1)
    for number in range(limits.SOURCES + 10):
        limit.allows(str(number), 1.0)
    assert len(limit._left) == limits.SOURCES


class Forwarder:
    """A socket that sends what it is told to, and the source that it reaches."""

    def __init__(self, **settings: Any) -> None:
        self.heard: list[Reception] = []
        self.passed: list[Event] = []
        self.reports: list[Report] = []
        self.room = threading.Event()
        self.room.set()
        self.source = UdpSource(UdpSettings("roof", port=0, **settings), self._hear, self._pass, self.reports.append)
        self.source.start()
        assert self.source.connected.wait(PATIENCE)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(PATIENCE)

    def _hear(self, reception: Reception) -> bool:
        if self.room.is_set():
            self.heard.append(reception)
        return self.room.is_set()

    def _pass(self, event: Event) -> bool:
        self.passed.append(event)
        return True

    def send(self, raw: bytes) -> None:
        self.socket.sendto(raw, self.source.address)

    def until(self, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not done():
            assert time.monotonic() < deadline, self.source.status()
            time.sleep(0.002)


@pytest.fixture
def forwarder(request: pytest.FixtureRequest) -> Iterator[Forwarder]:
    one = Forwarder(**getattr(request, "param", {}))
    yield one
    one.source.stop(PATIENCE)
    one.socket.close()


def test_a_frame_is_acknowledged_and_heard(forwarder: Forwarder) -> None:
    forwarder.send(push({"rxpk": [packet(b"frame")]}))
    assert forwarder.socket.recv(100) == b"\x02\x12\x34\x01"
    forwarder.until(lambda: len(forwarder.heard) == 1)
    assert forwarder.heard[0].phy == b"frame"
    forwarder.send(push(STAT))
    forwarder.until(lambda: len(forwarder.passed) == 1)
    assert forwarder.passed[0].topic == f"as923_2/gateway/{GATEWAY}/event/stats"
    forwarder.socket.recv(100)
    forwarder.send(push(b"", kind=Kind.PULL_DATA))
    assert forwarder.socket.recv(100) == b"\x02\x12\x34\x04"
    assert isinstance(forwarder.reports[0], SessionOpened)


@pytest.mark.parametrize("forwarder", [{"gateways": frozenset({GATEWAY})}], indirect=True)
def test_only_known_gateways_are_heard(forwarder: Forwarder) -> None:
    forwarder.send(push({"rxpk": [packet(b"theirs")]}, eui=bytes(8)))
    forwarder.send(push({"rxpk": [packet(b"ours")]}, b"ok"))
    assert forwarder.socket.recv(100) == b"\x02ok\x01"  # the other one has no answer
    forwarder.until(lambda: len(forwarder.heard) == 1)
    assert forwarder.source.counts["unknown_gateway"] == 1
    assert [one.kind for one in forwarder.reports if isinstance(one, Incident)] == ["unknown_gateway"]


@pytest.mark.parametrize("forwarder", [{"rate": 20}], indirect=True)
def test_a_flood_of_one_address_is_cut(forwarder: Forwarder) -> None:
    began = time.monotonic()
    for _ in range(200):
        forwarder.send(push({"rxpk": [packet(b"frame")]}))
    forwarder.until(lambda: forwarder.source.counts["over_rate"] + len(forwarder.heard) == 200)
    assert 20 <= len(forwarder.heard) <= 20 + 20 * (time.monotonic() - began)
    assert forwarder.source.counts["datagrams"] == 200
    assert len([one for one in forwarder.reports if isinstance(one, Incident)]) == 1


def test_fuzzed_datagrams_harm_nothing(forwarder: Forwarder) -> None:
    chance, sound = random.Random(7), push({"rxpk": [packet(b"frame")]})
    for number in range(400):
        # Never more than the kernel holds for a reader that gets no turn: what it drops is another test's.
        forwarder.until(lambda: forwarder.source.counts["datagrams"] > number - 100)  # noqa: B023
        raw = bytearray(sound)
        for _ in range(chance.randint(1, 8)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        forwarder.send(bytes(raw[: chance.randint(0, len(raw))]))
    forwarder.send(push({"rxpk": [packet(b"last")]}))
    forwarder.until(lambda: any(one.phy == b"last" for one in forwarder.heard))


def test_without_room_nothing_is_read_and_nothing_lost_inside(forwarder: Forwarder) -> None:
    forwarder.room.clear()
    for number in range(50):
        forwarder.send(push({"rxpk": [packet(b"%d" % number)]}))
    time.sleep(0.2)
    assert forwarder.source.counts["frames"] == 0
    forwarder.room.set()
    forwarder.until(lambda: len(forwarder.heard) == 50)
    assert [one.phy for one in forwarder.heard] == [b"%d" % number for number in range(50)]


def test_what_the_kernel_drops_is_counted(forwarder: Forwarder) -> None:
    assert forwarder.source._socket is not None
    forwarder.source._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    forwarder.room.clear()
    for number in range(500):
        forwarder.send(push({"rxpk": [packet(b"%d" % number)]}))
    forwarder.room.set()
    forwarder.until(lambda: forwarder.source.counts["dropped"] + len(forwarder.heard) == 500)  # there is room again
    forwarder.send(push({"rxpk": [packet(b"last")]}))
    forwarder.until(lambda: any(one.phy == b"last" for one in forwarder.heard))
    assert forwarder.source.counts["dropped"] > 0
    assert forwarder.source.counts["dropped"] + len(forwarder.heard) == 501
    assert "datagrams_dropped" in [one.kind for one in forwarder.reports if isinstance(one, Incident)]


def test_a_join_is_answered_through_the_gateway_that_heard_it(forwarder: Forwarder) -> None:
    asked = Sensor(1).ask_to_join(0x70B3D57ED0000010, 1)
    forwarder.send(push({"rxpk": [packet(asked, tmst=(1 << 32) - 1)]}))
    forwarder.until(lambda: len(forwarder.heard) == 1)
    forwarder.socket.recv(100)
    assert not forwarder.source.answer(forwarder.heard[0], b"accept", 5_000_000)  # nobody pulls
    forwarder.send(push(b"", kind=Kind.PULL_DATA))
    forwarder.until(lambda: forwarder.source.counts["keep_alive"] == 1)
    forwarder.socket.recv(100)
    assert forwarder.source.answer(forwarder.heard[0], b"accept", 5_000_000)
    raw = forwarder.socket.recv(1000)
    assert (raw[0], raw[3]) == (2, Kind.PULL_RESP)
    sent = json.loads(raw[4:])["txpk"]
    assert (sent["tmst"], sent["freq"], sent["datr"], sent["ipol"]) == (4_999_999, 921.4, "SF10BW125", True)
    assert (sent["size"], sent["data"]) == (6, b64encode(b"accept").decode())
    forwarder.send(push({"txpk_ack": {"error": "TOO_LATE"}}, kind=Kind.TX_ACK))
    forwarder.until(lambda: forwarder.source.counts["not_sent"] == 1)


def test_a_gateway_that_pulls_no_more_is_not_ready(forwarder: Forwarder) -> None:
    asked = Sensor(1).ask_to_join(0x70B3D57ED0000010, 1)
    forwarder.send(push({"rxpk": [packet(asked)]}))
    forwarder.until(lambda: len(forwarder.heard) == 1)
    heard, source = forwarder.heard[0], forwarder.source
    assert not source.ready(heard)  # nobody pulls
    forwarder.send(push(b"", kind=Kind.PULL_DATA))
    forwarder.until(lambda: source.counts["keep_alive"] == 1)
    assert source.ready(heard)
    assert not source.ready(replace(heard, gateway="0016c001f0000002"))
    assert not source.ready(replace(heard, spreading_factor=None))
    assert not source.ready(replace(heard, phy=asked[:-1] + b"?"))  # of no known time
    source._clock = lambda: time.monotonic() + PULLED_WITHIN
    assert not source.ready(heard)
    assert not source.answer(heard, b"accept", 5_000_000)
    source.stop(PATIENCE)
    source._clock = time.monotonic
    assert not source.ready(heard)  # the port is closed


def test_a_port_that_is_taken_is_told_and_tried_again() -> None:
    taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    taken.bind(("127.0.0.1", free_port()))  # which nobody else takes while it is let go
    reports: list[Report] = []
    settings = UdpSettings("roof", port=taken.getsockname()[1])
    source = UdpSource(settings, lambda _one: True, lambda _one: True, reports.append)
    source.start()
    deadline = time.monotonic() + PATIENCE
    while not reports and time.monotonic() < deadline:
        time.sleep(0.01)
    assert isinstance(reports[0], Incident)
    assert reports[0].kind == "connect_failed"
    taken.close()
    assert source.connected.wait(PATIENCE)
    source.stop(PATIENCE)
