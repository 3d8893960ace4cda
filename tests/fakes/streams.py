"""What the streams of a network server give: the recorded events as their items, and frames of gateways as recorded.

The server's properties of each kind of item, and the frames that it shows of each case, are those that a real one gave.
"""

from __future__ import annotations

import itertools
import json
from typing import Any

from gateways.chirpstack.admin.answers import Profile, ServerDevice, ServerGateway, StreamItem
from tests.fakes.wire import seen

SECOND = 1_000_000_000
GATEWAY = "02c171ffff000001"
"""Cầu Rồng, 16.0611 N, 108.2272 E."""

_numbers = itertools.count()
"""Two items of one millisecond are two, as those of a server are."""

_PROPERTIES = {"up": ("DR", "FPort", "FCnt"), "join": ("DevAddr",), "log": ("Level", "Code"), "status": ("Margin",)}


def recorded(scenario: str, kind: str = "") -> list[StreamItem]:
    """The events of a recorded scenario as a device's stream gives them."""
    several = [(one.event.topic.rsplit("/", 1)[-1], one.event) for one in seen("json", scenario)]
    return [
        item(what, json.loads(event.payload), event.arrived_at)
        for what, event in several
        if kind in ("", what) and what in _PROPERTIES
    ]


def item(what: str, body: dict[str, Any], at: int) -> StreamItem:
    """An item of a device's events."""
    fields = {name: body.get(name[0].lower() + name[1:], "") for name in _PROPERTIES[what]}
    properties = {name: str(value) for name, value in fields.items()}
    return StreamItem(id=_id(at), at=at, what=what, properties=properties, body=body)


def join_request(dev_eui: str, at: int, *, gateway: str = GATEWAY, region: str = "AS923_2") -> StreamItem:
    """A join request in a gateway's frames."""
    return _frame("JoinRequest", {"DevEUI": dev_eui}, at, gateway, region)


def data_frame(dev_addr: str, at: int, *, gateway: str = GATEWAY, region: str = "AS923_2") -> StreamItem:
    """An uplink in a gateway's frames."""
    return _frame("UnconfirmedDataUp", {"DevAddr": dev_addr}, at, gateway, region)


def _frame(what: str, properties: dict[str, str], at: int, gateway: str, region: str) -> StreamItem:
    reception: dict[str, Any] = {"gatewayId": gateway, "rssi": -97, "snr": 4.5, "crcStatus": "CRC_OK"}
    if region:  # ChirpStack 4.20 names none
        reception["metadata"] = {"region_config_id": region.lower(), "region_common_name": region}
    sent = {"frequency": 921400000, "modulation": {"lora": {"bandwidth": 125000, "spreadingFactor": 9}}}
    body = {"phy_payload": {"mhdr": {}, "mic": [0, 0, 0, 0]}, "tx_info": sent, "rx_info": [reception]}
    return StreamItem(id=_id(at), at=at, what=what, properties=properties, body=body)


def _id(at: int) -> str:
    return f"{at // 1_000_000}-{next(_numbers)}"


WELL = {"data": "AXVcA2ciAQRojg==", "fPort": 85}
"""What an EM300-TH in Đà Nẵng may send: battery 92 %, 29.0 °C, 71 %."""


def up(**changes: Any) -> dict[str, Any]:
    """The body of the recorded uplink after a join, changed; `reception`, `lora` and `sent` are changed within it."""
    body = dict(recorded("otaa_join", "up")[0].body)
    reception = {**body["rxInfo"][0], **changes.pop("reception", {})}
    lora = {**body["txInfo"]["modulation"]["lora"], **changes.pop("lora", {})}
    sent = {**body["txInfo"], "modulation": {"lora": lora}, **changes.pop("sent", {})}
    return {**body, "rxInfo": [reception], "txInfo": sent, "deduplicationId": str(changes), **changes}


def a_device(dev_eui: str, **changes: Any) -> ServerDevice:
    """A device as a server that is set up well has it."""
    usual: dict[str, Any] = {"name": "cau-rong-1", "application": "app", "profile": "profile"}
    return ServerDevice(dev_eui=dev_eui, **(usual | changes))


def a_profile(**changes: Any) -> Profile:
    """OTAA, AS923-2, 1.0.3, every 10 min."""
    usual: dict[str, Any] = {
        "id": "profile", "name": "LHT65", "region": "AS923_2", "mac_version": "1.0.3", "otaa": True,
        "uplink_interval": 600, "codec": False, "own": True, "tags": {},
    }  # fmt: skip
    return Profile(**(usual | changes))


def a_gateway(**changes: Any) -> ServerGateway:
    """One at Cầu Rồng, on the air."""
    usual: dict[str, Any] = {
        "id": GATEWAY, "name": "Cầu Rồng", "latitude": 16.0611, "longitude": 108.2272, "state": "online",
    }  # fmt: skip
    return ServerGateway(**(usual | changes))
