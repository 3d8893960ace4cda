"""ApplicationService and DeviceProfileService of the fake, as far as anybody reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chirpstack_api.api import application_pb2, application_pb2_grpc, device_profile_pb2, device_profile_pb2_grpc

from tests.fakes.chirpstack.desk import Service, answered
from tests.fakes.chirpstack.refused import no_right, not_there, uuid

if TYPE_CHECKING:
    from tests.fakes.chirpstack.world import Who


class Applications(Service, application_pb2_grpc.ApplicationServiceServicer):
    """The tenant's."""

    name = "ApplicationService"

    @answered
    def List(self, request: Any, who: Who) -> application_pb2.ListApplicationsResponse:  # noqa: N802
        tenant = uuid(request.tenant_id)
        if not who.may(tenant):
            raise no_right()
        found = [one.message for one in self.world.applications.values() if one.tenant == tenant]
        found.sort(key=lambda one: str(one.name))
        page = found[request.offset : request.offset + request.limit]
        rows = [application_pb2.ApplicationListItem(id=one.id, name=one.name) for one in page]
        return application_pb2.ListApplicationsResponse(total_count=len(found), result=rows)


class Profiles(Service, device_profile_pb2_grpc.DeviceProfileServiceServicer):
    """The tenant's, and everybody's."""

    name = "DeviceProfileService"

    @answered
    def List(self, request: Any, who: Who) -> device_profile_pb2.ListDeviceProfilesResponse:  # noqa: N802
        tenant = uuid(request.tenant_id)
        if not who.may(tenant):
            raise no_right()
        scope = ("",) * (not request.tenant_only) + (tenant,) * (not request.global_only)
        found = [one.message for one in self.world.profiles.values() if one.tenant in scope]
        found.sort(key=lambda one: str(one.name))
        page = found[request.offset : request.offset + request.limit]
        return device_profile_pb2.ListDeviceProfilesResponse(total_count=len(found), result=map(_row, page))

    @answered
    def Get(self, request: Any, who: Who) -> device_profile_pb2.GetDeviceProfileResponse:  # noqa: N802
        profile = uuid(request.id)
        kept = self.world.profiles.get(profile)
        if kept is None and who.admin:
            raise not_there(profile)
        if kept is None or not (kept.tenant == "" or who.may(kept.tenant)):
            raise no_right()
        return device_profile_pb2.GetDeviceProfileResponse(device_profile=kept.message)


def _row(profile: Any) -> Any:
    return device_profile_pb2.DeviceProfileListItem(
        id=profile.id,
        name=profile.name,
        region=profile.region,
        mac_version=profile.mac_version,
        supports_otaa=profile.supports_otaa,
    )
