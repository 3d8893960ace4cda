"""The events that carry no payload, from what both encodings spell alike.

`said` is the decoded event: a struct of `json_shapes`, or a message of chirpstack-api. Only what the two do not have in
common is given beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateways.chirpstack import fields
from gateways.uplink import Ack, GatewayConn, GatewayStats, Join, Location, Log, Notice, Status, TxAck

if TYPE_CHECKING:
    from gateways.uplink import DeviceInfo, Position


def join(said: Any, time: int | None, device: DeviceInfo | None) -> Join:
    """A join-accept was scheduled."""
    return Join("join", said.deduplication_id, time, device, said.dev_addr)


def ack(said: Any, time: int | None, device: DeviceInfo | None) -> Ack:
    """A confirmed downlink was acknowledged, or was not."""
    item = said.queue_item_id
    return Ack("ack", item, time, device, item, said.acknowledged, said.f_cnt_down)


def tx_ack(said: Any, time: int | None, device: DeviceInfo | None) -> TxAck:
    """A gateway has sent a downlink."""
    item = said.queue_item_id
    return TxAck("txack", item, time, device, item, said.f_cnt_down, said.gateway_id)


def log(said: Any, time: int | None, device: DeviceInfo | None) -> Log:
    """Something that the server has to say of a device."""
    code, level = fields.named(fields.LOG_CODE, said.code), fields.named(fields.LOG_LEVEL, said.level)
    context = {key: said.context[key] for key in said.context}
    return Log("log", fields.log_identity(code, context), time, device, level, code, said.description, context)


def status(said: Any, time: int | None, device: DeviceInfo | None, level: float | None) -> Status:
    """A device's answer to DevStatusReq; `level` is its battery's, as the encoding has it."""
    external = said.external_power_source
    battery = fields.battery(level, external_power=external, unavailable=said.battery_level_unavailable)
    return Status("status", said.deduplication_id, time, device, said.margin, external, battery)


def location(said: Any, time: int | None, device: DeviceInfo | None, position: Position | None) -> Location:
    """Where a device is."""
    return Location("location", said.deduplication_id, time, device, position)


def integration(said: Any, time: int | None, device: DeviceInfo | None) -> Notice:
    """What a server before 4.15 passed on from elsewhere."""
    return Notice("integration", said.deduplication_id, time, device)


def stats(said: Any, time: int | None, position: Position | None) -> GatewayStats:
    """What a gateway counted since its last report."""
    gateway = fields.gateway_id(said.gateway_id, said.gateway_id_legacy)
    return GatewayStats(
        "stats",
        fields.stats_identity(gateway, time),
        time,
        None,
        gateway,
        said.rx_packets_received,
        said.rx_packets_received_ok,
        said.tx_packets_received,
        said.tx_packets_emitted,
        position,
    )


def conn(said: Any) -> GatewayConn:
    """Whether a gateway is connected."""
    gateway = fields.gateway_id(said.gateway_id, said.gateway_id_legacy)
    return GatewayConn("conn", "", None, None, gateway, fields.named(fields.CONN_STATE, said.state) == "ONLINE")
