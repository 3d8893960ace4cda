"""A point: one row of a time series, as every sink takes it. Its identity is measurement + tags + time."""

from __future__ import annotations

import msgspec

UNKNOWN = "unknown"
"""The `model` tag of a device whose model nobody said, the `gateway` tag of an uplink that names none."""

TAGS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("environment", "traffic", "water", "assets", "device"), ("dev_eui", "site", "ward", "model", "channel")
    ),
    "radio": ("dev_eui", "site", "ward", "model", "gateway"),
    "gateway": ("gateway",),
    "lns_event": ("dev_eui", "site", "ward", "model", "kind", "code"),
}
"""The tags of each measurement: all of them on every point, in this order."""

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
}
"""The fields of the measurements that are no domain of the vocabulary, with their units; `description` is a text."""


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
    """

    measurement: str
    tags: tuple[str, ...]
    fields: tuple[tuple[str, float | str], ...]
    time: int
    received_at: int = 0
    time_source: str = ""
    quality: str = "ok"
