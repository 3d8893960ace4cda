"""ChirpStack's events in Protobuf. Pure; the same result as of JSON, to the last field.

Each access to a field of a Protobuf message makes an object, which is what this costs: a field is touched once, and
what events repeat is compared as bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chirpstack_api.gw.gw_pb2 import ConnState as ConnMessage
from chirpstack_api.gw.gw_pb2 import GatewayStats as StatsMessage
from chirpstack_api.integration.integration_pb2 import (
    AckEvent,
    JoinEvent,
    LocationEvent,
    LogEvent,
    StatusEvent,
    TxAckEvent,
    UplinkEvent,
)
from google.protobuf.message import DecodeError

from gateways import rfc3339
from gateways.chirpstack import fields, notices
from gateways.chirpstack.fields import REPEATED_BYTES
from gateways.chirpstack.protobuf_values import json_text, place, position, single, transmission
from gateways.uplink import (
    DeviceInfo,
    MalformedEvent,
    Message,
    Notice,
    RadioLink,
    Uplink,
)

if TYPE_CHECKING:
    from collections.abc import Callable

HIGHEST_PORT = 255


_parse_up: Callable[[bytes], Any] = UplinkEvent.FromString
_parse_join: Callable[[bytes], JoinEvent] = JoinEvent.FromString
_parse_ack: Callable[[bytes], AckEvent] = AckEvent.FromString
_parse_tx_ack: Callable[[bytes], TxAckEvent] = TxAckEvent.FromString
_parse_log: Callable[[bytes], LogEvent] = LogEvent.FromString
_parse_status: Callable[[bytes], StatusEvent] = StatusEvent.FromString
_parse_location: Callable[[bytes], LocationEvent] = LocationEvent.FromString
_parse_stats: Callable[[bytes], StatsMessage] = StatsMessage.FromString
_parse_conn: Callable[[bytes], ConnMessage] = ConnMessage.FromString


def read(kind: str, payload: bytes) -> Message:
    """Understand an event of a device's kind, `stats` or `conn`.

    Raises:
        MalformedEvent: with reason `not_protobuf` (the bytes), `wrong_shape` (a field) or `wrong_time`.
    """
    try:
        return _READERS[kind](payload)
    except DecodeError as error:
        raise MalformedEvent("not_protobuf", str(error)) from error
    except (ValueError, OverflowError) as error:
        raise MalformedEvent("wrong_time", str(error)) from error


def _up(payload: bytes) -> Uplink:
    up = _parse_up(payload)
    device = _device(up)
    port = up.f_port
    if port > HIGHEST_PORT:
        raise MalformedEvent("wrong_shape", f"fPort {port} is above {HIGHEST_PORT}")
    raw = up.tx_info.SerializeToString()
    frequency, spreading_factor, bandwidth, code_rate, bitrate, fsk = (
        transmission(raw) if len(raw) <= REPEATED_BYTES else transmission.__wrapped__(raw)
    )
    return Uplink(
        up.deduplication_id,
        device,
        up.dev_addr,
        up.f_cnt,
        port,
        up.data,
        _time(up, "time"),
        tuple([_link(reception, fsk) for reception in up.rx_info]),
        up.dr,
        up.adr,
        up.confirmed,
        frequency,
        spreading_factor,
        bandwidth,
        json_text(up.object) if up.HasField("object") else b"",
        code_rate,
        bitrate,
        up.region_config_id,
        up.HasField("relay_rx_info"),
        up.HasField("join_server_context"),
    )


def _device(event: Any) -> DeviceInfo:
    """Of whom an event is. Without one the bytes are no event: other bytes may be Protobuf by chance."""
    info = event.device_info
    dev_eui = info.dev_eui
    if not dev_eui and not event.HasField("device_info"):
        raise MalformedEvent("wrong_shape", "no deviceInfo")
    return DeviceInfo(
        fields.dev_eui(dev_eui),
        info.device_name,
        info.application_id,
        info.device_profile_id,
        info.device_profile_name,
        _texts(info.tags),
    )


def _texts(found: Any) -> dict[str, str]:
    return {key: found[key] for key in found}  # two thirds of the time of dict()


def _time(message: Any, field: str, *, beyond: int | None = 0) -> int | None:
    if not message.HasField(field):
        return None
    stamp = getattr(message, field)
    try:
        return rfc3339.whole(stamp.seconds, stamp.nanos)
    except rfc3339.Beyond:  # a clock that is not set harms itself alone
        return beyond


def _link(reception: Any, fsk: bool) -> RadioLink:  # noqa: FBT001  (once or more for each uplink)
    snr, where = reception.snr, reception.location.SerializeToString()
    return RadioLink(
        reception.gateway_id,
        float(reception.rssi),
        single(snr) if snr or not fsk else None,
        _time(reception, "ns_time"),
        _time(reception, "gw_time"),
        _gps_time(reception.time_since_gps_epoch) if reception.HasField("time_since_gps_epoch") else None,
        fields.named(fields.CRC, reception.crc_status),
        place(where) if len(where) <= REPEATED_BYTES else place.__wrapped__(where),
    )


def _gps_time(since: Any) -> int:
    try:
        return rfc3339.from_gps_parts(since.seconds, since.nanos)
    except rfc3339.Beyond:
        return 0


def _notice(
    parse: Callable[[bytes], Any], make: Callable[[Any, int | None, DeviceInfo | None], Notice]
) -> Callable[[bytes], Notice]:
    """What reads a kind that says nothing in a way of this encoding."""

    def read(payload: bytes) -> Notice:
        said = parse(payload)
        return make(said, _time(said, "time"), _device(said))

    return read


def _status(payload: bytes) -> Notice:
    said = _parse_status(payload)
    return notices.status(said, _time(said, "time"), _device(said), single(said.battery_level))


def _location(payload: bytes) -> Notice:
    said = _parse_location(payload)
    return notices.location(said, _time(said, "time"), _device(said), position(said.location))


def _stats(payload: bytes) -> Notice:
    said = _parse_stats(payload)
    return notices.stats(said, _time(said, "time", beyond=None), position(said.location))


_READERS: dict[str, Callable[[bytes], Message]] = {
    "up": _up,
    "join": _notice(_parse_join, notices.join),
    "ack": _notice(_parse_ack, notices.ack),
    "txack": _notice(_parse_tx_ack, notices.tx_ack),
    "log": _notice(_parse_log, notices.log),
    "status": _status,
    "location": _location,
    # Its first three fields are a status's; its others no status has.
    "integration": _notice(_parse_status, notices.integration),
    "stats": _stats,
    "conn": lambda payload: notices.conn(_parse_conn(payload)),
}
