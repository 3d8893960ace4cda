"""ChirpStack's API on a bad day: locked databases, closed ports, wrong certificates, streams that break."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from types import SimpleNamespace
from typing import TYPE_CHECKING

import grpc
import msgspec
import pytest
from chirpstack_api.api.device_pb2 import DeviceKeys

from gateways.chirpstack.admin import caller, messages, pages
from gateways.chirpstack.admin.answers import Activation, ServerDevice, ServerKeys
from gateways.chirpstack.admin.errors import AdminError
from gateways.chirpstack.admin.server import ChirpStackServer
from gateways.chirpstack.admin.target import Target
from tests.e2e.certificates import make_authority
from tests.e2e.traffic import HOST
from tests.fakes.chirpstack import FakeChirpStack
from tests.fakes.chirpstack import gateways as of_gateways
from tests.servers import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateways.chirpstack.admin.answers import NetworkServer
    from tests.fakes.chirpstack.world import Who

EUI, OTHER, GATEWAY = "02c1730000030001", "02c1730000030002", "02c173ffff000003"
KEY, ZERO = "00112233445566778899aabbccddeeff", "0" * 32
LOCKED = "database is locked"
SECOND = 1_000_000_000
PATIENCE = 60.0


@pytest.fixture
def fake() -> Iterator[FakeChirpStack]:
    with FakeChirpStack() as found:
        yield found


@pytest.fixture
def server(fake: FakeChirpStack, monkeypatch: pytest.MonkeyPatch) -> Iterator[NetworkServer]:
    monkeypatch.setattr(caller, "_PAUSE", 0.001)
    with closing(ChirpStackServer(target(fake))) as found:
        yield found


def target(fake: FakeChirpStack, **changes: object) -> Target:
    usual = Target(server=fake.address, token=fake.tenant_token, tenant=fake.tenant, deadline=PATIENCE)
    return msgspec.structs.replace(usual, **changes)


def a_device(fake: FakeChirpStack, dev_eui: str = EUI) -> ServerDevice:
    return ServerDevice(dev_eui=dev_eui, name="one", application=fake.application, profile=fake.profile)


def kind_of(place: Target) -> str:
    with closing(ChirpStackServer(place)) as found, pytest.raises(AdminError) as caught:
        found.applications()
    assert place.token not in str(caught.value)
    assert place.token not in caught.value.answer
    return caught.value.kind


def test_a_locked_database_is_asked_again(fake: FakeChirpStack, server: NetworkServer) -> None:
    fake.fail("DeviceService.Create", grpc.StatusCode.INTERNAL, LOCKED, times=5)
    server.create_device(a_device(fake))
    assert server.device(EUI) == a_device(fake)
    assert fake.calls.count("DeviceService.Create") == 6


def test_a_database_that_stays_locked_is_said_to_be(fake: FakeChirpStack, server: NetworkServer) -> None:
    fake.fail("DeviceService.Create", grpc.StatusCode.INTERNAL, LOCKED, times=6)
    with pytest.raises(AdminError) as caught:
        server.create_device(a_device(fake))
    assert caught.value.kind == "busy"
    assert server.device(EUI) is None


def test_what_was_made_though_no_answer_came_is_made(fake: FakeChirpStack, server: NetworkServer) -> None:
    fake.add_device(EUI, "one")  # by the attempt whose answer was lost
    fake.fail("DeviceService.Create", grpc.StatusCode.UNAVAILABLE, "Socket closed")
    server.create_device(a_device(fake))
    fake.add_gateway(GATEWAY, "one")
    with pytest.raises(AdminError, match="UNIQUE"):  # without a lost answer it was somebody else
        server.create_device(a_device(fake))
    fake.add_device(OTHER, "two")
    fake.fail("DeviceService.Create", grpc.StatusCode.UNAVAILABLE, "Socket closed")
    with pytest.raises(AdminError, match="UNIQUE"):  # nor where it is not what was meant
        server.create_device(a_device(fake, OTHER))


class Meddled(dict[str, DeviceKeys]):
    """Keys that somebody else changes as soon as they are set."""

    def __setitem__(self, dev_eui: str, keys: DeviceKeys) -> None:
        keys.nwk_key = ZERO
        super().__setitem__(dev_eui, keys)


def test_keys_that_the_server_has_otherwise_are_an_error(fake: FakeChirpStack, server: NetworkServer) -> None:
    fake.add_device(EUI, key=KEY)
    fake.world.root_keys = Meddled(fake.world.root_keys)
    with pytest.raises(AdminError) as caught:
        server.set_keys(EUI, ServerKeys(nwk_key=KEY, app_key=ZERO))
    assert fake.calls.count("DeviceService.UpdateKeys") == 1
    assert caught.value.kind == "other"
    assert KEY not in str(caught.value)


def test_the_key_for_firmware_by_radio_stays(fake: FakeChirpStack, server: NetworkServer) -> None:
    fake.add_device(EUI, key=ZERO)
    fake.world.root_keys[EUI].gen_app_key = KEY
    server.set_keys(EUI, ServerKeys(nwk_key=KEY, app_key=ZERO))
    assert fake.world.root_keys[EUI].gen_app_key == KEY


def test_a_gateway_keeps_its_downlink_priority(fake: FakeChirpStack, server: NetworkServer) -> None:
    fake.add_gateway(GATEWAY, "one")
    gateway = server.gateway(GATEWAY)
    assert gateway is not None
    server.update_gateway(msgspec.structs.replace(gateway, name="two"))
    assert (fake.world.gateways[GATEWAY].name, fake.world.gateways[GATEWAY].downlink_priority) == ("two", 10)


@pytest.mark.parametrize(("ago", "state"), [(5, "online"), (59, "online"), (70, "offline")])
def test_a_gateways_state_is_the_lists(
    fake: FakeChirpStack, server: NetworkServer, ago: int, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time_ns()
    for module in (messages, of_gateways):  # for both of them it is the same time
        monkeypatch.setattr(module, "time", SimpleNamespace(time_ns=lambda: now))
    seen = now - ago * SECOND
    fake.add_gateway(GATEWAY, "one", at=(16.06, 108.22), seen=seen)
    (row,) = server.gateways()
    one = server.gateway(GATEWAY)
    assert one is not None
    assert (row.state, row.last_seen) == (one.state, one.last_seen) == (state, seen)
    assert (row.latitude, row.longitude) == (16.06, 108.22)


def test_lists_go_on_over_pages(fake: FakeChirpStack, server: NetworkServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 3)
    for number in range(7):
        fake.add_device(f"02c17300000400{number:02x}", "one name for all")
    assert len({one.dev_eui for one in server.devices(fake.application)}) == 7
    assert fake.calls.count("DeviceService.List") == 3


def test_profiles_of_everybody_come_after_our_own(fake: FakeChirpStack, server: NetworkServer) -> None:
    fake.add_profile("EM300-TH", tenant="", region="AS923", mac_version="1.1.0", supports_otaa=False)
    own, common = server.profiles()
    assert (own.own, own.name) == (True, "EM500-UDL")
    assert (common.own, common.name, common.region, common.mac_version, common.otaa) == (
        False, "EM300-TH", "AS923", "1.1.0", False,
    )  # fmt: skip


def test_battery_and_margin(fake: FakeChirpStack, server: NetworkServer) -> None:
    fake.add_device(EUI)
    for level, battery in ((-1.0, None), (0.0, 0.0), (74.8, 74.8)):
        fake.seen(EUI, 1_795_000_000 * SECOND, margin=9, battery=level)
        one = server.device(EUI)
        assert one is not None
        assert (one.margin, one.battery, one.last_seen) == (9, battery, 1_795_000_000 * SECOND)


def test_an_activation(fake: FakeChirpStack, server: NetworkServer) -> None:
    fake.add_device(EUI)
    fake.activate(EUI, "01ABCDEF", 7)
    assert server.activation(EUI) == Activation(dev_addr="01abcdef", f_cnt_up=7)


def test_a_key_is_not_proved_at_every_missing_device(fake: FakeChirpStack, server: NetworkServer) -> None:
    for _ in range(5):
        assert server.device(EUI) is None
    assert fake.calls.count("ApplicationService.List") == 1


def test_a_stream_leaves_out_what_is_older(fake: FakeChirpStack, server: NetworkServer) -> None:
    fake.add_device(EUI)
    now = time.time_ns()
    for at in range(25):
        fake.push("events", EUI, "up", body={"fCnt": at}, properties={"FCnt": str(at)}, at=now + (at - 12) * SECOND)
    found = [one.body["fCnt"] for one in islice(server.device_events(EUI, since=now, seconds=PATIENCE), 13)]
    assert found == list(range(12, 25))


def test_an_item_without_a_readable_body_is_an_item(fake: FakeChirpStack, server: NetworkServer) -> None:
    fake.add_gateway(GATEWAY)
    for dev_eui in (EUI, OTHER):
        fake.push("gateway", GATEWAY, "JoinRequest", properties={"DevEUI": dev_eui})
    one, other = islice(server.gateway_frames(GATEWAY.upper(), since=0, seconds=PATIENCE), 2)
    assert (one.what, one.properties, one.body) == ("JoinRequest", {"DevEUI": EUI}, {})
    assert other.properties == {"DevEUI": OTHER}


def test_closing_ends_a_stream_that_is_read_elsewhere(fake: FakeChirpStack) -> None:
    fake.add_device(EUI)
    server = ChirpStackServer(target(fake))
    fake.push("events", EUI, "join")
    heard = threading.Event()

    def read() -> int:
        count = 0
        for _ in server.device_events(EUI, since=0, seconds=2 * PATIENCE):
            heard.set()
            count += 1
        return count

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        assert heard.wait(PATIENCE)
        server.close()
        assert reading.result(PATIENCE) == 1


def test_a_stream_whose_server_goes_away_says_so(fake: FakeChirpStack, server: NetworkServer) -> None:
    fake.add_device(EUI)
    threading.Timer(0.2, fake._server.stop, (None,)).start()
    began = time.monotonic()
    with pytest.raises(AdminError) as caught:
        list(server.device_events(EUI, since=0, seconds=2 * PATIENCE))
    assert caught.value.kind in ("unreachable", "other")
    assert time.monotonic() - began < PATIENCE


def test_several_threads_share_a_connection(
    fake: FakeChirpStack, server: NetworkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    euis = [f"02c17300000500{number:02x}" for number in range(100)]
    together, enter = threading.Barrier(10), fake.desk.enter

    def ten_at_once(call: str, context: grpc.ServicerContext) -> Who:
        together.wait(PATIENCE)
        return enter(call, context)

    with monkeypatch.context() as crowded, ThreadPoolExecutor(10) as pool:
        crowded.setattr(fake.desk, "enter", ten_at_once)
        list(pool.map(lambda eui: server.create_device(a_device(fake, eui)), euis))
    assert len(list(server.devices(fake.application))) == 100
    assert fake.desk.most == 10


def test_a_call_that_takes_too_long(fake: FakeChirpStack) -> None:
    fake.desk.latency = PATIENCE
    assert kind_of(target(fake, deadline=0.1)) == "deadline"


def test_nobody_there(fake: FakeChirpStack) -> None:
    began = time.monotonic()
    assert kind_of(target(fake, server=f"localhost:{free_port()}")) == "unreachable"
    assert time.monotonic() - began < PATIENCE / 2
    assert kind_of(target(fake, server="no-such-host.invalid:8080")) == "unreachable"


class Page(BaseHTTPRequestHandler):
    """Any web server."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        pass


def test_a_web_server_is_not_chirpstack(fake: FakeChirpStack) -> None:
    web = ThreadingHTTPServer(("localhost", 0), Page)
    thread = threading.Thread(target=web.serve_forever)
    thread.start()
    try:
        assert kind_of(target(fake, server=f"localhost:{web.server_port}")) == "not_chirpstack"
    finally:
        web.shutdown()
        web.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("token", "kind"), [("hello", "token"), ("", "token"), ("deleted", "not_allowed"), ("forged", "token")]
)
def test_a_token_that_is_worth_nothing(fake: FakeChirpStack, token: str, kind: str) -> None:
    if token in ("deleted", "forged"):
        made = fake.token(fake.tenant)
        (fake.desk.revoke if token == "deleted" else fake.desk.broken.add)(made)  # noqa: S105  (no password)
        token = made
    with closing(ChirpStackServer(target(fake, token=token))) as found, pytest.raises(AdminError) as caught:
        found.device(EUI)
    assert caught.value.kind == kind


def test_tls(tmp_path: Path) -> None:
    ours, theirs = make_authority(tmp_path / "ours"), make_authority(tmp_path / "theirs")
    own_ca, other_ca = ours.ca.read_bytes(), theirs.ca.read_bytes()
    with FakeChirpStack(tls=(ours.key.read_bytes(), ours.certificate.read_bytes())) as fake:
        there = f"{HOST}:{fake.address.rpartition(':')[2]}"  # as the certificate names it
        with closing(ChirpStackServer(target(fake, server=there, tls=True, authority=own_ca))) as found:
            assert [one.name for one in found.applications()] == ["Drainage"]
        assert kind_of(target(fake, server=there, tls=True, authority=other_ca)) == "tls"
        assert kind_of(target(fake, server=there, tls=True)) == "tls"
        assert kind_of(target(fake, tls=True, authority=own_ca)) == "tls"  # by a name that it does not have
        assert kind_of(target(fake)) == "unreachable"
    with FakeChirpStack() as fake:
        assert kind_of(target(fake, tls=True, authority=own_ca)) == "tls"


def test_nobody_sees_a_secret_by_accident(fake: FakeChirpStack) -> None:
    place = target(fake)
    assert place.token not in repr(place)
    assert KEY not in repr(ServerKeys(nwk_key=KEY, app_key=KEY))
