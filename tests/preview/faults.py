"""Three faults in an ordinary city: for a look at whether somebody who sees nothing but the overview finds them.

A river over its highest alarm level at one bridge, a gateway that is gone since three hours, smoke in one ward.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from tests.dashboards.rig import EVERY, Scene, codec, gone_offline
from tests.e2e.traffic import SECOND
from tests.fakes.uplinks import messages, uplink

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.simulator import City
    from gateways.simulator.publish import Event
    from gateways.uplink import Event as UpEvent

BRIDGE, SMOKY = "cau-tuyen-son", "cho-con"
FLOOD = 2 * 3600 * SECOND
SMOKE = 8 * 3600 * SECOND
GONE = 3 * 3600 * SECOND
"""For how long, ns."""


class _Device(NamedTuple):
    dev_eui: str
    site: str
    ward: str


_FLOODED = _Device("02c1710000000078", BRIDGE, "Hòa Cường")
_IN_SMOKE = _Device("02c1710000000079", SMOKY, "Hải Châu")


def planted(city: City, now: int) -> Scene:
    """The scene."""
    gone = city.gateways[1].gateway_id
    return Scene(
        'packs = ["citylora", "sensors", "flood", "vn_aqi"]',
        codec(("water_level", "pm2_5", "pm10")),
        0.0,
        {"canal": "river", "river": "river", "estuary": "river", "underpass": "underpass"},
        lambda since, until: [*_further(since, until), gone_offline(gone, until - GONE)],
        (
            _place(BRIDGE, "Cầu Tuyên Sơn", 16.0327, 108.2262, kind="bridge", station="Cẩm Lệ"),
            _place(SMOKY, "Chợ Cồn", 16.0678, 108.2147, kind="street"),
        ),
        lambda event: _without(event, gone, now - GONE),
    )


def _place(name: str, title: str, latitude: float, longitude: float, **properties: str) -> dict[str, object]:
    position = {"type": "Point", "coordinates": [longitude, latitude]}
    return {"type": "Feature", "id": name, "geometry": position, "properties": {"name_vi": title, **properties}}


def _further(since: int, until: int) -> Iterator[Event]:
    for number, at in enumerate(range(since, until, EVERY * SECOND)):
        level = 2.8 if until - at < FLOOD else 0.4
        dust = 240.0 if until - at < SMOKE else 18.0
        said = [
            _said(number, at, _FLOODED, {"water_level": level}),
            _said(number, at, _IN_SMOKE, {"pm2_5": dust, "pm10": 1.3 * dust}),
        ]
        yield from messages(said)


def _said(number: int, at: int, device: _Device, values: dict[str, float]) -> UpEvent:
    tags = {"site": device.site, "ward": device.ward}
    return uplink(number, "00", at=at, dev_eui=device.dev_eui, model="city/probe", object=values, tags=tags)


def _without(event: Event, gateway: str, since: int) -> Event | None:
    """An event as it is where the gateway hears nothing from `since` on."""
    at, topic, payload = event[:3]
    if at < since or (gateway.encode() not in payload and gateway not in topic):
        return event
    if gateway in topic:
        return None
    said = json.loads(payload)
    if "rxInfo" not in said:
        return event
    said["rxInfo"] = [one for one in said["rxInfo"] if one["gatewayId"] != gateway]
    return (at, topic, json.dumps(said).encode()) if said["rxInfo"] else None
