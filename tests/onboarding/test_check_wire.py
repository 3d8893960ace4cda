"""Every reason that leaves a trace, told apart over the wire: the real client, and a server with recorded answers."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from gateways.chirpstack.admin.errors import AdminError
from gateways.chirpstack.admin.server import ChirpStackServer
from gateways.chirpstack.admin.target import Target as Api
from ingest.onboarding.check import gateway, joining, run, streams
from ingest.onboarding.check.evidence import Target
from tests.fakes.chirpstack import FakeChirpStack
from tests.fakes.streams import GATEWAY, SECOND, WELL, data_frame, item, join_request, recorded, up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateways.chirpstack.admin.answers import StreamItem

EUI = "02c1710000000038"
KEY = "5572404c696e6b4c6f52613230313823"
HERE = Target(dev_eui=EUI, model="Milesight EM300-TH", site="cau-rong", latitude=16.0605, longitude=108.2275)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SETTLE", 0.3)
    monkeypatch.setattr(run, "TICK", 0.05)
    monkeypatch.setattr(gateway, "TICK", 0.05)
    monkeypatch.setattr(joining, "GRACE", SECOND // 2)
    monkeypatch.setattr(streams, "HISTORY", 0.3)


@pytest.fixture
def fake() -> Iterator[FakeChirpStack]:
    with FakeChirpStack() as server:
        server.add_gateway(GATEWAY, "Cầu Rồng", at=(16.0611, 108.2272), seen=time.time_ns())
        yield server


@pytest.fixture
def server(fake: FakeChirpStack) -> Iterator[ChirpStackServer]:
    connection = ChirpStackServer(Api(server=fake.address, token=fake.tenant_token, tenant=fake.tenant))
    yield connection
    connection.close()


def soon(push: Callable[[], None], seconds: float = 0.6) -> None:
    threading.Timer(seconds, push).start()


def event(fake: FakeChirpStack, one: StreamItem) -> None:
    fake.push("events", EUI, one.what, body=one.body, properties=one.properties)


def frame(fake: FakeChirpStack, one: StreamItem) -> None:
    fake.push("gateway", GATEWAY, one.what, body=one.body, properties=one.properties)


def verdict(server: ChirpStackServer, timeout: float = 15.0) -> tuple[str, set[str]]:
    (report,) = run.watch(server, [HERE], timeout=timeout)
    return report.verdict, {one.code for one in report.remarks if one.level != "note"}


def test_a_device_that_is_well(fake: FakeChirpStack, server: ChirpStackServer) -> None:
    fake.add_device(EUI, "Cầu Rồng 1", key=KEY)
    soon(lambda: event(fake, recorded("otaa_join", "join")[0]))
    soon(lambda: event(fake, item("up", up(**WELL), 0)), 0.8)
    assert verdict(server) == ("PASS", set())


def test_a_wrong_key_and_a_used_nonce(fake: FakeChirpStack, server: ChirpStackServer) -> None:
    fake.add_device(EUI, key=KEY)
    soon(lambda: event(fake, recorded("otaa_wrong_key")[0]))
    soon(lambda: frame(fake, join_request(EUI, 0)))
    assert verdict(server) == ("FAIL", {"wrong_key"})
    soon(lambda: event(fake, recorded("otaa_reused_nonce")[0]))
    assert verdict(server, 2.0) == ("FAIL", {"nonce_used"})


def test_a_device_that_the_tenant_does_not_have(fake: FakeChirpStack, server: ChirpStackServer) -> None:
    soon(lambda: frame(fake, join_request(EUI, 0)))
    assert verdict(server) == ("FAIL", {"unknown_heard"})
    fake.add_device(EUI, application_id=fake.other_application)
    assert verdict(server, 0.5) == ("FAIL", {"unknown"})


@pytest.mark.parametrize(
    ("fields", "key", "code"),
    [({"is_disabled": True}, KEY, "disabled"), ({}, "", "no_keys"), ({}, "0" * 32, "no_keys")],
)
def test_what_the_server_drops_in_silence(
    fake: FakeChirpStack, server: ChirpStackServer, fields: dict[str, Any], key: str, code: str
) -> None:
    fake.add_device(EUI, key=key, **fields)
    assert verdict(server) == ("FAIL", {code})


def test_a_key_in_the_wrong_field(fake: FakeChirpStack, server: ChirpStackServer) -> None:
    fake.add_device(EUI, key="0" * 32)
    fake.world.root_keys[EUI].app_key = KEY
    assert verdict(server) == ("FAIL", {"key_misplaced"})


def test_another_region(fake: FakeChirpStack, server: ChirpStackServer) -> None:
    fake.add_device(EUI, key=KEY, device_profile_id=fake.add_profile("AS923-1", region="AS923"))
    soon(lambda: frame(fake, join_request(EUI, 0)))
    assert verdict(server) == ("FAIL", {"wrong_region"})


def test_a_long_memory_of_the_server_is_nothing_new(fake: FakeChirpStack, server: ChirpStackServer) -> None:
    fake.desk.turn = 0.1
    fake.add_device(EUI, key=KEY)
    for _ in range(6 * streams.BATCH):  # are repeated for longer than HISTORY is here
        frame(fake, join_request(EUI, 0))
    time.sleep(0.01)
    (report,) = run.watch(server, [HERE], timeout=1.5)
    assert report.evidence.frames == ()
    assert gateway.listen(server, [GATEWAY], seconds=1.0)[0].evidence.ear.frames == 0


def test_joins_without_an_uplink(fake: FakeChirpStack, server: ChirpStackServer) -> None:
    fake.add_device(EUI, key=KEY)
    for seconds in (0.5, 0.7, 0.9):
        soon(lambda: event(fake, recorded("otaa_join", "join")[0]), seconds)
    assert verdict(server) == ("FAIL", {"accept_unheard"})


def test_data_with_other_session_keys(fake: FakeChirpStack, server: ChirpStackServer) -> None:
    fake.add_device(EUI, device_profile_id=fake.add_profile("ABP", supports_otaa=False))
    assert verdict(server) == ("FAIL", {"abp_not_activated"})
    fake.activate(EUI, "01000140")
    soon(lambda: frame(fake, data_frame("01000140", 0)))
    assert verdict(server) == ("FAIL", {"data_dropped_abp"})


def test_nothing_heard_and_a_busy_gateway(
    fake: FakeChirpStack, server: ChirpStackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "SHORTEST", 2.0)
    fast = fake.add_profile("often", uplink_interval=1)
    fake.add_device(EUI, key=KEY, device_profile_id=fast)

    def crowd() -> None:
        for number in range(12):
            frame(fake, join_request(f"02c17100000001{number:02x}", 0))

    soon(crowd, 1.0)
    (report,) = run.watch(server, [HERE], timeout=2.5)
    assert report.verdict == "FAIL"
    assert {one.code for one in report.remarks} == {"silent", "crowded"}


def test_a_gateway_that_went_offline(fake: FakeChirpStack, server: ChirpStackServer) -> None:
    fake.add_device(EUI, key=KEY)
    fake.add_gateway(GATEWAY, "Cầu Rồng", at=(16.0611, 108.2272), seen=time.time_ns() - 3600 * SECOND)
    assert verdict(server, 0.5) == ("FAIL", {"gateways_offline"})
    (report,) = gateway.listen(server, [GATEWAY], seconds=5)
    assert (report.verdict, report.remarks[0].code) == ("FAIL", "gateway_offline")


def test_a_gateway_that_hears(fake: FakeChirpStack, server: ChirpStackServer) -> None:
    soon(lambda: frame(fake, join_request(EUI, 0)))
    (report,) = gateway.listen(server, [GATEWAY], seconds=10)
    assert (report.verdict, report.evidence.ear.region) == ("PASS", "AS923_2")


def test_a_token_that_works_nowhere_is_an_error(fake: FakeChirpStack) -> None:
    connection = ChirpStackServer(Api(server=fake.address, token="nobody's", tenant=fake.tenant))  # noqa: S106
    with pytest.raises(AdminError) as error:
        run.watch(connection, [HERE], timeout=1)
    assert error.value.kind == "token"
    connection.close()
