"""A point: one row of a time series, as every sink takes it. Its identity is measurement + tags + time."""

from __future__ import annotations

import msgspec

UNKNOWN = "unknown"
"""The `model` tag of a device whose model nobody said, the `gateway` tag of an uplink that names none."""

ROLLUPS = ("1h", "1d")
"""What the measurements of roll-ups end in, after a domain and `_`."""

SUSPECT = "_suspect"
"""What the field of a doubtful value ends in: who knows nothing of quality sees only good ones."""

TAGS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("environment", "traffic", "water", "assets", "device"), ("dev_eui", "site", "ward", "model", "channel")
    ),
    **dict.fromkeys(
        (f"{domain}_{span}" for domain in ("environment", "traffic", "water", "assets", "device") for span in ROLLUPS),
        ("site", "ward", "channel"),
    ),
    "station": ("site", "ward"),
    "alert": ("site", "ward", "rule", "scope", "severity", "state"),
    "radio": ("dev_eui", "site", "ward", "model", "gateway"),
    "gateway": ("gateway",),
    "lns_event": ("dev_eui", "site", "ward", "model", "kind", "code"),
}
"""The tags of each measurement: all of them on every point, in this order."""

OF_EVENTS = tuple(name for name, tags in TAGS.items() if tags[:2] != ("site", "ward"))
"""The measurements whose rows single events make; the others are made of many (`rollup`)."""

OF_ROLLUPS = frozenset(name for name in TAGS if name.endswith(tuple(f"_{span}" for span in ROLLUPS)))
"""The measurements of roll-ups."""

FIELDS: dict[str, dict[str, str]] = {
    "radio": {
        "rssi": "dBm",
        "snr": "dB",
        "sf": "",
        "airtime": "ms",
        "f_cnt": "",
        "gap": "",
        "gap_radio": "",
        "gap_network": "",
        "gap_lost": "",
        "gap_unknown": "",
        "gateways": "",
    },
    "gateway": {
        "rx_received": "",
        "rx_received_ok": "",
        "tx_received": "",
        "tx_emitted": "",
        "online": "",
        "latitude": "°",
        "longitude": "°",
        "altitude": "m",
    },
    "lns_event": {"count": "", "f_cnt_down": "", "description": ""},
    "station": {
        "latitude": "°",
        "longitude": "°",
        "state": "",
        "cause": "",
        "state_unverified": "",
        "water_level": "m",
        "flood_level": "",
        "flood_nearest": "",
        "flood_offset": "m",
        "flood_over_bd1": "m",
        "flood_over_bd2": "m",
        "flood_over_bd3": "m",
        "flood_rise": "m/h",
        "flood_level_unverified": "",
        "street_flood": "m",
        "street_flood_class": "",
        "street_flood_unverified": "",
        "vn_aqi": "",
        "vn_aqi_class": "",
        "vn_aqi_dominant": "",
        "epa_aqi": "",
        "epa_aqi_class": "",
        "epa_aqi_unverified": "",
        "heat_index": "°C",
        "heat_index_class": "",
        "heat_index_unverified": "",
        "rain_1h": "mm",
        "rain_3h": "mm",
        "rain_12h": "mm",
        "rain_12h_class": "",
        "rain_24h": "mm",
        "rain_24h_class": "",
        "rain_least": "",
        "parking_occupancy": "%",
        "parking_taken": "",
        "parking_places": "",
        "doubtful": "%",
        "battery": "%",
        "battery_days": "d",
        "alert_severity": "",
    },
    "alert": {
        "firing": "",
        "acknowledged": "",
        "pending": "",
        "severity_level": "",
        "value": "",
        "extreme": "",
        "swings": "",
        "opened": "s",
        "alert": "",
    },
}
"""The fields of the measurements that are no domain of the vocabulary, with their units; `description` and `alert` are
texts."""


class Point(msgspec.Struct, frozen=True, gc=False):
    """One row.

    Attributes:
        measurement: a key of `TAGS`.
        tags: the values of `TAGS[measurement]`, in its order; none empty, each at most 128 characters, NFC.
        fields: (name, value), in a stable order; numbers finite.
        time: nanoseconds since 1970-01-01T00:00:00Z.
        received_at: when the network had the event, likewise. This and the next two say how far `time` can be trusted;
            they are no part of the row in InfluxDB, where `radio` shows the same.
        time_source: whose clock `time` is: `gps`, `gateway`, `server` or `device`.
        quality: `ok`, or `clock_suspect` where no clock near the device could be believed.
        doubts: the quantities whose fields end in `SUSPECT`, and why (`derive.cause.Cause`).
        revises: the row is there already, from another event; of it only `fields` are as given here, and `gone` are no
            more. A row with `gone` that revises none was worked out by itself alone: where it is there already, judged
            by what was before it, that stands (`unless_known`).
    """

    measurement: str
    tags: tuple[str, ...]
    fields: tuple[tuple[str, float | str], ...]
    time: int
    received_at: int = 0
    time_source: str = ""
    quality: str = "ok"
    doubts: tuple[tuple[str, int], ...] = ()
    revises: bool = False
    gone: tuple[str, ...] = ()


def other(name: str) -> str:
    """The field that a value would have if it were believed, or were not."""
    return name.removesuffix(SUSPECT) if name.endswith(SUSPECT) else name + SUSPECT


def unless_known(row: Point, point: Point) -> Point:
    """A row as it is to be where `row` is there already and `point` was worked out by itself alone.

    The same value keeps the name that it has; another one takes its place.
    """
    fields = dict(row.fields)
    for name, value in point.fields:
        if fields.get(other(name)) != value:
            fields.pop(other(name), None)
            fields[name] = value
    return msgspec.structs.replace(row, fields=tuple(fields.items()), gone=())
