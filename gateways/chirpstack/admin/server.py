"""ChirpStack as a `NetworkServer`."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from chirpstack_api import api

from gateways.chirpstack.admin import messages
from gateways.chirpstack.admin.answers import Application
from gateways.chirpstack.admin.caller import Caller
from gateways.chirpstack.admin.errors import AdminError
from gateways.chirpstack.admin.pages import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateways.chirpstack.admin.answers import (
        Activation,
        Profile,
        Rights,
        ServerDevice,
        ServerGateway,
        ServerKeys,
        StreamItem,
    )
    from gateways.chirpstack.admin.target import Target

_api: Any = api  # generated at build time: a type checker sees untyped stubs

_TRUSTED = 60.0
"""s for which a key that has proved itself is not asked to do so again."""

_MILLISECOND = 1_000_000
_NO_KEY = "0" * 32


class ChirpStackServer:
    """What `gateways.chirpstack.admin.answers.NetworkServer` promises, of ChirpStack v4. Several threads may ask it."""

    def __init__(self, target: Target) -> None:
        self._tenant = target.tenant
        self._caller = Caller(target)
        channel = self._caller.channel
        self._applications = _api.ApplicationServiceStub(channel)
        self._profiles = _api.DeviceProfileServiceStub(channel)
        self._devices = _api.DeviceServiceStub(channel)
        self._gateways = _api.GatewayServiceStub(channel)
        self._internal = _api.InternalServiceStub(channel)
        self._proving = threading.Lock()
        self._proved = float("-inf")

    @property
    def busy(self) -> int:
        """How often the answer was that the database is locked, also where the call was made again and then done."""
        return self._caller.busy

    def rights(self) -> Rights:
        """Ask for what any key of the tenant may read; then for a device that cannot be made.

        No profile has the id that is asked for, so nothing comes of it; a key that may only read is refused before
        that is noticed. Without an application nobody can tell.
        """
        applications = self._list_applications(limit=1)
        if not applications:
            return "write"
        device = _api.Device(
            dev_eui="ffffffffffffffff", name="-", application_id=applications[0].id, device_profile_id=str(uuid4())
        )
        try:
            self._ask("DeviceService.Create", self._devices.Create, _api.CreateDeviceRequest(device=device))
        except AdminError as error:
            if error.kind == "not_allowed":
                return "read"
            if error.kind not in ("not_there", "limit", "exists"):
                raise
        return "write"

    def applications(self) -> list[Application]:
        """All of the tenant, by name."""
        return [Application(row.id, row.name) for row in rows(self._list_applications_page)]

    def profiles(self) -> list[Profile]:
        """The tenant's, whole; then everybody's, as the list has them: `profile` gives their tags and interval."""
        own = [self.profile(row.id) for row in rows(self._profile_pages(tenant_only=True))]
        known = {one.id for one in own}  # a server that has no such filter lists them again
        common = (messages.profile_in_list(row) for row in rows(self._profile_pages(global_only=True)))
        return [*own, *(one for one in common if one.id not in known)]

    def profile(self, profile: str) -> Profile:
        """One of them."""
        request = _api.GetDeviceProfileRequest(id=profile)
        answer = self._ask("DeviceProfileService.Get", self._profiles.Get, request)
        return messages.profile_of(answer.device_profile)

    def gateways(self) -> list[ServerGateway]:
        """As the list has them: `gateway` gives tags and interval."""

        def page(limit: int, offset: int) -> Any:
            request = _api.ListGatewaysRequest(
                limit=limit, offset=offset, tenant_id=self._tenant, order_by="GATEWAY_ID"
            )
            return self._ask("GatewayService.List", self._gateways.List, request)

        return [messages.gateway_in_list(row) for row in rows(page)]

    def gateway(self, gateway: str) -> ServerGateway | None:
        """Whole, or None."""
        answer = self._get_gateway(gateway)
        return None if answer is None else messages.gateway_of(answer)

    def create_gateway(self, gateway: ServerGateway) -> None:
        """With the server's usual downlink priority."""
        request = _api.CreateGatewayRequest(gateway=messages.gateway_message(gateway, self._tenant))
        self._make("GatewayService.Create", self._gateways.Create, request, lambda: self._has_gateway(gateway))

    def update_gateway(self, gateway: ServerGateway) -> None:
        """What `ServerGateway` has no word for stays: an update without a downlink priority is refused."""
        message = messages.gateway_message(gateway, self._tenant)
        before = self._get_gateway(gateway.id)
        if before is not None:
            message.downlink_priority = before.gateway.downlink_priority
        request = _api.UpdateGatewayRequest(gateway=message)
        self._ask("GatewayService.Update", self._gateways.Update, request)

    def devices(self, application: str) -> Iterator[ServerDevice]:
        """As the list has them: no join_eui, no variables, and nobody knows whether they are disabled."""

        def page(limit: int, offset: int) -> Any:
            request = _api.ListDevicesRequest(
                limit=limit, offset=offset, application_id=application, order_by="DEV_EUI"
            )
            return self._ask("DeviceService.List", self._devices.List, request)

        return (messages.device_in_list(row, application) for row in rows(page))

    def device(self, dev_eui: str) -> ServerDevice | None:
        """Whole, or None."""
        request = _api.GetDeviceRequest(dev_eui=dev_eui.lower())
        answer = self._unless_missing("DeviceService.Get", self._devices.Get, request)
        return None if answer is None else messages.device_of(answer)

    def create_device(self, device: ServerDevice) -> None:
        """Its values are not examined: the server takes an empty DevEUI for zero."""
        request = _api.CreateDeviceRequest(device=messages.device_message(device))
        self._make("DeviceService.Create", self._devices.Create, request, lambda: self._has_device(device))

    def update_device(self, device: ServerDevice) -> None:
        """All of it."""
        request = _api.UpdateDeviceRequest(device=messages.device_message(device))
        self._ask("DeviceService.Update", self._devices.Update, request)

    def delete_device(self, dev_eui: str) -> None:
        """At once, without a question."""
        self._ask("DeviceService.Delete", self._devices.Delete, _api.DeleteDeviceRequest(dev_eui=dev_eui.lower()))

    def keys(self, dev_eui: str) -> ServerKeys | None:
        """None where it has none."""
        request = _api.GetDeviceKeysRequest(dev_eui=dev_eui.lower())
        try:
            return messages.keys_of(self._ask("DeviceService.GetKeys", self._devices.GetKeys, request))
        except AdminError as error:
            if error.kind == "not_there":
                return None
            raise

    def set_keys(self, dev_eui: str, keys: ServerKeys) -> None:
        """A third key, of applications that update firmware by radio, stays."""
        message = _api.DeviceKeys(dev_eui=dev_eui.lower(), nwk_key=keys.nwk_key, app_key=keys.app_key)
        try:
            request = _api.CreateDeviceKeysRequest(device_keys=message)
            self._ask("DeviceService.CreateKeys", self._devices.CreateKeys, request)
        except AdminError as error:
            if error.kind != "exists":
                raise
            self._update_keys(message)
        wanted = ((keys.nwk_key or _NO_KEY).lower(), (keys.app_key or _NO_KEY).lower())
        found = self.keys(dev_eui)
        if found is None or (found.nwk_key, found.app_key) != wanted:
            raise AdminError("other", "DeviceService.GetKeys", "the server has other keys than it was given")

    def activation(self, dev_eui: str) -> Activation | None:
        """None before the join."""
        request = _api.GetDeviceActivationRequest(dev_eui=dev_eui.lower())
        return messages.activation_of(self._ask("DeviceService.GetActivation", self._devices.GetActivation, request))

    def flush_dev_nonces(self, dev_eui: str) -> None:
        """They may be used again."""
        request = _api.FlushDevNoncesRequest(dev_eui=dev_eui.lower())
        self._ask("DeviceService.FlushDevNonces", self._devices.FlushDevNonces, request)

    def device_events(self, dev_eui: str, *, since: int, seconds: float) -> Iterator[StreamItem]:
        """In lower case: another is accepted, and silent for ever."""
        request = _api.StreamDeviceEventsRequest(dev_eui=dev_eui.lower())
        return self._stream("StreamDeviceEvents", request, since, seconds)

    def device_frames(self, dev_eui: str, *, since: int, seconds: float) -> Iterator[StreamItem]:
        """Likewise."""
        request = _api.StreamDeviceFramesRequest(dev_eui=dev_eui.lower())
        return self._stream("StreamDeviceFrames", request, since, seconds)

    def gateway_frames(self, gateway: str, *, since: int, seconds: float) -> Iterator[StreamItem]:
        """Likewise."""
        request = _api.StreamGatewayFramesRequest(gateway_id=gateway.lower())
        return self._stream("StreamGatewayFrames", request, since, seconds)

    def close(self) -> None:
        """Streams that are read elsewhere end."""
        self._caller.close()

    def _ask(self, name: str, method: Any, request: Any) -> Any:
        return self._caller.call(name, method, request)

    def _list_applications_page(self, limit: int, offset: int) -> Any:
        request = _api.ListApplicationsRequest(limit=limit, offset=offset, tenant_id=self._tenant)
        return self._ask("ApplicationService.List", self._applications.List, request)

    def _list_applications(self, limit: int) -> Any:
        return self._list_applications_page(limit, 0).result

    def _profile_pages(self, **scope: bool) -> Callable[[int, int], Any]:
        def page(limit: int, offset: int) -> Any:
            request = _api.ListDeviceProfilesRequest(limit=limit, offset=offset, tenant_id=self._tenant, **scope)
            return self._ask("DeviceProfileService.List", self._profiles.List, request)

        return page

    def _get_gateway(self, gateway: str) -> Any:
        request = _api.GetGatewayRequest(gateway_id=gateway.lower())
        return self._unless_missing("GatewayService.Get", self._gateways.Get, request)

    def _unless_missing(self, name: str, method: Any, request: Any) -> Any:
        """An answer, or None where it is not there or not ours: which is said as if the key were worth nothing."""
        try:
            return self._ask(name, method, request)
        except AdminError as error:
            if error.kind == "not_allowed":
                self._prove()
            elif error.kind != "not_there":
                raise
        return None

    def _prove(self) -> None:
        """Ask for what the key must be able to read, unless it has just done so."""
        with self._proving:
            if time.monotonic() - self._proved > _TRUSTED:
                self._list_applications(limit=1)
                self._proved = time.monotonic()

    def _make(self, name: str, method: Any, request: Any, made: Callable[[], bool]) -> None:
        """Create something; where the attempt before the last has made it after all, that is well."""
        try:
            self._ask(name, method, request)
        except AdminError as error:
            if error.kind != "exists" or error.__cause__ is None or not made():
                raise

    def _has_device(self, device: ServerDevice) -> bool:
        found = self.device(device.dev_eui)
        return found is not None and messages.device_message(found) == messages.device_message(device)

    def _has_gateway(self, gateway: ServerGateway) -> bool:
        found = self.gateway(gateway.id)
        return found is not None and found.name == gateway.name

    def _update_keys(self, message: Any) -> None:
        before = self._ask(
            "DeviceService.GetKeys", self._devices.GetKeys, _api.GetDeviceKeysRequest(dev_eui=message.dev_eui)
        )
        message.gen_app_key = before.device_keys.gen_app_key
        request = _api.UpdateDeviceKeysRequest(device_keys=message)
        self._ask("DeviceService.UpdateKeys", self._devices.UpdateKeys, request)

    def _stream(self, method: str, request: Any, since: int, seconds: float) -> Iterator[StreamItem]:
        since -= since % _MILLISECOND  # which is what the server's clock counts in
        stub = getattr(self._internal, method)
        for item in self._caller.stream(f"InternalService.{method}", stub, request, seconds):
            read = messages.item_of(item)
            if read.at >= since:
                yield read
