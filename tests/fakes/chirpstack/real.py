"""A real ChirpStack as a place: two tenants with keys, an application and a profile each, taken away at the end."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
from chirpstack_api import api

from tests.fakes.chirpstack.place import DEADLINE, Place, asking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_api: Any = api


def login(address: str, admin: str) -> str:
    """The token of an administrator, whose e-mail and password stand with a colon between."""
    email, _, password = admin.partition(":")
    with grpc.insecure_channel(address) as channel:
        request = _api.LoginRequest(email=email, password=password)
        return str(_api.InternalServiceStub(channel).Login(request, timeout=DEADLINE).jwt)


@contextmanager
def of_real(address: str, token: str) -> Iterator[Place]:
    """What the suite needs, made with the token of an administrator's login: API keys cannot make API keys."""
    with grpc.insecure_channel(address) as channel:
        ask = asking(channel, token)
        made = [ask("TenantService", "Create", _tenant(name)).id for name in ("citylora test", "citylora other")]
        try:
            yield _furnished(address, ask, *made)
        finally:
            for tenant in made:
                ask("TenantService", "Delete", _api.DeleteTenantRequest(id=tenant))


def _tenant(name: str) -> Any:
    return _api.CreateTenantRequest(
        tenant=_api.Tenant(name=name, can_have_gateways=True, max_gateway_count=0, max_device_count=0)
    )


def _furnished(address: str, ask: Callable[[str, str, Any], Any], tenant: str, other: str) -> Place:
    def key(**rights: Any) -> Any:
        request = _api.CreateApiKeyRequest(api_key=_api.ApiKey(name="citylora test", **rights))
        return ask("InternalService", "CreateApiKey", request)

    def application(of: str) -> str:
        request = _api.CreateApplicationRequest(application=_api.Application(name="Drainage", tenant_id=of))
        return str(ask("ApplicationService", "Create", request).id)

    def profile(of: str) -> str:
        one = _api.DeviceProfile(
            name="EM500-UDL", tenant_id=of, region="AS923_2", mac_version="LORAWAN_1_0_3", reg_params_revision="B",
            adr_algorithm_id="default", uplink_interval=600, supports_otaa=True, tags={"model": "Milesight EM500-UDL"},
        )  # fmt: skip
        return str(ask("DeviceProfileService", "Create", _api.CreateDeviceProfileRequest(device_profile=one)).id)

    deleted = key(tenant_id=tenant)
    ask("InternalService", "DeleteApiKey", _api.DeleteApiKeyRequest(id=deleted.id))
    tokens = {
        "tenant": key(tenant_id=tenant).token,
        "read_only": key(tenant_id=tenant, is_read_only=True).token,
        "other": key(tenant_id=other).token,
        "admin": key(is_admin=True).token,
        "deleted": deleted.token,
    }
    return Place(
        address, tokens, tenant, other, application(tenant), profile(tenant), application(other), profile(other)
    )
