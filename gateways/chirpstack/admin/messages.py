"""From the API's messages to plain values, and back."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from chirpstack_api import common
from chirpstack_api.api import device_pb2, device_profile_pb2, gateway_pb2

from gateways.chirpstack.admin.answers import (
    Activation,
    Profile,
    ServerDevice,
    ServerGateway,
    ServerKeys,
    StreamItem,
)

if TYPE_CHECKING:
    from typing import Literal

_common: Any = common
_profiles: Any = device_profile_pb2
_gateways: Any = gateway_pb2

_MILLISECOND, _SECOND = 1_000_000, 1_000_000_000
_NO_EUI = "0" * 16
_STATES: dict[str, Literal["never", "online", "offline"]] = {"ONLINE": "online", "OFFLINE": "offline"}
_VERSION = "LORAWAN_"


def device_of(answer: Any) -> ServerDevice:
    """Of DeviceService.Get."""
    one = answer.device
    return ServerDevice(
        dev_eui=one.dev_eui.lower(),
        name=one.name,
        application=one.application_id,
        profile=one.device_profile_id,
        join_eui=_eui(one.join_eui),
        description=one.description,
        disabled=one.is_disabled,
        skip_f_cnt_check=one.skip_fcnt_check,
        tags=dict(one.tags),
        variables=dict(one.variables),
        last_seen=_seen(answer),
        **_status(answer),
    )


def device_in_list(row: Any, application: str) -> ServerDevice:
    """Of DeviceService.List."""
    return ServerDevice(
        dev_eui=row.dev_eui.lower(),
        name=row.name,
        application=application,
        profile=row.device_profile_id,
        description=row.description,
        tags=dict(row.tags),
        last_seen=_seen(row),
        **_status(row),
    )


def device_message(device: ServerDevice) -> Any:
    """For DeviceService.Create and Update."""
    return device_pb2.Device(
        dev_eui=device.dev_eui.lower(),
        name=device.name,
        description=device.description,
        application_id=device.application,
        device_profile_id=device.profile,
        skip_fcnt_check=device.skip_f_cnt_check,
        is_disabled=device.disabled,
        variables=dict(device.variables),
        tags=dict(device.tags),
        join_eui=device.join_eui.lower(),
    )


def keys_of(answer: Any) -> ServerKeys:
    """Of DeviceService.GetKeys."""
    keys = answer.device_keys
    return ServerKeys(nwk_key=keys.nwk_key.lower(), app_key=keys.app_key.lower())


def activation_of(answer: Any) -> Activation | None:
    """Of DeviceService.GetActivation."""
    if not answer.HasField("device_activation"):
        return None
    one = answer.device_activation
    return Activation(dev_addr=one.dev_addr.lower(), f_cnt_up=one.f_cnt_up)


def profile_of(one: Any) -> Profile:
    """Of DeviceProfileService.Get."""
    return Profile(
        id=one.id,
        name=one.name,
        region=_named(_common.Region, one.region),
        mac_version=_version(one.mac_version),
        otaa=one.supports_otaa,
        uplink_interval=one.uplink_interval,
        codec=one.payload_codec_runtime != _profiles.CodecRuntime.NONE,
        own=bool(one.tenant_id),
        tags=dict(one.tags),
    )


def profile_in_list(row: Any) -> Profile:
    """Of DeviceProfileService.List, of a profile that is everybody's."""
    return Profile(
        id=row.id,
        name=row.name,
        region=_named(_common.Region, row.region),
        mac_version=_version(row.mac_version),
        otaa=row.supports_otaa,
        uplink_interval=0,
        codec=False,
        own=False,
        tags={},
    )


def gateway_of(answer: Any) -> ServerGateway:
    """Of GatewayService.Get, which does not tell the state: it follows from the last sign of life as in the list."""
    one, seen = answer.gateway, _seen(answer)
    late = seen is not None and time.time_ns() - seen > 2 * one.stats_interval * _SECOND
    return ServerGateway(
        id=one.gateway_id.lower(),
        name=one.name,
        description=one.description,
        **_place(one),
        stats_interval=one.stats_interval,
        state="never" if seen is None else "offline" if late else "online",
        tags=dict(one.tags),
        last_seen=seen,
    )


def gateway_in_list(row: Any) -> ServerGateway:
    """Of GatewayService.List, which tells neither tags nor the interval."""
    return ServerGateway(
        id=row.gateway_id.lower(),
        name=row.name,
        description=row.description,
        **_place(row),
        state=_STATES.get(_named(_gateways.GatewayState, row.state), "never"),
        last_seen=_seen(row),
    )


def gateway_message(gateway: ServerGateway, tenant: str) -> Any:
    """For GatewayService.Create and Update. Without a position it stands at 0, 0, which is the server's "unknown"."""
    place = common.Location(
        latitude=gateway.latitude or 0.0, longitude=gateway.longitude or 0.0, altitude=gateway.altitude or 0.0
    )
    return gateway_pb2.Gateway(
        gateway_id=gateway.id.lower(),
        name=gateway.name,
        description=gateway.description,
        location=place,
        tenant_id=tenant,
        tags=dict(gateway.tags),
        stats_interval=gateway.stats_interval,
    )


def item_of(item: Any) -> StreamItem:
    """Of a stream."""
    return StreamItem(
        id=item.id, at=_at(item), what=item.description, properties=dict(item.properties), body=_body(item.body)
    )


def _at(item: Any) -> int:
    """The server's clock stands in the id; `time` may be a gateway's."""
    milliseconds = item.id.partition("-")[0]
    return int(milliseconds) * _MILLISECOND if milliseconds.isdecimal() else item.time.ToNanoseconds()


def _body(text: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
    except ValueError:  # "" of an item that has none, or what nobody can read
        return {}
    return body if isinstance(body, dict) else {}


def _seen(message: Any) -> int | None:
    return message.last_seen_at.ToNanoseconds() if message.HasField("last_seen_at") else None


def _status(message: Any) -> dict[str, Any]:
    """Battery and margin; a battery of -1 is not known."""
    if not message.HasField("device_status"):
        return {}
    status = message.device_status
    known = status.battery_level >= 0 and not status.external_power_source
    battery = round(status.battery_level, 2) if known else None
    return {"margin": status.margin, "external_power": status.external_power_source, "battery": battery}


def _place(message: Any) -> dict[str, Any]:
    place = message.location
    if not place.latitude and not place.longitude:
        return {}
    return {"latitude": place.latitude, "longitude": place.longitude, "altitude": place.altitude}


def _eui(text: str) -> str:
    return "" if text == _NO_EUI else text.lower()


def _version(number: int) -> str:
    return _named(_common.MacVersion, number).removeprefix(_VERSION).replace("_", ".")


def _named(enum: Any, number: int) -> str:
    """A newer server may know more names than our messages do."""
    return str(enum.Name(number)) if number in enum.values() else str(number)
