"""What is in the fake server: tenants, their keys, applications, profiles, devices, gateways, streams."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from typing import Any, Literal, NamedTuple
from uuid import uuid4

from chirpstack_api.api import application_pb2, device_pb2, device_profile_pb2, gateway_pb2, internal_pb2

MILLISECOND = 1_000_000


class Who(NamedTuple):
    """Whose key it is; tenant "" is an administrator."""

    tenant: str
    write: bool = True

    @property
    def admin(self) -> bool:
        return not self.tenant

    def may(self, tenant: str | None, *, write: bool = False) -> bool:
        """Whether something of a tenant is open to it; None is something that is not there."""
        return (self.write or not write) and (self.admin or tenant == self.tenant)


NOBODY = Who("nobody", write=False)
"""Whose key was deleted."""


class Kept(NamedTuple):
    """A message, and what the server has beside it."""

    message: Any
    tenant: str = ""


class World:
    """The fake's database. Whoever reads or changes it holds `lock`."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.keys: dict[str, Who] = {}
        self.applications: dict[str, Kept] = {}
        self.profiles: dict[str, Kept] = {}
        self.devices: dict[str, device_pb2.Device] = {}
        self.root_keys: dict[str, device_pb2.DeviceKeys] = {}
        self.activations: dict[str, device_pb2.DeviceActivation] = {}
        self.status: dict[str, device_pb2.DeviceStatus] = {}
        self.seen: dict[str, int] = {}
        self.gateways: dict[str, gateway_pb2.Gateway] = {}
        self.gateway_seen: dict[str, int] = {}
        self.flushed: list[str] = []
        self.most_devices: dict[str, int] = {}
        self.streams: dict[tuple[str, str], list[internal_pb2.LogItem]] = defaultdict(list)

    def application(self, name: str, tenant: str) -> str:
        one = application_pb2.Application(id=str(uuid4()), name=name, tenant_id=tenant)
        with self.lock:
            self.applications[one.id] = Kept(one, tenant)
        return str(one.id)

    def profile(self, name: str, tenant: str, **fields: Any) -> str:
        """`tenant` "" is everybody's. `region` and `mac_version` are names: `AS923_2`, `1.0.3`."""
        version = "LORAWAN_" + fields.pop("mac_version", "1.0.3").replace(".", "_")
        usual: dict[str, Any] = {"region": "AS923_2", "supports_otaa": True, "uplink_interval": 600}
        one = device_profile_pb2.DeviceProfile(
            id=str(uuid4()),
            name=name,
            tenant_id=tenant,
            mac_version=version,
            **(usual | fields),
        )
        with self.lock:
            self.profiles[one.id] = Kept(one, tenant)
        return str(one.id)

    def tenant_of(self, dev_eui: str) -> str | None:
        """The tenant of a device; None where there is none."""
        device = self.devices.get(dev_eui)
        return None if device is None else self.applications[device.application_id].tenant

    def devices_of(self, tenant: str) -> int:
        return sum(self.tenant_of(one) == tenant for one in self.devices)

    def forget(self, dev_eui: str) -> None:
        """A device with all that hangs on it."""
        tables: tuple[dict[str, Any], ...] = (
            self.devices, self.root_keys, self.activations, self.status, self.seen,
        )  # fmt: skip
        for table in tables:
            table.pop(dev_eui, None)

    def push(
        self, stream: Literal["events", "frames", "gateway"], of: str, item: internal_pb2.LogItem, at: int | None
    ) -> None:
        """An item of a stream; `at` in ns UTC by the server's clock, default now."""
        with self.lock:
            kept = self.streams[stream, of]
            at = time.time_ns() if at is None else at
            item.id = f"{at // MILLISECOND}-{len(kept)}"
            item.time.FromNanoseconds(at)
            kept.append(item)
