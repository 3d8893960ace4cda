"""DeviceService of the fake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chirpstack_api.api import device_pb2, device_pb2_grpc

from tests.fakes.chirpstack.desk import Service, answered, nothing
from tests.fakes.chirpstack.refused import database, hexadecimal, invalid, no_right, not_there, uuid

if TYPE_CHECKING:
    from tests.fakes.chirpstack.world import Who

_EUI, _KEY = 8, 16


class Devices(Service, device_pb2_grpc.DeviceServiceServicer):
    """As a real server answers, strings included."""

    name = "DeviceService"

    @answered
    def Create(self, request: Any, who: Who) -> Any:  # noqa: N802  (the API's name, here and below)
        device, world = self._read(request), self.world
        application = world.applications.get(device.application_id)
        if application is None and who.admin and who.write:
            raise database("Record not found")
        if application is None or not who.may(application.tenant, write=True):
            raise no_right()
        most = world.most_devices.get(application.tenant, 0)
        if most and world.devices_of(application.tenant) >= most:
            raise invalid("Not allowed (Max number of devices exceeded for tenant)")
        if device.dev_eui in world.devices:
            raise database("UNIQUE constraint failed: device.dev_eui")
        if device.device_profile_id not in world.profiles:
            raise database("FOREIGN KEY constraint failed")
        world.devices[device.dev_eui] = device
        return nothing()

    @answered
    def Get(self, request: Any, who: Who) -> device_pb2.GetDeviceResponse:  # noqa: N802
        device = self._mine(request.dev_eui, who)
        answer = device_pb2.GetDeviceResponse(device=device, device_status=self.world.status.get(device.dev_eui))
        if seen := self.world.seen.get(device.dev_eui):
            answer.last_seen_at.FromNanoseconds(seen)
        return answer

    @answered
    def List(self, request: Any, who: Who) -> device_pb2.ListDevicesResponse:  # noqa: N802
        application = uuid(request.application_id)
        kept = self.world.applications.get(application)
        if not who.may(kept.tenant if kept else None):
            raise no_right()
        wanted = request.search.lower()
        found = [
            one
            for one in self.world.devices.values()
            if one.application_id == application and wanted in one.name.lower()
        ]
        by_eui = request.order_by == device_pb2.ListDevicesRequest.DEV_EUI
        found.sort(key=lambda one: str(one.dev_eui if by_eui else one.name))
        page = found[request.offset : request.offset + request.limit]
        return device_pb2.ListDevicesResponse(total_count=len(found), result=map(self._row, page))

    @answered
    def Update(self, request: Any, who: Who) -> Any:  # noqa: N802
        device = self._read(request)
        self._mine(device.dev_eui, who, write=True)
        application = self.world.applications.get(device.application_id)
        profile = self.world.profiles.get(device.device_profile_id)
        if not who.may(application.tenant if application else None):
            raise no_right()
        if profile is None or not (profile.tenant == "" or who.may(profile.tenant)):
            raise no_right()
        if not device.name:
            raise invalid("Validation error: name is not set")
        self.world.devices[device.dev_eui] = device
        return nothing()

    @answered
    def Delete(self, request: Any, who: Who) -> Any:  # noqa: N802
        self.world.forget(self._mine(request.dev_eui, who, write=True).dev_eui)
        return nothing()

    @answered
    def CreateKeys(self, request: Any, who: Who) -> Any:  # noqa: N802
        keys = _keys(request)
        self._may(keys.dev_eui, who, write=True)
        if keys.dev_eui not in self.world.devices:
            raise database("FOREIGN KEY constraint failed")
        if keys.dev_eui in self.world.root_keys:
            raise database("UNIQUE constraint failed: device_keys.dev_eui")
        self.world.root_keys[keys.dev_eui] = keys
        return nothing()

    @answered
    def GetKeys(self, request: Any, who: Who) -> device_pb2.GetDeviceKeysResponse:  # noqa: N802
        return device_pb2.GetDeviceKeysResponse(device_keys=self._keys_of(request, who))

    @answered
    def UpdateKeys(self, request: Any, who: Who) -> Any:  # noqa: N802
        keys = _keys(request)
        self._keys_of(keys, who, write=True)
        self.world.root_keys[keys.dev_eui] = keys
        return nothing()

    @answered
    def DeleteKeys(self, request: Any, who: Who) -> Any:  # noqa: N802
        del self.world.root_keys[self._keys_of(request, who, write=True).dev_eui]
        return nothing()

    @answered
    def FlushDevNonces(self, request: Any, who: Who) -> Any:  # noqa: N802
        self.world.flushed.append(self._keys_of(request, who, write=True).dev_eui)
        return nothing()

    @answered
    def GetActivation(self, request: Any, who: Who) -> device_pb2.GetDeviceActivationResponse:  # noqa: N802
        device = self._mine(request.dev_eui, who)
        found = self.world.activations.get(device.dev_eui)
        return device_pb2.GetDeviceActivationResponse(device_activation=found)

    def _read(self, request: Any) -> Any:
        """The device of a request, in lower case."""
        if not request.HasField("device"):
            raise invalid("device is missing")
        device: Any = device_pb2.Device()
        device.CopyFrom(request.device)
        device.dev_eui = hexadecimal(device.dev_eui, _EUI)
        device.application_id = uuid(device.application_id)
        device.device_profile_id = uuid(device.device_profile_id)
        device.join_eui = hexadecimal(device.join_eui, _EUI)
        return device

    def _may(self, dev_eui: str, who: Who, *, write: bool = False) -> None:
        if not who.may(self.world.tenant_of(dev_eui), write=write):
            raise no_right()

    def _mine(self, dev_eui: str, who: Who, *, write: bool = False) -> Any:
        dev_eui = hexadecimal(dev_eui, _EUI)
        self._may(dev_eui, who, write=write)
        if dev_eui not in self.world.devices:
            raise not_there(dev_eui)
        return self.world.devices[dev_eui]

    def _keys_of(self, request: Any, who: Who, *, write: bool = False) -> Any:
        dev_eui = hexadecimal(request.dev_eui, _EUI)
        self._may(dev_eui, who, write=write)
        if dev_eui not in self.world.root_keys:
            raise not_there(dev_eui)
        return self.world.root_keys[dev_eui]

    def _row(self, device: Any) -> Any:
        profile = self.world.profiles[device.device_profile_id].message
        row = device_pb2.DeviceListItem(
            dev_eui=device.dev_eui,
            name=device.name,
            description=device.description,
            device_profile_id=profile.id,
            device_profile_name=profile.name,
            device_status=self.world.status.get(device.dev_eui),
            tags=device.tags,
        )
        if seen := self.world.seen.get(device.dev_eui):
            row.last_seen_at.FromNanoseconds(seen)
        return row


def _keys(request: Any) -> Any:
    given = request.device_keys
    return device_pb2.DeviceKeys(
        dev_eui=hexadecimal(given.dev_eui, _EUI),
        nwk_key=hexadecimal(given.nwk_key, _KEY),
        app_key=hexadecimal(given.app_key, _KEY),
        gen_app_key=hexadecimal(given.gen_app_key, _KEY),
    )
