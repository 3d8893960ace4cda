"""The rows of every event that carries no payload: `device`, `gateway` and `lns_event`. Pure.

They stand at `received_at`: what such an event gives as its own time is a gateway's clock for some codes and the
server's for others, and intake has judged it already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from gateways.uplink import Ack, GatewayConn, GatewayStats, Join, Location, Log, Status, TxAck
from ingest.decoding.point import UNKNOWN, Point
from ingest.devices import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gateways.uplink import DeviceInfo, Notice, Position
    from ingest.devices import Metadata
    from ingest.journal.entry import Entry

_Field = tuple[str, float | str]
_Spoken = Join | Ack | TxAck | Log

LONGEST_TEXT = 256
"""Characters that are kept of a description."""


def notice_points(notice: Notice, entry: Entry, described: Callable[[DeviceInfo, int], Metadata]) -> tuple[Point, ...]:
    """What to store of an event; nothing where it says nothing that has a row.

    Args:
        notice: of any kind.
        entry: what the journal holds of it.
        described: site, ward and the `model` tag of a device, as of a time.
    """
    if isinstance(notice, GatewayStats | GatewayConn):
        gateway = clean(notice.gateway)
        return _point("gateway", (gateway,), _gateway(notice), entry) if gateway else ()
    if notice.device is None:
        return ()
    metadata = described(notice.device, entry.received_at)
    device = (notice.device.dev_eui, metadata.site, metadata.ward, metadata.model)
    if isinstance(notice, Status | Location):
        return _point("device", (*device, "0"), _device(notice), entry)
    if isinstance(notice, Join | Ack | TxAck | Log):
        return _point("lns_event", (*device, notice.kind, clean(_code(notice)) or UNKNOWN), _spoken(notice), entry)
    return ()


def _point(measurement: str, tags: tuple[str, ...], fields: Sequence[_Field], entry: Entry) -> tuple[Point, ...]:
    if not fields:
        return ()
    time = entry.received_at
    return (Point(measurement, tags, tuple(fields), time, time, "server"),)


def _device(notice: Status | Location) -> list[_Field]:
    if isinstance(notice, Location):
        return _place(notice.position)
    fields: list[_Field] = [("margin", float(notice.margin)), ("external_power", float(notice.external_power))]
    if notice.battery is not None:
        fields.append(("battery", notice.battery))
    return fields


def _gateway(notice: GatewayStats | GatewayConn) -> list[_Field]:
    if isinstance(notice, GatewayConn):
        return [("online", float(notice.online))]
    return [
        ("rx_received", float(notice.received)),
        ("rx_received_ok", float(notice.received_ok)),
        ("tx_received", float(notice.to_send)),
        ("tx_emitted", float(notice.sent)),
        *_place(notice.position),
    ]


def _place(position: Position | None) -> list[_Field]:
    if position is None:
        return []
    return [
        ("latitude", position.latitude),
        ("longitude", position.longitude),
        ("altitude", position.altitude),
    ]


def _code(notice: _Spoken) -> str:
    """What tells events of a kind apart: a log's code; whether a downlink was acknowledged."""
    match notice:
        case Log():
            return notice.code
        case Ack():
            return "ACK" if notice.acknowledged else "NACK"
        case Join() | TxAck():
            return notice.kind.upper()
        case _:
            assert_never(notice)


def _spoken(notice: _Spoken) -> list[_Field]:
    fields: list[_Field] = [("count", 1.0)]
    if isinstance(notice, Ack | TxAck):
        fields.append(("f_cnt_down", float(notice.f_cnt_down)))
    elif isinstance(notice, Log) and notice.description:
        fields.append(("description", notice.description[:LONGEST_TEXT]))
    return fields
