"""The fake as a server of its own on loopback, with a city in it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Literal, Self
from uuid import uuid4

import grpc
from chirpstack_api import common
from chirpstack_api.api import (
    application_pb2_grpc,
    device_pb2,
    device_pb2_grpc,
    device_profile_pb2_grpc,
    gateway_pb2,
    gateway_pb2_grpc,
    internal_pb2,
    internal_pb2_grpc,
)

from tests.fakes.chirpstack.desk import Desk
from tests.fakes.chirpstack.devices import Devices
from tests.fakes.chirpstack.gateways import Gateways
from tests.fakes.chirpstack.lists import Applications, Profiles
from tests.fakes.chirpstack.streams import Streams
from tests.fakes.chirpstack.world import Who, World

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

_THREADS = 64


class FakeChirpStack:
    """A ChirpStack whose answers are those of a real one (4.20, SQLite); `with` starts and ends it.

    Args:
        latency: s that each call takes.
        turn: s between two batches of a stream; 1 at a real server.
        tls: private key and certificate chain (PEM) where it is to speak TLS.

    Attributes:
        address: host:port.
        tenant: id of ours; `other_tenant` is somebody else's.
        application: id of "Drainage", ours; `other_application` is theirs.
        profile: id of "EM500-UDL" (AS923-2, 1.0.3, OTAA, tag model); `other_profile` is theirs.
        world: what is in it, to look at and to change.
    """

    def __init__(self, *, latency: float = 0.0, turn: float = 0.02, tls: tuple[bytes, bytes] | None = None) -> None:
        self.world = World()
        self.desk = Desk(self.world)
        self.desk.latency, self.desk.turn = latency, turn
        self.tenant, self.other_tenant = str(uuid4()), str(uuid4())
        self.tenant_token, self.read_only_token = self.token(self.tenant), self.token(self.tenant, write=False)
        self.other_token, self.admin_token = self.token(self.other_tenant), self.token("")
        self.read_only_admin_token = self.token("", write=False)
        self.application = self.add_application("Drainage")
        self.other_application = self.add_application("Theirs", tenant=self.other_tenant)
        self.profile = self.add_profile("EM500-UDL", tags={"model": "Milesight EM500-UDL"})
        self.other_profile = self.add_profile("Theirs", tenant=self.other_tenant)
        self._server = self._build()
        self.address = f"localhost:{self._listen(tls)}"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.desk.closed.set()
        self._server.stop(grace=None).wait()

    @property
    def calls(self) -> list[str]:
        """The methods that were called, in order: `DeviceService.Create`."""
        return self.desk.calls

    def token(self, tenant: str, *, write: bool = True) -> str:
        """A new key of a tenant; "" is an administrator's."""
        made = f"token-{len(self.world.keys)}-{uuid4()}"
        self.world.keys[made] = Who(tenant, write)
        return made

    def fail(self, call: str, code: grpc.StatusCode, text: str = "", times: int = 1) -> None:
        """Let the next calls of a method (`DeviceService.Create`) end so, undone."""
        self.desk.fail(call, code, text, times)

    def add_application(self, name: str, *, tenant: str | None = None) -> str:
        """Its id."""
        return self.world.application(name, self.tenant if tenant is None else tenant)

    def add_profile(self, name: str, *, tenant: str | None = None, **fields: Any) -> str:
        """Its id; `tenant` "" is everybody's; fields as `DeviceProfile` has them, region and mac_version by name."""
        return self.world.profile(name, self.tenant if tenant is None else tenant, **fields)

    def add_device(self, dev_eui: str, name: str = "device", *, key: str = "", **fields: Any) -> None:
        """A device that is there already; `key` is its root key of LoRaWAN 1.0.x."""
        usual = {"application_id": self.application, "device_profile_id": self.profile, "join_eui": "0" * 16}
        with self.world.lock:
            self.world.devices[dev_eui] = device_pb2.Device(dev_eui=dev_eui, name=name, **(usual | fields))
            if key:
                keys = device_pb2.DeviceKeys(
                    dev_eui=dev_eui, nwk_key=key, app_key="0" * 32, gen_app_key="0" * 32
                )  # fmt: skip
                self.world.root_keys[dev_eui] = keys

    def add_gateway(
        self, gateway: str, name: str = "gateway", *, at: tuple[float, float] = (0.0, 0.0), seen: int | None = None,
        tenant: str | None = None,
    ) -> None:  # fmt: skip
        """A gateway; `at` degrees north and east, `seen` ns UTC."""
        with self.world.lock:
            self.world.gateways[gateway] = gateway_pb2.Gateway(
                gateway_id=gateway,
                name=name,
                tenant_id=self.tenant if tenant is None else tenant,
                location=common.Location(latitude=at[0], longitude=at[1]),
                stats_interval=30,
                downlink_priority=10,
            )
            if seen:
                self.world.gateway_seen[gateway] = seen

    def activate(self, dev_eui: str, dev_addr: str = "01abcdef", f_cnt_up: int = 0) -> None:
        """Let a device have joined."""
        with self.world.lock:
            self.world.activations[dev_eui] = device_pb2.DeviceActivation(
                dev_eui=dev_eui, dev_addr=dev_addr, f_cnt_up=f_cnt_up
            )

    def seen(self, dev_eui: str, at: int, *, margin: int | None = None, battery: float = -1.0) -> None:
        """An uplink was heard at (ns UTC); with a margin (dB) also the device's status, battery -1 is unknown."""
        with self.world.lock:
            self.world.seen[dev_eui] = at
            if margin is not None:
                self.world.status[dev_eui] = device_pb2.DeviceStatus(margin=margin, battery_level=battery)

    def push(
        self, stream: Literal["events", "frames", "gateway"], of: str, what: str, *,
        body: Mapping[str, Any] | None = None, properties: Mapping[str, str] | None = None, at: int | None = None,
    ) -> None:  # fmt: skip
        """An item of a device's events or frames, or of a gateway's frames; `at` ns UTC, default now."""
        text = json.dumps(body) if body is not None else ""
        self.world.push(
            stream, of, internal_pb2.LogItem(description=what, body=text, properties=dict(properties or {})), at
        )  # fmt: skip

    def _build(self) -> grpc.Server:
        server = grpc.server(ThreadPoolExecutor(_THREADS), options=[("grpc.so_reuseport", 0)])
        services: tuple[tuple[Any, Any], ...] = (
            (device_pb2_grpc.add_DeviceServiceServicer_to_server, Devices),
            (application_pb2_grpc.add_ApplicationServiceServicer_to_server, Applications),
            (device_profile_pb2_grpc.add_DeviceProfileServiceServicer_to_server, Profiles),
            (gateway_pb2_grpc.add_GatewayServiceServicer_to_server, Gateways),
            (internal_pb2_grpc.add_InternalServiceServicer_to_server, Streams),
        )
        for add, service in services:
            add(service(self.desk), server)
        return server

    def _listen(self, tls: tuple[bytes, bytes] | None) -> int:
        if tls is None:
            return self._server.add_insecure_port("127.0.0.1:0")
        return self._server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([tls]))
