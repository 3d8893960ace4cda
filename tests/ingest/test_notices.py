"""What is stored of the events that carry no payload: rows of `device`, `gateway` and `lns_event`."""

from __future__ import annotations

import math

import pytest

from decoders.quantities import QUANTITIES
from gateways.uplink import (
    Ack,
    DeviceInfo,
    GatewayConn,
    GatewayStats,
    Join,
    Location,
    Log,
    Notice,
    Position,
    Status,
    TxAck,
)
from ingest.decoding.decoding import Decoding
from ingest.decoding.point import FIELDS, TAGS, Point
from ingest.devices import Directory
from ingest.journal.entry import Entry
from ingest.sinks.line_protocol import LineEncoder
from tests.fakes.uplinks import START

DEVICE = DeviceInfo("02c1710000000001", tags={"site": "cau-rong", "ward": "Hải Châu", "model": "Milesight EM500-CO2"})
NAMED = ("02c1710000000001", "cau-rong", "Hải Châu", "milesight/em500_co2")
GATEWAY = "02c171ffff000001"
BRIDGE = Position(16.0611, 108.2272, 12.0)

EVERY_KIND = [
    Join("join", "1", START, DEVICE, "01000101"),
    Ack("ack", "2", START, DEVICE, "q", acknowledged=True, f_cnt_down=7),
    Ack("ack", "3", START, DEVICE, "q", acknowledged=False, f_cnt_down=8),
    TxAck("txack", "4", START, DEVICE, "q", 9, GATEWAY),
    Log("log", "5", START, DEVICE, "WARNING", "UPLINK_F_CNT_RESET", "Frame-counter reset", {}),
    Status("status", "6", START, DEVICE, margin=-3, battery=39.37),
    Location("location", "7", START, DEVICE, BRIDGE),
    GatewayStats("stats", "8", START, None, GATEWAY, 12, 10, 3, 2, BRIDGE),
    GatewayConn("conn", "", None, None, GATEWAY, online=True),
]


def points(notice: Notice, received_at: int = START) -> tuple[Point, ...]:
    outcome = Decoding(Directory().resolve)(Entry("t", b"", "main", received_at, received_at), notice)
    assert (outcome.kind, outcome.reason) == (notice.kind, "")
    return outcome.points


def row(notice: Notice) -> tuple[str, tuple[str, ...], dict[str, float | str]]:
    (point,) = points(notice)
    assert point.time == point.received_at == START
    return point.measurement, point.tags, dict(point.fields)


def test_a_status_on_battery() -> None:
    assert row(EVERY_KIND[5]) == (
        "device", (*NAMED, "0"), {"margin": -3.0, "external_power": 0.0, "battery": 39.37},
    )  # fmt: skip


def test_no_battery_is_drawn_where_there_is_none_or_it_cannot_say() -> None:
    external = Status("status", "1", START, DEVICE, margin=20, external_power=True)
    assert row(external)[2] == {"margin": 20.0, "external_power": 1.0}
    silent = Status("status", "1", START, DEVICE, margin=20)
    assert row(silent)[2] == {"margin": 20.0, "external_power": 0.0}


def test_a_location() -> None:
    assert row(EVERY_KIND[6])[2] == {"latitude": 16.0611, "longitude": 108.2272, "altitude": 12.0}


def test_a_location_that_says_nothing_is_stored_without_a_row() -> None:
    assert points(Location("location", "1", START, DEVICE, None)) == ()


def test_what_a_gateway_counted() -> None:
    counts = {"rx_received": 12.0, "rx_received_ok": 10.0, "tx_received": 3.0, "tx_emitted": 2.0}
    place = {"latitude": 16.0611, "longitude": 108.2272, "altitude": 12.0}
    assert row(EVERY_KIND[7]) == ("gateway", (GATEWAY,), counts | place)


@pytest.mark.parametrize("online", [True, False])
def test_whether_a_gateway_is_connected(online: bool) -> None:  # noqa: FBT001
    conn = GatewayConn("conn", "", None, None, GATEWAY, online=online)
    assert row(conn) == ("gateway", (GATEWAY,), {"online": float(online)})


@pytest.mark.parametrize(
    ("notice", "code", "fields"),
    [
        (EVERY_KIND[0], "JOIN", {"count": 1.0}),
        (EVERY_KIND[1], "ACK", {"count": 1.0, "f_cnt_down": 7.0}),
        (EVERY_KIND[2], "NACK", {"count": 1.0, "f_cnt_down": 8.0}),
        (EVERY_KIND[3], "TXACK", {"count": 1.0, "f_cnt_down": 9.0}),
        (EVERY_KIND[4], "UPLINK_F_CNT_RESET", {"count": 1.0, "description": "Frame-counter reset"}),
    ],
)
def test_what_the_network_server_says(notice: Notice, code: str, fields: dict[str, float | str]) -> None:
    assert row(notice) == ("lns_event", (*NAMED, notice.kind, code), fields)


def test_a_long_description_is_cut() -> None:
    log = Log("log", "5", START, DEVICE, "ERROR", "UPLINK_CODEC", "x" * 10_000)
    assert len(str(row(log)[2]["description"])) == 256


def test_a_code_or_gateway_of_nonsense_is_still_a_tag() -> None:
    assert row(Log("log", "5", START, DEVICE, "", ""))[1][-1] == "unknown"
    assert row(Log("log", "5", START, DEVICE, "", "a\nb" * 500))[1][-1].isprintable()
    assert points(GatewayConn("conn", "", None, None, "")) == ()


def test_a_device_of_unknown_model_has_its_rows() -> None:
    stranger = DeviceInfo("02c1710000000001", tags={"model": "Acme 1"})
    assert row(Status("status", "1", START, stranger))[1] == (
        "02c1710000000001",
        "unassigned",
        "unassigned",
        "Acme 1",
        "0",
    )
    assert row(Join("join", "1", START, DeviceInfo("02c1710000000001")))[1][3] == "unknown"


def test_other_kinds_and_kinds_that_nobody_knows_have_no_row() -> None:
    for kind in ("integration", "gateway_up", "from_the_future"):
        assert points(Notice(kind, "1", START, DEVICE)) == ()


@pytest.mark.parametrize("notice", EVERY_KIND, ids=lambda notice: notice.kind)
def test_rows_are_fit_for_every_sink(notice: Notice) -> None:
    (point,) = points(notice)
    assert len(point.tags) == len(TAGS[point.measurement])
    assert LineEncoder().encode(point)
    for name, value in point.fields:
        assert name in FIELDS.get(point.measurement, QUANTITIES)
        assert isinstance(value, str) == (name == "description")
        assert isinstance(value, str) or math.isfinite(value)
