"""What `NetworkServer` promises, of the fake; and of a real ChirpStack where one is named.

CITYLORA_TEST_CHIRPSTACK is its host:port; CITYLORA_TEST_CHIRPSTACK_TOKEN the token of an administrator's login, or else
CITYLORA_TEST_CHIRPSTACK_ADMIN the e-mail and password with a colon between. Two tenants are made for the test and
removed. An API key does not do: it cannot make API keys.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from gateways.chirpstack.admin.answers import ServerDevice, ServerGateway, ServerKeys
from gateways.chirpstack.admin.errors import AdminError
from gateways.chirpstack.admin.server import ChirpStackServer
from gateways.chirpstack.admin.target import Target
from tests.fakes.chirpstack import FakeChirpStack
from tests.fakes.chirpstack.place import of_fake
from tests.fakes.chirpstack.questions import ask_all
from tests.fakes.chirpstack.real import login, of_real

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.chirpstack.admin.answers import NetworkServer
    from tests.fakes.chirpstack.place import Place

EUI, OTHER, GATEWAY = "02c1730000020001", "02c1730000020002", "02c173ffff000002"
KEY, ZERO = "00112233445566778899aabbccddeeff", "0" * 32
TRANSCRIPT = Path(__file__).parents[1] / "fakes" / "chirpstack" / "transcript.jsonl"
ADDRESS, ADMIN = os.environ.get("CITYLORA_TEST_CHIRPSTACK"), os.environ.get("CITYLORA_TEST_CHIRPSTACK_ADMIN")
TOKEN = os.environ.get("CITYLORA_TEST_CHIRPSTACK_TOKEN")
KINDS = ["fake", "real"] if ADDRESS and (ADMIN or TOKEN) else ["fake"]


@contextmanager
def a_place(kind: str) -> Iterator[Place]:
    if kind == "fake":
        with FakeChirpStack() as fake:
            yield of_fake(fake)
    else:
        with of_real(ADDRESS or "", TOKEN or login(ADDRESS or "", ADMIN or "")) as place:
            yield place


@pytest.fixture(scope="module", params=KINDS)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    with a_place(request.param) as found:
        yield found


def connected(place: Place, whose: str = "tenant", tenant: str = "") -> NetworkServer:
    tenant = tenant or place.tenant
    return ChirpStackServer(Target(server=place.address, token=place.tokens[whose], tenant=tenant, deadline=60.0))


@pytest.fixture
def server(place: Place) -> Iterator[NetworkServer]:
    with closing(connected(place)) as found:
        yield found
        for dev_eui in (EUI, OTHER):
            if found.device(dev_eui) is not None:
                found.delete_device(dev_eui)


def a_device(place: Place, dev_eui: str = EUI, **changes: object) -> ServerDevice:
    usual = ServerDevice(
        dev_eui=dev_eui, name="Cầu Cẩm Lệ", application=place.application, profile=place.profile,
        join_eui="24e124c0002a0001", description="mực nước", disabled=True, skip_f_cnt_check=True,
        tags={"model": "Milesight EM500-UDL", "site": "cau-cam-le"}, variables={"k": "v"},
    )  # fmt: skip
    return msgspec.structs.replace(usual, **changes)


def refusal(server: NetworkServer, method: str, *arguments: object) -> str:
    with pytest.raises(AdminError) as caught:
        getattr(server, method)(*arguments)
    assert caught.value.call
    return caught.value.kind


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_is_that_of_the_recorded_server(kind: str) -> None:
    expected = [json.loads(line) for line in TRANSCRIPT.read_text("utf-8").splitlines()]
    with a_place(kind) as asked:
        found = [answer._asdict() for answer in ask_all(asked)]
    assert found == expected


def test_what_a_key_may_do(place: Place) -> None:
    for token, rights in (("tenant", "write"), ("read_only", "read"), ("admin", "write")):
        with closing(connected(place, token)) as server:
            assert server.rights() == rights
            assert list(server.devices(place.application)) == []
    for token in ("other", "deleted"):
        with closing(connected(place, token)) as server:
            assert refusal(server, "rights") == "not_allowed"
            assert refusal(server, "device", EUI) == "not_allowed"  # and not None: the key itself is worth nothing


def test_applications_and_profiles(place: Place, server: NetworkServer) -> None:
    assert [(one.id, one.name) for one in server.applications()] == [(place.application, "Drainage")]
    (own,) = [one for one in server.profiles() if one.own]
    assert own == server.profile(place.profile)
    assert (own.id, own.name, own.region, own.mac_version) == (place.profile, "EM500-UDL", "AS923_2", "1.0.3")
    assert (own.otaa, own.uplink_interval, own.codec) == (True, 600, False)
    assert own.tags == {"model": "Milesight EM500-UDL"}
    assert refusal(server, "profile", place.other_profile) == "not_allowed"


def test_a_device_is_made_as_it_was_meant(place: Place, server: NetworkServer) -> None:
    assert server.device(EUI) is None
    wanted = a_device(place)
    server.create_device(wanted)
    assert server.device(EUI.upper()) == wanted
    assert refusal(server, "create_device", wanted) == "exists"
    (row,) = server.devices(place.application)
    assert (row.dev_eui, row.name, row.profile, row.tags) == (EUI, wanted.name, wanted.profile, wanted.tags)


def test_an_update_replaces_all(place: Place, server: NetworkServer) -> None:
    server.create_device(a_device(place))
    plain = ServerDevice(dev_eui=EUI, name="other", application=place.application, profile=place.profile)
    server.update_device(plain)
    assert server.device(EUI) == plain
    assert refusal(server, "update_device", msgspec.structs.replace(plain, name="")) == "refused"


def test_a_device_of_another_tenant_is_there_and_cannot_be_seen(place: Place, server: NetworkServer) -> None:
    theirs = a_device(place, application=place.other_application, profile=place.other_profile)
    with closing(connected(place, "other", place.other_tenant)) as other:
        other.create_device(theirs)
        try:
            assert refusal(server, "create_device", a_device(place)) == "exists"
            assert server.device(EUI) is None
            assert refusal(server, "delete_device", EUI) == "not_allowed"
        finally:
            other.delete_device(EUI)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"dev_eui": EUI[:-1]}, "refused"),
        ({"join_eui": "xyz"}, "refused"),
        ({"application": "drainage"}, "refused"),
        ({"profile": "5f0c4ab1-6b63-4a67-9f4b-1d2f6f3f0a55"}, "not_there"),
        ({"application": "5f0c4ab1-6b63-4a67-9f4b-1d2f6f3f0a55"}, "not_allowed"),
    ],
)
def test_what_the_server_does_not_take(place: Place, server: NetworkServer, changes: dict[str, str], kind: str) -> None:
    assert refusal(server, "create_device", a_device(place, **changes)) == kind


def test_keys_are_made_replaced_and_read_back(place: Place, server: NetworkServer) -> None:
    assert refusal(server, "set_keys", EUI, ServerKeys(nwk_key=KEY, app_key=ZERO)) == "not_allowed"
    server.create_device(a_device(place))
    assert server.keys(EUI) is None
    for keys in (ServerKeys(nwk_key=KEY, app_key=ZERO), ServerKeys(nwk_key=KEY[::-1], app_key=KEY)):
        server.set_keys(EUI, keys)
        assert server.keys(EUI) == keys
    server.set_keys(EUI, ServerKeys(nwk_key=KEY.upper(), app_key=""))
    assert server.keys(EUI) == ServerKeys(nwk_key=KEY, app_key=ZERO)
    assert refusal(server, "set_keys", EUI, ServerKeys(nwk_key=KEY[:-1], app_key=ZERO)) == "refused"
    server.flush_dev_nonces(EUI)
    assert server.activation(EUI) is None
    server.delete_device(EUI)
    assert server.device(EUI) is None


def test_a_read_only_key_changes_nothing(place: Place, server: NetworkServer) -> None:
    server.create_device(a_device(place))
    with closing(connected(place, "read_only")) as reader:
        assert reader.device(EUI) == server.device(EUI)
        assert refusal(reader, "update_device", a_device(place)) == "not_allowed"
        assert refusal(reader, "delete_device", EUI) == "not_allowed"
        assert refusal(reader, "set_keys", EUI, ServerKeys(nwk_key=KEY, app_key=ZERO)) == "not_allowed"
        assert reader.keys(EUI) is None


def test_gateways(place: Place, server: NetworkServer) -> None:
    wanted = ServerGateway(
        id=GATEWAY, name="Cầu Rồng", description="mái nhà", latitude=16.0611, longitude=108.2272, altitude=31.5,
        stats_interval=45, tags={"pole": "7"},
    )  # fmt: skip
    assert server.gateway(GATEWAY) is None
    server.create_gateway(wanted)
    assert server.gateway(GATEWAY.upper()) == wanted
    assert refusal(server, "create_gateway", wanted) == "exists"
    server.update_gateway(ServerGateway(id=GATEWAY, name="other"))
    assert server.gateway(GATEWAY) == ServerGateway(id=GATEWAY, name="other")
    (row,) = server.gateways()
    assert (row.id, row.name, row.state, row.last_seen, row.latitude) == (GATEWAY, "other", "never", None, None)
    with closing(connected(place, "other", place.other_tenant)) as other:
        assert other.gateway(GATEWAY) is None
        assert other.gateways() == []


def test_a_stream_ends_with_its_time_and_is_refused_where_nothing_is(place: Place, server: NetworkServer) -> None:
    server.create_device(a_device(place))
    began = time.monotonic()
    assert list(server.device_events(EUI, since=0, seconds=1.0)) == []
    assert list(server.device_frames(EUI.upper(), since=0, seconds=0.5)) == []
    assert 1.4 < time.monotonic() - began < 30
    for method, of in (("device_events", OTHER), ("device_frames", OTHER), ("gateway_frames", "02c173ffff00dead")):
        with pytest.raises(AdminError) as caught:
            list(getattr(server, method)(of, since=0, seconds=60.0))
        assert caught.value.kind == "not_allowed"
