"""One suite for every family of modems: whatever the line does, what arrived whole is heard, and it goes on."""

from __future__ import annotations

import random
import threading
import time
from binascii import crc_hqx
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.handover import Incident, SessionOpened
from gateways.serial import link
from gateways.serial.conversation import PAUSE, Conversation
from gateways.serial.families import FAMILIES
from gateways.serial.link import PortSettings, SerialSource
from gateways.serial.told import Channel, Frame, Listening
from gateways.simulator.modems import MODEMS, Rak3172Modem
from gateways.simulator.modems.modem import Air
from gateways.simulator.modems.plugged import Faults, Plugged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gateways.handover import Report
    from gateways.reception import Reception
    from gateways.serial.told import Told
    from gateways.simulator.modems.modem import Modem

PATIENCE = 60.0
SLOWER = 20.0
"""So much longer a modem may take for its answers where no test is about that: it is a thread of this process, which
may get no turn for seconds."""

PIECES = (
    b"ok\r\n", b"busy\r\n", b"radio_rx  4865\r\n", b"radio_err\r\n", b"-7\r\n", b"invalid_param\r\n",
    b"RN2903 1.0.5 Nov 06 2018\r\n", b"\r\nOK\r\n", b"AT+VER=RUI_4\r\n", b"+EVT:RXP2P:-9:6:4865\r\n", b"AT_ERROR\r\n",
    b"Current Work Mode: LoRa P2P.\r\n", b"OK V3.0\r\n", b"at+recv=-9,6,2:4865\r\n", b"at+recv=0,-105,-12,0\r\n",
    b"+AT: OK\r\n", b"+MODE: TEST\r\n", b"+TEST: RFCFG\r\n", b"+TEST: RXLRPKT\r\n", b"+MODE: LWABP\r\n",
    b'+TEST: LEN:2, RSSI:-4, SNR:1\r\n+TEST: RX "4865"\r\n', b"\xc0\x08\x46\xc0", b"\xc0\x01\x36\xeb\xae\xc0\xc0",
    b"\xc0\x06\x01\xc0", b"\xc0\x00\xdb\xc0", b"\xc0\x23\xc0", b"$HELLO,1,x*%04X\n" % crc_hqx(b"HELLO,1,x", 0xFFFF),
    b"$OK,TUNE*%04X\n" % crc_hqx(b"OK,TUNE", 0xFFFF), b"4294967245\r\n",
)  # fmt: skip


def channel(family: str) -> Channel:
    return Channel(921_400_000, 7, public=FAMILIES[family].lorawan != "no")


def frames(count: int, seed: int = 1) -> list[Air]:
    """Of all lengths that matter, with every byte that a line could stumble over."""
    source = random.Random(seed)
    odd = [b"\xc0\xdb\xdc\xdd\r\n\0", b"\x40", bytes(255)]
    some = odd + [source.randbytes(source.randint(12, 60)) for _ in range(count)]
    return [Air(phy, -40 - at % 80, at % 20 - 10) for at, phy in enumerate(some[:count])]


@pytest.fixture(params=sorted(MODEMS))
def family(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Desk:
    """Whoever hears."""

    def __init__(self) -> None:
        self.heard: list[Reception] = []
        self.reports: list[Report] = []
        self.room = True

    def hear(self, reception: Reception) -> bool:
        if self.room:
            self.heard.append(reception)
        return self.room

    def incidents(self) -> list[str]:
        return [one.kind for one in self.reports if isinstance(one, Incident)]


class Unhurried:
    """`time` for whoever waits for a modem: seconds of his are longer ones of ours."""

    time_ns = staticmethod(time.time_ns)

    @staticmethod
    def monotonic() -> float:
        return time.monotonic() / SLOWER


@pytest.fixture
def hurried() -> None:
    """The modem has as long as in the field: of tests in which it does not answer, which are waited for."""


@pytest.fixture
def listens(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., tuple[Desk, SerialSource, Plugged]]]:
    opened: list[tuple[SerialSource, Plugged]] = []
    if "hurried" not in request.fixturenames:
        monkeypatch.setattr(link, "time", Unhurried)
        monkeypatch.setattr("gateways.serial.conversation.PAUSE", PAUSE / SLOWER)

    def begin(family: str, faults: Faults | None = None, **options: int) -> tuple[Desk, SerialSource, Plugged]:
        plugged = Plugged(MODEMS[family](), tmp_path / f"{family}-{len(opened)}", faults)
        plugged.__enter__()
        desk = Desk()
        port = PortSettings("roof", family, str(plugged.path), "00" * 8, (channel(family),), **options)
        source = SerialSource(port, desk.hear, desk.reports.append)
        opened.append((source, plugged))
        source.start()
        return desk, source, plugged

    yield begin
    for source, plugged in opened:
        source.stop(PATIENCE)
        plugged.__exit__(None, None, None)
        assert not source.connected.is_set()


def until(true: Callable[[], bool], what: str = "") -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, what or "it does not come"
        time.sleep(0.005)


def send(plugged: Plugged, air: Air) -> None:
    until(lambda: plugged.hear(air), f"the modem does not listen: {plugged.modem.commands[-5:]}")


def settled(desk: Desk, plugged: Plugged) -> None:
    """What arrived undamaged was heard."""
    whole = [phy for phy, intact in plugged.intact if intact]
    until(lambda: not missing(whole, desk), f"{missing(whole, desk)} of {len(whole)} are not heard")


def missing(whole: list[bytes], desk: Desk) -> int:
    heard = [one.phy for one in desk.heard]
    return sum(phy not in heard for phy in whole)


def test_every_frame_is_heard_with_its_signal(
    family: str, listens: Callable[..., tuple[Desk, SerialSource, Plugged]]
) -> None:
    desk, source, plugged = listens(family)
    sent = frames(20)
    before = time.time_ns()
    for air in sent:
        send(plugged, air)
    until(lambda: len(desk.heard) == len(sent))
    assert [one.phy for one in desk.heard] == [air.phy for air in sent]
    assert [one.rssi for one in desk.heard] == [air.rssi for air in sent]
    assert [round((one.snr or 0) - 0.12) for one in desk.heard] == [air.snr for air in sent]
    for one in desk.heard:
        assert (one.source, one.frequency, one.spreading_factor, one.bandwidth) == ("roof", 921_400_000, 7, 125_000)
        assert before <= one.at <= time.time_ns()
    assert abs(plugged.modem.frequency - 921_400_000) < 100
    assert plugged.modem.factor == 7
    assert plugged.modem.public == channel(family).public
    assert desk.incidents() in ([], ["firmware"])
    assert any(isinstance(one, SessionOpened) for one in desk.reports)
    assert source.status()["frames"] == len(sent)


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(Faults(drip=1), id="byte by byte"),
        pytest.param(Faults(drip=7, pause=0.001), id="split and late"),
        pytest.param(Faults(garbage=40, seed=3), id="garbage between"),
    ],
)
def test_pieces_and_garbage_cost_no_frame(
    family: str, faults: Faults, listens: Callable[..., tuple[Desk, SerialSource, Plugged]]
) -> None:
    desk, _, plugged = listens(family, faults)
    for air in frames(10):
        send(plugged, air)
    settled(desk, plugged)
    assert len(desk.heard) >= 10


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("faults", [Faults(lost=0.002, seed=5), Faults(bent=0.002, seed=6)], ids=["loss", "corruption"])
def test_what_arrives_undamaged_is_heard_and_nothing_is_made_up(
    family: str, faults: Faults, listens: Callable[..., tuple[Desk, SerialSource, Plugged]]
) -> None:
    desk, source, plugged = listens(family, faults)
    sent = frames(25)
    for air in sent:  # what comes while nobody has the port open is lost there, however sound it is
        until(lambda: source.connected.is_set() and plugged.hear(air), "it does not listen")  # noqa: B023
    settled(desk, plugged)
    if family == "sketch":
        assert {one.phy for one in desk.heard} <= {air.phy for air in sent}


def test_a_modem_that_is_reset_in_the_middle_of_a_frame_is_set_up_again(
    family: str, listens: Callable[..., tuple[Desk, SerialSource, Plugged]]
) -> None:
    desk, source, plugged = listens(family)
    one, torn, other = frames(6)[3:]
    send(plugged, one)
    until(lambda: plugged.modem.listening and len(desk.heard) == 1)
    with plugged._lock:
        plugged.reset(plugged.modem.receive(torn)[:9])
    until(lambda: source.connected.is_set() and plugged.modem.listening)
    send(plugged, other)
    until(lambda: len(desk.heard) == 2)
    assert [reception.phy for reception in desk.heard] == [one.phy, other.phy]
    assert "connection_lost" in desk.incidents()


def test_a_modem_that_is_unplugged_comes_back(
    family: str, listens: Callable[..., tuple[Desk, SerialSource, Plugged]]
) -> None:
    desk, source, plugged = listens(family)
    one, other = frames(5)[3:]
    send(plugged, one)
    until(lambda: len(desk.heard) == 1)
    plugged.unplug()
    until(lambda: "connection_lost" in desk.incidents())
    assert not source.connected.is_set()
    plugged.plug()
    until(source.connected.is_set)
    send(plugged, other)
    until(lambda: len(desk.heard) == 2)
    assert [reception.phy for reception in desk.heard] == [one.phy, other.phy]


@pytest.mark.usefixtures("hurried")
def test_a_wrong_speed_is_found_out_and_mended(
    family: str, listens: Callable[..., tuple[Desk, SerialSource, Plugged]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateways.serial.conversation.ATTEMPTS", 2)  # which only saves time
    desk, source, plugged = listens(family, baud=38_400)
    until(source.connected.is_set)
    assert "connect_failed" in desk.incidents()
    send(plugged, frames(1)[0])
    until(lambda: len(desk.heard) == 1)


def test_without_room_the_port_waits_and_nothing_is_lost(
    family: str, listens: Callable[..., tuple[Desk, SerialSource, Plugged]]
) -> None:
    desk, source, plugged = listens(family)
    until(source.connected.is_set)
    desk.room = False
    sent = frames(3)
    send(plugged, sent[0])
    time.sleep(0.15)
    assert not desk.heard
    desk.room = True
    for air in sent[1:]:
        send(plugged, air)
    until(lambda: len(desk.heard) == 3)
    assert [one.phy for one in desk.heard] == [air.phy for air in sent]


def test_two_cannot_hold_one_port(family: str, listens: Callable[..., tuple[Desk, SerialSource, Plugged]]) -> None:
    _, source, plugged = listens(family)
    until(source.connected.is_set)
    desk = Desk()
    second = SerialSource(source.settings._replace(name="second"), desk.hear, desk.reports.append)
    second.start()
    until(lambda: bool(desk.reports))
    second.stop()
    assert "another program" in str(desk.reports[0])
    assert plugged.modem.listening


def talk(family: str, seconds: float, reply: Callable[[bytes], bytes]) -> tuple[Conversation, list[Told]]:
    """A conversation with whatever `reply` is, by a clock of its own."""
    conversation, told = Conversation(FAMILIES[family].make(), channel(family)), []
    now = 0.0
    conversation.begin(now)
    while now < seconds:
        answer = reply(conversation.take())
        told += conversation.receive(answer, now)
        now += 0.05
        told += conversation.tick(now)
    return conversation, told


def test_a_modem_that_never_ends_a_line_costs_no_memory(family: str) -> None:
    made = FAMILIES[family].make()
    for _ in range(2000):
        assert made.split(b"radio_rx  40+EVT:RXP2P:" * 50) == []
    sizes = [len(value) for value in vars(made).values() if isinstance(value, bytearray)]
    lines = getattr(made, "_lines", None)
    sizes.append(len(lines._begun) if lines is not None else 0)
    assert max(sizes) <= 1200


def test_what_refuses_everything_is_told_and_ends(family: str) -> None:
    error = {
        "rn2903": b"invalid_param\r\n", "rak3172": b"\r\nAT_ERROR\r\n", "rak811": b"ERROR: 1\r\n",
        "lora-e5": b"+AT: ERROR(-1)\r\n", "rnode": b"\xc0\x90\x01\xc0",
        "sketch": b"$NO,X,y*%04X\n" % crc_hqx(b"NO,X,y", 0xFFFF),
    }[family]  # fmt: skip
    conversation, told = talk(family, 15.0, lambda command: error if command else b"")
    assert [one.kind for one in told if not isinstance(one, Frame | Listening)][-1] == "refused"
    assert not conversation.listening


def test_what_says_nothing_is_mute(family: str) -> None:
    conversation, told = talk(family, 15.0, lambda _command: b"")
    assert [one.kind for one in told if not isinstance(one, Frame | Listening)] == ["mute"]
    assert not conversation.listening


def test_a_modem_that_dies_while_it_listens_is_noticed(family: str) -> None:
    modem = MODEMS[family]()
    clock = {"now": 0.0}

    def reply(command: bytes) -> bytes:
        clock["now"] += 0.05
        return modem.take(command) if clock["now"] < 20 else b""

    _, told = talk(family, 130.0, reply)
    kinds = [one.kind for one in told if not isinstance(one, Frame | Listening)]
    assert [one for one in kinds if one != "firmware"][:2] == ["deaf", "mute"]


def test_noise_alone_is_never_a_frame(family: str) -> None:
    source = random.Random(9)
    made = FAMILIES[family].make()
    said = [made.read(line) for _ in range(300) for line in made.split(source.randbytes(200))]
    heard = [one for one in said if isinstance(one, Frame)]
    assert family == "rnode" or not heard
    assert made.noise > 0


def test_a_defect_is_told_and_the_port_is_not_deaf_for_good(
    family: str, listens: Callable[..., tuple[Desk, SerialSource, Plugged]], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, source, plugged = listens(family)
    until(source.connected.is_set)
    with monkeypatch.context() as broken:
        broken.setattr(Conversation, "receive", lambda *_: 1 / 0)
        until(lambda: not source.connected.is_set())
    until(source.connected.is_set)
    send(plugged, frames(1)[0])
    until(lambda: len(desk.heard) == 1)
    assert "a defect: ZeroDivisionError" in str(desk.reports)


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(MODEMS)),
    pieces=st.lists(st.one_of(st.binary(max_size=80), st.sampled_from(PIECES)), max_size=60),
    step=st.floats(0, 100),
)
def test_whatever_is_said_in_whatever_order_nothing_breaks(name: str, pieces: list[bytes], step: float) -> None:
    conversation, now = Conversation(FAMILIES[name].make(), channel(name)), 0.0
    conversation.begin(now)
    for piece in pieces:
        told = [*conversation.receive(piece, now), *conversation.tick(now)]
        assert all(0 < len(one.phy) <= 508 for one in told if isinstance(one, Frame))
        assert len(conversation.take()) < 2000
        now += step
    conversation.close()
    assert conversation.due == float("inf")


def test_an_older_rui3_has_its_width_in_khz_and_no_sync_word(
    listens: Callable[..., tuple[Desk, SerialSource, Plugged]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MODEMS, "rak3172", lambda: Rak3172Modem(kilohertz=True))
    desk, source, plugged = listens("rak3172")
    until(lambda: bool(desk.reports))
    assert "AT+SYNCWORD=3444` is answered by AT_COMMAND_NOT_FOUND" in str(desk.reports)
    assert desk.incidents()[0] == "firmware"
    assert not source.connected.is_set()
    private = source.settings._replace(channels=(Channel(921_400_000, 7, public=False),))
    source.stop()
    other = SerialSource(private, desk.hear, desk.reports.append)
    other.start()
    until(other.connected.is_set)
    send(plugged, frames(1)[0])
    until(lambda: len(desk.heard) == 1)
    other.stop()


def on_its_factor(modem: Modem) -> Modem:
    """The modem, and every frame on the air says the spreading factor on which it was received."""
    receive = modem.receive
    modem.receive = lambda air: receive(air._replace(phy=bytes([modem.factor]) * 12))  # type: ignore[method-assign]
    return modem


def plan_of_two(family: str) -> tuple[Channel, Channel]:
    return channel(family), channel(family)._replace(frequency=921_600_000, spreading_factor=9)


def test_a_frame_is_of_the_channel_on_which_it_came_at_every_step_of_a_change(family: str) -> None:
    modem, (first, second) = on_its_factor(MODEMS[family]()), plan_of_two(family)
    conversation, now, turns, heard = Conversation(FAMILIES[family].make(), first), 0.0, 0, []
    conversation.begin(now)
    source = random.Random(7)
    for _ in range(2000):
        now += 0.01
        said = modem.take(conversation.take()) + (modem.receive(Air(bytes(12))) if source.random() < 0.2 else b"")
        heard += [one for one in conversation.receive(said, now) if isinstance(one, Frame)]
        turns += conversation.tune(first if turns % 2 else second, now)
    assert turns > 10
    assert {(one.phy[0], one.channel and one.channel.spreading_factor) for one in heard} == {(7, 7), (9, 9)}


def test_a_scan_plan_takes_turns(tmp_path: Path, family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "time", Unhurried)
    plan = plan_of_two(family)
    desk = Desk()
    with Plugged(on_its_factor(MODEMS[family]()), tmp_path / "port") as plugged:
        port = PortSettings("scan", family, str(plugged.path), "00" * 8, plan, stay=0.2 / SLOWER)
        source = SerialSource(port, desk.hear, desk.reports.append)
        source.start()
        until(source.connected.is_set)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and len({one.spreading_factor for one in desk.heard}) < 2:
            plugged.hear(Air(bytes(12)))
            time.sleep(0.02)
        source.stop(PATIENCE)
    assert {(one.phy[0], one.spreading_factor) for one in desk.heard} == {(7, 7), (9, 9)}


def test_the_thread_ends_also_where_nothing_is_plugged_in(tmp_path: Path) -> None:
    desk = Desk()
    port = PortSettings("none", "rn2903", str(tmp_path / "absent"), "00" * 8, (channel("rn2903"),))
    source = SerialSource(port, desk.hear, desk.reports.append)
    source.start()
    until(lambda: bool(desk.reports))
    assert "none" in {one.name for one in threading.enumerate()}  # which of other tests have ended is their affair
    source.stop(PATIENCE)
    assert "none" not in {one.name for one in threading.enumerate()}
    assert "is not there" in str(desk.reports[0])
